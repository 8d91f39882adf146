"""The command that prints what makes a shell complete the others."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

__all__ = ["completion_command"]


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion_command(context: click.Context, shell: str) -> None:
    """Print a script that makes SHELL complete commands and options by the tabulator.

    \b
    Examples:
      graftile completion bash > ~/.local/share/bash-completion/completions/graftile
      graftile completion zsh > ~/.zfunc/_graftile
      graftile completion fish > ~/.config/fish/completions/graftile.fish
    """
    root = context.find_root()
    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(root.command, {}, "graftile", "_GRAFTILE_COMPLETE").source())
