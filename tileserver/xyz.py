"""XYZ objects: how a body becomes a layer, and a layer a record on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator

from graft_eval.scope import Limits
from sdk.viz_option import VizOption
from tileserver.catalog.records import format_time
from tileserver.colormaps import is_colormap
from tileserver.computation import Computation, read_body
from tileserver.store import LayerRecord, Store
from tileserver.store.layers import DAYS_TO_EXPIRATION

__all__ = ["create_layer", "layer_json"]

FIELDS = (
    "id", "name", "description", "public", "viz_options", "days_to_expiration", "user", "org", "graft", "typespec",
    "type", "parameters", "channel", "client_version",
)  # fmt: skip
TIMESTAMPS = ("created_timestamp", "updated_timestamp", "expires_timestamp")


class XYZBody(Computation):
    """What is posted to make an XYZ object."""

    name: str = ""
    description: str = ""
    public: bool = True
    viz_options: list[dict[str, Any]] = Field(default_factory=list)
    days_to_expiration: Annotated[int, Field(ge=1, le=36_500)] = DAYS_TO_EXPIRATION

    @field_validator("days_to_expiration", mode="before")
    @classmethod
    def _default_days(cls, days: object) -> object:
        return DAYS_TO_EXPIRATION if days is None else days

    @field_validator("viz_options")
    @classmethod
    def _check_viz_options(cls, options: list[dict[str, Any]], info: ValidationInfo) -> list[dict[str, Any]]:
        checked = [_read_viz_option(option) for option in options]
        ids = [option["id"] for option in checked]
        if len(set(ids)) < len(ids):
            raise ValueError("VizOptions of different ids")
        return checked


def create_layer(store: Store, document: Mapping[str, object], limits: Limits) -> LayerRecord:
    """Keep the layer that a body describes, and return its record; raises `BadBody` and `GraftError`s."""
    body = read_body(XYZBody, document)
    graft = body.parse(limits)
    record = LayerRecord(
        graft=body.graft,  # type: ignore[arg-type]  # it was parsed: it is an object
        typespec=body.typespec,
        type=body.type,
        parameters=body.described_parameters(graft),
        channel=body.channel,
        client_version=body.client_version,
        name=body.name,
        description=body.description,
        public=body.public,
        viz_options=body.viz_options,
        days_to_expiration=body.days_to_expiration,
    )
    store.add_layer(record)
    return record


def layer_json(record: LayerRecord, root: str) -> dict[str, Any]:
    """Return the record as it is sent, with absolute URLs."""
    return {
        **{name: getattr(record, name) for name in FIELDS},
        **{name: format_time(getattr(record, name)) for name in TIMESTAMPS},
        "url_template": f"{root}/xyz/{record.id}/{{z}}/{{x}}/{{y}}.png",
        "wmts_url_template": f"{root}/wmts/xyz/{record.id}/1.0.0/WMTSCapabilities.xml",
    }


def _read_viz_option(option: Mapping[str, Any]) -> dict[str, Any]:
    """Return a VizOption's JSON with all fields; ValueError says what is wrong with it."""
    try:
        checked = VizOption.from_json(option).to_json()
    except (TypeError, ValueError) as exc:
        raise ValueError(f"VizOptions ({exc})") from exc
    if checked["colormap"] and not is_colormap(checked["colormap"]):
        raise ValueError(f"VizOptions with colormaps of matplotlib, unlike {checked['colormap']!r}")
    return checked
