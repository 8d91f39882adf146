"""The demo, as `graftile demo` runs it, in a process of its own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Demo", "run_program", "running_demo"]


@dataclass(frozen=True)
class Demo:
    """A running demo: its root, and the map of each layer by name."""

    url: str
    maps: dict[str, str]


@contextmanager
def running_demo(folder: Path) -> Iterator[Demo]:
    """Run the demo with its data in a folder, which is removed at the end."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tileserver", "demo", "--port", "0", "--data-dir", str(folder)]
    with (
        (folder / "errors.txt").open("w+") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        assert process.stdout is not None
        said = ""
        while "in a browser" not in said:
            line = process.stdout.readline()
            assert line, f"the demo ended before it was ready: {(folder / 'errors.txt').read_text()}"
            said += line
        yield Demo(
            re.findall(r"Open (\S+)/ in a browser", said)[0],
            dict(re.findall(r"^(.+)\n  map +(\S+)$", said, re.MULTILINE)),
        )
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) in (0, -signal.SIGTERM)
    shutil.rmtree(folder)


def run_program(program: str, demo: Demo) -> str:
    """Run what the page offers to copy, and return what it prints."""
    run = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "GRAFTILE_URL": demo.url}, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()
