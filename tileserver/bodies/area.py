"""Bodies of requests that name an area."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["AreaBody"]


class AreaBody(BaseModel):
    """A polygon, several, or a feature of them, as GeoJSON has it; in longitude and latitude."""

    model_config = ConfigDict(extra="allow", strict=True)

    type: Literal["Polygon", "MultiPolygon", "Feature"]
    coordinates: list[Any] | None = None
    geometry: dict[str, Any] | None = None
