"""Looks up the tested versions among known vulnerabilities: `python -m tests.audit FOLDER`, or `make audit`.

pip-audit is installed in an environment of its own, in the folder. Where its data cannot be had, as on machines
without a network, this is said, and nothing fails.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path
from urllib.request import urlopen

CONSTRAINTS = Path(__file__).resolve().parent.parent / "constraints.txt"
SOURCE = "https://api.osv.dev/v1/vulns/GHSA-462w-v97r-4m45"  # any one tells whether the data can be had
SECONDS = 10


def main(folder: str) -> int:
    """Return the exit status: 0 unless a version has a known vulnerability."""
    try:
        urlopen(SOURCE, timeout=SECONDS).close()
    except OSError as exc:
        print(f"pip-audit: SKIPPED, its data cannot be had: {exc}")
        return 0
    venv.create(folder, with_pip=True)
    programs = Path(folder) / "bin"
    subprocess.run([programs / "pip", "install", "--quiet", "pip-audit>=2.9"], check=True)
    audit: list[str | Path] = [programs / "pip-audit", "--vulnerability-service", "osv", "--disable-pip", "--no-deps"]
    return subprocess.run([*audit, "-r", CONSTRAINTS]).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
