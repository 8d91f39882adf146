"""The viewer's modules, checked by TypeScript as the types in their comments say."""

from __future__ import annotations

import subprocess
from pathlib import Path

HERE = Path(__file__).parent


def test_types_of_the_viewer_s_modules_agree() -> None:
    compiler = HERE / "node_modules" / ".bin" / "tsc"
    assert compiler.exists(), "npm packages are missing: npm ci --prefix tests/clients"
    run = subprocess.run([compiler, "--project", HERE / "tsconfig.json"], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout
