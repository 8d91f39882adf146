"""Classes of results, under their published name: `from sdk.result_types import ImageResult`."""

from __future__ import annotations

from sdk.contract.results import (
    FeatureCollectionResult,
    FeatureResult,
    GeometryCollectionResult,
    GeometryResult,
    ImageCollectionResult,
    ImageResult,
)

__all__ = [
    "FeatureCollectionResult", "FeatureResult", "GeometryCollectionResult", "GeometryResult", "ImageCollectionResult",
    "ImageResult",
]  # fmt: skip
