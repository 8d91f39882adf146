"""The types of the language, under their published name: `from sdk.types import Image, List`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk.graft.errors import ProxyTypeError
from sdk.graft.types import TYPES
from sdk.language.proxy import TYPES as PROXIES

if TYPE_CHECKING:
    from sdk import *  # noqa: F403

__all__ = ["ProxyTypeError", *sorted(TYPES)]

globals().update((name, PROXIES[name]) for name in TYPES)
