"""The command `graftile`, also `python -m tileserver`."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; with the SDK alone installed, say what is missing."""
    try:
        from tileserver.commands.main import cli

        cli(prog_name="graftile")
    except KeyboardInterrupt:  # before there are commands, which import much
        sys.exit(130)
    except ModuleNotFoundError as exc:
        sys.exit(f"graftile: the server is not installed ({exc.name} is missing): pip install 'graftile[server]'")


if __name__ == "__main__":
    main()
