"""Authentication and authorization: the caller of a request, and their rights."""

from __future__ import annotations

from tileserver.auth.caller import LOCAL, NOBODY, SCOPES, Caller

__all__ = ["LOCAL", "NOBODY", "SCOPES", "Caller"]
