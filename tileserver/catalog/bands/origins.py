"""Origins: where what is decided of a band is from."""

from __future__ import annotations

from typing import Final

from graft_eval.scene import Band
from tileserver.catalog.bands.assets import AssetFile, BandFields, Told

__all__ = ["origins_of"]

NOWHERE: Final = "said nowhere"
MASKS: Final = {"alpha": "file colour interpretation", "dataset": "file mask band", None: "no mask band, no alpha"}


def origins_of(band: Band, fields: BandFields, asset: AssetFile, told: Told) -> dict[str, str]:
    """Return where each field of a band is from: Item and list, Collection, tag of the file, or nowhere."""
    file = asset.file
    assert file is not None
    scale, offset = _origins_of_scale(band, fields, told)
    return {
        "common_name": fields.origins.get("common_name", NOWHERE) if band.common_name else NOWHERE,
        "data_type": "file",
        "data_range": _origin_of_range(band, fields),
        "nodata": _origin_of_nodata(band, fields, file.nodata[band.index - 1]),
        "scale": scale,
        "offset": offset,
        "mask": "Item, against the file's alpha" if file.mask and band.mask is None else MASKS[band.mask],
        "crs": "file",
    }


def _origins_of_scale(band: Band, fields: BandFields, told: Told) -> tuple[str, str]:
    said = {name: fields.origins[name] for name in ("scale", "offset") if _is_number(fields.get(name))}
    if said:
        offset = said.get("offset", NOWHERE)
        if told.offset_applied and fields.get("offset"):
            offset = "Item earthsearch:boa_offset_applied"
        return said.get("scale", NOWHERE), offset
    return "file tag" if band.scale != 1 else NOWHERE, "file tag" if band.offset != 0 else NOWHERE


def _origin_of_nodata(band: Band, fields: BandFields, of_file: float | None) -> str:
    if band.nodata is None:
        return NOWHERE
    said = fields.get("nodata")
    same = said is not None and str(float(band.nodata)) == str(float(said)) if _is_number(said) else False
    return fields.origins["nodata"] if same else "file tag"


def _origin_of_range(band: Band, fields: BandFields) -> str:
    statistics = fields.get("statistics")
    low = statistics.get("minimum") if isinstance(statistics, dict) else None
    return fields.origins["statistics"] if low == band.data_range[0] else "data type"


def _is_number(value: object) -> bool:
    return (isinstance(value, int | float) and not isinstance(value, bool)) or value in ("nan", "inf", "-inf")
