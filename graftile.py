"""The SDK under the name of the package: `import graftile as wf` is `import sdk as wf`.

>>> import graftile, sdk
>>> graftile is sdk
True
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING

import sdk

if TYPE_CHECKING:
    from sdk import *  # noqa: F403


class _Alias(MetaPathFinder, Loader):
    """Finds each module below `graftile` as the one below `sdk`, which is there once."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return ModuleSpec(fullname, self) if fullname.startswith("graftile.") else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        self._own = import_module(f"sdk.{spec.name.partition('.')[2]}").__spec__
        return sys.modules[f"sdk.{spec.name.partition('.')[2]}"]

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._own  # importing has put that of the alias in its place


sys.meta_path.insert(0, _Alias())
sys.modules[__name__] = sdk
