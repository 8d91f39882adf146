"""All commands: each has examples that it takes, and shells complete them."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tileserver.commands.main import cli

BIN = Path(sys.executable).parent


def commands(command: click.Command = cli, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield all commands and groups with the words that call them."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands(below, *path, name)


COMMANDS = dict(commands())


def parse(line: str) -> None:
    """Take a line apart as the command line does; raises for commands and options that there are not."""
    command: click.Command = cli
    _, *words = shlex.split(line.replace(" > ", " # "), comments=True)
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), words.pop(0))
        assert found is not None, line
        command = found
    command.make_parser(click.Context(command)).parse_args(words)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_each_command_has_examples_that_it_takes(path: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(cli, [*path, "--help"]).output
    examples = re.findall(r"^    (?:GRAFTILE_\w+=\S+ )?(graftile .*)$", shown.partition("Examples:")[2], re.MULTILINE)
    assert examples
    for example in examples:
        assert example.split()[1 : 1 + len(path)] == list(path)
        parse(example)


def test_each_list_is_given_as_json(tmp_path: Path) -> None:
    environment = {"GRAFTILE_DATA_DIR": str(tmp_path)}
    for words in (("user", "add", "bob@example.com", "--org", "acme"), ("token", "create", "bob@example.com")):
        assert CliRunner().invoke(cli, words, env=environment).exit_code == 0
    [user], [token] = (
        json.loads(CliRunner().invoke(cli, [what, "list", "--json"], env=environment).output)
        for what in ("user", "token")
    )
    assert (user["email"], user["org"], token["email"]) == ("bob@example.com", "acme", "bob@example.com")
    assert token["scopes"] == ["read", "write"]
    assert json.loads(CliRunner().invoke(cli, ["catalog", "list", "--json"], env=environment).output) == []
    lists = [command for path, command in COMMANDS.items() if path[-1:] == ("list",)]
    assert all("--json" in {name for option in command.params for name in option.opts} for command in lists)


def test_a_command_that_is_not_there_is_told_with_the_near_one() -> None:
    refused = CliRunner().invoke(cli, ["srve"])
    assert refused.exit_code == 2
    assert "there is no command 'srve'; did you mean 'serve'?" in refused.output


@pytest.mark.parametrize("words", ["serve --port 99999", "demo --port -1", "serve --workers 0"])
def test_a_number_that_no_server_takes_is_a_wrong_command_line(words: str) -> None:
    refused = CliRunner().invoke(cli, words.split())
    assert refused.exit_code == 2
    assert re.search(rf"Invalid value for '{words.split()[1]}': .* is not in the range ", refused.output)


def test_ctrl_c_has_its_exit_code_in_every_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*arguments: object, **named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sdk.service.job.Job.list", interrupt)
    monkeypatch.setattr("sdk.service.job.Job.get", interrupt)
    for words in (["jobs", "list"], ["jobs", "show", "1"]):
        assert CliRunner().invoke(cli, words).exit_code == 130


def complete_bash(folder: Path, words: str) -> str:
    script = f"""
        source {folder / "bash"}
        COMP_WORDS=({words}) COMP_CWORD={len(words.split()) - 1}
        _graftile_completion graftile
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    return run("bash", "--norc", "-c", script)


def complete_zsh(folder: Path, words: str) -> str:
    script = f"""
        compdef() {{ :; }}; compadd() {{ print -l -- ${{(P)argv[-1]}}; }}
        _describe() {{ print -l -- ${{(P)3}}; }}
        source {folder / "zsh"}
        words=({words}) CURRENT={len(words.split())}
        _graftile_completion
    """
    return run("zsh", "-f", "-c", script)


def complete_fish(folder: Path, words: str) -> str:
    return run("fish", "--no-config", "-c", f"source {folder / 'fish'}; complete --do-complete '{words}'")


def run(shell: str, *arguments: str) -> str:
    path = shutil.which(shell)
    assert path, f"{shell} is not installed: apt-get install {shell}"
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
    return subprocess.run([path, *arguments], env=environment, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands_and_options(tmp_path: Path, shell: str) -> None:
    script = CliRunner().invoke(cli, ["completion", shell])
    assert script.exit_code == 0, script.output
    (tmp_path / shell).write_text(script.output)
    complete = {"bash": complete_bash, "zsh": complete_zsh, "fish": complete_fish}[shell]
    assert re.findall(r"^\w+", complete(tmp_path, "graftile ba"), re.MULTILINE) == ["backup"]
    below = re.findall(r"^\w+", complete(tmp_path, "graftile layers re"), re.MULTILINE)
    assert below == ["renew"]
    assert "--expiring" in complete(tmp_path, "graftile layers list --exp")
