"""Who sends a request, and what that lets them do: all that decides so is in this package."""

from __future__ import annotations

from tileserver.auth.caller import LOCAL, NOBODY, SCOPES, Caller

__all__ = ["LOCAL", "NOBODY", "SCOPES", "Caller"]
