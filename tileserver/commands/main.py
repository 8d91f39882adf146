"""The command line: its commands, each imported when it is called."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

import click
from click.shell_completion import CompletionItem

from tileserver.commands.exit_codes import INTERRUPTED
from tileserver.commands.importing import importing

__all__ = ["cli"]

COMMANDS: Final = {  # where each is defined: importing them all takes seconds, which completion has not
    "serve": "serve:serve_command",
    "demo": "serve:demo_command",
    "catalog": "catalog:catalog_group",
    "login": "login:login_command",
    "publish": "publish:publish_command",
    "layers": "layers:layers_group",
    "logs": "layers:logs_command",
    "seed": "seed:seed_command",
    "jobs": "jobs:jobs_group",
    "compute": "compute:compute_command",
    "user": "users:user_group",
    "token": "users:token_group",
    "config": "config:config_command",
    "doctor": "doctor:doctor_command",
    "backup": "backup:backup_command",
    "restore": "backup:restore_command",
    "migrate": "backup:migrate_command",
    "completion": "completion:completion_command",
}


class _Commands(click.Group):
    """A group whose commands are those of the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of the table."""
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        with importing():
            found: click.Command = getattr(import_module(f"tileserver.commands.{module}"), name)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is called; one that is not there is told with the near one."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            from sdk.graft.near import near

            ctx.fail(f"there is no command {name!r}{near(name, COMMANDS)}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; Ctrl-C, at a prompt too, is an exit status of its own."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort) as exc:
            if not isinstance(exc, KeyboardInterrupt) and not isinstance(exc.__context__, KeyboardInterrupt):
                raise
            click.echo("interrupted", err=True)
            raise click.exceptions.Exit(INTERRUPTED) from None

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return names that begin so, without importing what has them, or options."""
        names = [CompletionItem(name) for name in COMMANDS if name.startswith(incomplete)]
        return names or click.Command.shell_complete(self, ctx, incomplete)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="graftile")
def cli() -> None:
    """Published computations as live maps.

    Settings come from GRAFTILE_* in the environment and from graftile.toml in the data folder, too: `graftile config`
    shows them. Exit codes: 0 done, 1 failed, 2 wrong command line, 3 the server could not start, 130 ended by Ctrl-C.

    \b
    Examples:
      graftile demo
      graftile serve ~/imagery
      graftile doctor
    """
