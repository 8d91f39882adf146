"""Bands of an image's assets, from STAC and plain files alike."""

from tileserver.catalog.bands.assets import AssetFile, Fields, Told, number_names
from tileserver.catalog.bands.bands import ImageBands, bands_of

__all__ = ["AssetFile", "Fields", "ImageBands", "Told", "bands_of", "number_names"]
