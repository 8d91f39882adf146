"""The map of notebooks, under its published name: `from sdk.interactive import MapApp`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sdk.notebook.interactive import *  # noqa: F403

sys.modules[__name__] = sys.modules["sdk.notebook.interactive"]
