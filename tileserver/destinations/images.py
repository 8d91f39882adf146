"""The catalog as a destination: results become images of products."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import MaskFlags
from shapely.geometry import mapping
from typing_extensions import override

from graft_eval.errors import NotInCatalog
from graft_eval.grid import Grid
from graft_eval.scene import Band, Scene
from tileserver.catalog.records import format_time
from tileserver.destinations.destination import BadDestination, Delivery, Destination, NotDelivered
from tileserver.formats import CannotSave, read_format
from tileserver.formats.cogs import open_draft, save_draft
from tileserver.formats.geotiff import TAG_DATE, TAG_HASH, TAG_PROPERTIES

__all__ = ["CatalogImage"]

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,199}")
USER: Final = "graftile:user"  # the property of an image that tells who had it computed
OWN: Final = frozenset({"id", "product", "date", "crs", "geotrans", "datetime", "created", "group"})
"""Properties of images that the catalog tells itself."""


@dataclass(frozen=True, slots=True)
class CatalogImage(Destination):
    """A new image `product:name` of a product that there is, at once usable by `from_id`.

    Its bands must be those of the product, in any order. With `overwrite` it may take the place of an image that the
    same user had computed. With `rescale` values are stored as numbers of the product's scale and offset, with
    `change_dtype` as its type of numbers; otherwise they are stored as they are.
    """

    type = "catalog"
    image: str
    overwrite: bool = False
    rescale: bool = False
    change_dtype: bool = False

    @override
    def format_for(self, format: dict[str, Any]) -> dict[str, Any]:
        return {"type": "geotiff"}

    @override
    def check_options(self, delivery: Delivery) -> None:
        product, colon, name = self.image.rpartition(":")
        if not colon or not NAME.fullmatch(name):
            raise BadDestination(
                f"image of the destination catalog must be product:name, the name of letters, digits, '.', '_' and '-',"
                f" not {self.image[:80]!r}"
            )
        try:
            record = delivery.catalog.product_record(product)
        except NotInCatalog as exc:
            raise BadDestination(f"{exc}: images can be added to products that there are") from exc
        if record.get("settings") and not (self.rescale and self.change_dtype):
            raise BadDestination(f"the bands of {product} are overridden by its operator: use rescale and change_dtype")
        if (scene := _found(delivery, self.image)) is not None:
            self._check_replaces(scene, delivery)

    def _check_replaces(self, scene: Scene, delivery: Delivery) -> None:
        if scene.properties.get("graftile:job") == delivery.job.id:
            return  # which was delivered before, and not noted
        if not self.overwrite:
            raise BadDestination(f"there is an image {self.image} already: overwrite it, or choose another name")
        if scene.properties.get(USER) != delivery.job.user:
            raise BadDestination(f"the image {self.image} is not one that you had computed: choose another name")

    @override
    def deliver(self, delivery: Delivery, path: Path) -> str:
        product, _, name = self.image.rpartition(":")
        folder = delivery.settings.data_dir / "images" / quote(product, safe="")
        aside, item = path.with_name("image.tif"), folder / f"{name}.json"
        pixels = folder / f"{name}.{delivery.job.id}.tif"
        try:
            self.check(delivery)
            bands = _product_bands(delivery, product)
            aside.unlink(missing_ok=True)
            self._write(path, aside, bands)
            document = _item(self.image, delivery, aside, pixels, bands, self.rescale)
            delivery.check()
            folder.mkdir(parents=True, exist_ok=True)
            aside.replace(pixels)
            _replace_text(item, json.dumps(document))
            report = delivery.catalog.add([str(item)])
        except (BadDestination, CannotSave) as exc:
            raise NotDelivered(str(exc)) from exc
        except OSError as exc:
            raise NotDelivered(f"the image could not be written: {exc.strerror}") from exc
        finally:
            aside.unlink(missing_ok=True)
        if report.failed:
            pixels.unlink(missing_ok=True)
            raise NotDelivered(f"the catalog took no image {self.image}: {report.failed[0][1]}")
        for old in folder.glob(f"{_escaped(name)}.*.tif"):
            if old != pixels:
                old.unlink()
        return f"the image is {self.image}"

    def _write(self, source: Path, target: Path, bands: Sequence[Band]) -> None:
        """Write the image with the product's bands in their order, and in its numbers where that is asked for."""
        with rasterio.open(source) as dataset:
            order = _order(dataset.descriptions, [band.name for band in bands])
            if not (self.rescale or self.change_dtype) and order == list(dataset.indexes):
                shutil.copyfile(source, target)
                return
            dtype = np.dtype(
                np.result_type(*(band.dtype for band in bands)) if self.change_dtype else dataset.dtypes[0]
            )
            nodata = _nodata(bands, dtype) if self.change_dtype else dataset.nodata
            scales = np.array([[[band.scale if self.rescale else 1.0]] for band in bands])
            offsets = np.array([[[band.offset if self.rescale else 0.0]] for band in bands])
            draft = target.with_name(f"{target.name}.draft.tif")
            try:
                place = dataset.shape, dataset.crs, dataset.transform
                with open_draft(draft, len(bands), dtype, *place, nodata=nodata) as written:
                    for _, window in written.block_windows(1):
                        values = dataset.read(order, window=window, masked=True)
                        stored = (values.astype(np.float64) - offsets) / scales
                        written.write(_stored(stored, dtype, nodata), window=window)
                    written.descriptions = [band.name for band in bands]
                    written.update_tags(**dataset.tags())
                resampling = "mode" if any(band.palette for band in bands) else "average"
                save_draft(draft, target, read_format("geotiff").options, resampling)
            finally:
                draft.unlink(missing_ok=True)


def _found(delivery: Delivery, image: str) -> Scene | None:
    try:
        return delivery.catalog.scene(image)
    except NotInCatalog:
        return None


def _product_bands(delivery: Delivery, product: str) -> Sequence[Band]:
    """Return the bands of a product in its order, each as the first of its images that has it has it."""
    wanted = delivery.catalog.product(product).bands
    scenes = delivery.catalog.scenes(product, start=None, end=None, limit=100, area=None)
    known: dict[str, Band] = {}
    for scene in scenes:
        if scene.properties.get(USER) is None:
            for band in scene.bands:
                known.setdefault(band.name, band)
    if missing := [name for name in wanted if name not in known]:
        raise BadDestination(f"no image of {product} tells how its bands {', '.join(missing)} are stored")
    return [known[name] for name in wanted]


def _order(names: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """Return the numbers of the bands in the order of the product."""
    if sorted(names) != sorted(wanted):
        raise BadDestination(f"the image must have the product's bands, {', '.join(wanted)}, not {', '.join(names)}")
    return [names.index(name) + 1 for name in wanted]


def _nodata(bands: Sequence[Band], dtype: np.dtype[Any]) -> float:
    """Return the product's nodata, or a number at the end of the type's range if its bands have none in common."""
    if len(found := {band.nodata for band in bands}) == 1 and (known := found.pop()) is not None:
        return known
    if dtype.kind == "f":
        return float("nan")
    info = np.iinfo(dtype)
    return float(info.max if dtype.kind == "u" else info.min)


def _stored(values: np.ma.MaskedArray[Any, Any], dtype: np.dtype[Any], nodata: float) -> NDArray[Any]:
    """Return values as numbers of a type: integers are rounded and clipped, and none but masked ones are nodata."""
    mask = np.ma.getmaskarray(values)
    data = values.filled(0.0)
    if dtype.kind in "ui":
        info = np.iinfo(dtype)
        data = np.clip(np.rint(data), info.min, info.max)
        data[data == nodata] += -1.0 if nodata == info.max else 1.0
    stored = data.astype(dtype)
    stored[mask] = nodata
    return stored


def _item(
    image: str, delivery: Delivery, written: Path, pixels: Path, bands: Sequence[Band], rescaled: bool
) -> dict[str, Any]:
    """Return the STAC Item of an image that is written, and will be at another path."""
    with rasterio.open(written) as dataset:
        tags, grid = dataset.tags(), Grid(tuple(dataset.bounds), dataset.crs.to_string(), dataset.shape)
        dtype, nodata = dataset.dtypes[0], dataset.nodata
        masked = MaskFlags.per_dataset in dataset.mask_flag_enums[0]
    numbers = {"data_type": dtype} | ({} if nodata is None or masked else {"nodata": _json_number(nodata)})
    product, _, name = image.rpartition(":")
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": name,
        "collection": product,
        "geometry": mapping(grid.footprint),
        "bbox": list(grid.footprint.bounds),
        "links": [],
        "properties": _properties(tags, delivery),
        "assets": {
            "data": {
                "href": str(pixels),
                "type": "image/tiff; application=geotiff; profile=cloud-optimized",
                "roles": ["data"],
                "eo:bands": [
                    {"name": band.name} | ({"common_name": band.common_name} if band.common_name else {})
                    for band in bands
                ],
                "raster:bands": [
                    {**numbers, "scale": band.scale if rescaled else 1, "offset": band.offset if rescaled else 0}
                    for band in bands
                ],
            }
        },
    }


def _properties(tags: Mapping[str, str], delivery: Delivery) -> dict[str, Any]:
    told = {key: value for key, value in json.loads(tags.get(TAG_PROPERTIES, "{}")).items() if key not in OWN}
    date = delivery.job.created_timestamp
    if TAG_DATE in tags:
        date = datetime.strptime(tags[TAG_DATE], "%Y:%m:%d %H:%M:%S").replace(tzinfo=UTC)
    made = {"graftile:job": delivery.job.id, USER: delivery.job.user, "graftile:graft_hash": tags.get(TAG_HASH, "")}
    return {**told, "datetime": format_time(date), "created": format_time(datetime.now(UTC)), **made}


def _json_number(number: float) -> float | str:
    return "nan" if np.isnan(number) else number


def _replace_text(path: Path, text: str) -> None:
    aside = path.with_name(f".{path.name}.aside")
    aside.write_text(text)
    os.replace(aside, path)


def _escaped(name: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", name)
