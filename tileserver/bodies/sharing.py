"""Bodies of requests that share layers: links and aliases."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from tileserver.bodies.fields import Version

__all__ = ["AliasBody", "LinkBody"]

MAX_SECONDS: Final = 10 * 366 * 24 * 3600


class AliasBody(BaseModel):
    """For which version an alias is to stand."""

    model_config = ConfigDict(extra="forbid", strict=True)

    version: Version


class LinkBody(BaseModel):
    """For how long a link is to work."""

    model_config = ConfigDict(extra="forbid", strict=True)

    expires_in: Annotated[float, Field(ge=1, le=MAX_SECONDS, allow_inf_nan=False)]
