"""The command that the demo prints makes the user's shell find `graftile` and its Python."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tileserver.demo import activation


@pytest.mark.parametrize("shell", ["sh", "bash", "zsh", "fish"])
def test_the_printed_command_activates_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shell: str
) -> None:
    path = shutil.which(shell)
    assert path, f"{shell} is not installed: apt-get install {shell}"
    environment = tmp_path / "my env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    (environment / "bin" / "graftile").write_text("#!/bin/sh\necho found\n")
    (environment / "bin" / "graftile").chmod(0o755)
    monkeypatch.setattr(sys, "prefix", str(environment))
    monkeypatch.chdir(tmp_path)
    program = f"{activation(path)}; graftile; command -v python3"
    bare = {"PATH": os.defpath, "HOME": str(tmp_path), "TERM": "dumb"}
    told = subprocess.run([path, "-c", program], env=bare, capture_output=True, text=True, check=True)
    assert told.stdout.splitlines() == ["found", f"{environment}/bin/python3"]
