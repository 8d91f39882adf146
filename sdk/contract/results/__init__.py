"""Result classes of values that Python has no type for."""

from __future__ import annotations

from sdk.contract.results.base import RESULTS, Result
from sdk.contract.results.pixels import ImageCollectionResult, ImageResult
from sdk.contract.results.shapes import (
    FeatureCollectionResult,
    FeatureResult,
    GeometryCollectionResult,
    GeometryResult,
)

__all__ = [
    "RESULTS", "FeatureCollectionResult", "FeatureResult", "GeometryCollectionResult", "GeometryResult",
    "ImageCollectionResult", "ImageResult", "Result",
]  # fmt: skip
