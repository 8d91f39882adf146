"""XYZ objects: how a body becomes a layer, and a layer a record on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from graft_eval.limits import Limits
from tileserver.auth import Caller
from tileserver.bodies.computation import Computation, read_body
from tileserver.bodies.fields import Description, Line, VizOptions
from tileserver.catalog.records import format_time
from tileserver.store import LayerRecord
from tileserver.store.layers import DAYS_TO_EXPIRATION, MAX_DAYS

__all__ = ["RenewBody", "layer_json", "read_layer", "read_renewal"]

FIELDS = (
    "id", "name", "description", "public", "viz_options", "days_to_expiration", "user", "org", "graft", "typespec",
    "type", "parameters", "channel", "client_version",
)  # fmt: skip
TIMESTAMPS = ("created_timestamp", "updated_timestamp", "expires_timestamp")


class XYZBody(Computation):
    """The body of a request to create an XYZ object."""

    name: Annotated[Line, Field(max_length=256)] = ""
    description: Description = ""
    public: bool = True
    viz_options: VizOptions = Field(default_factory=list)
    days_to_expiration: Annotated[int, Field(ge=1, le=MAX_DAYS)] = DAYS_TO_EXPIRATION

    @field_validator("days_to_expiration", mode="before")
    @classmethod
    def _default_days(cls, days: object) -> object:
        return DAYS_TO_EXPIRATION if days is None else days


class RenewBody(BaseModel):
    """For how long from now an XYZ object is to be kept; null is the default."""

    model_config = ConfigDict(extra="forbid", strict=True)

    days_to_expiration: Annotated[int, Field(ge=1, le=MAX_DAYS)] | None = None


def read_renewal(document: Mapping[str, object]) -> int:
    """Return the days for which a body says that an object is to be kept; raises `BadBody`."""
    return read_body(RenewBody, document).days_to_expiration or DAYS_TO_EXPIRATION


def read_layer(document: Mapping[str, object], limits: Limits, caller: Caller) -> LayerRecord:
    """Return the record of the caller's layer that a body describes; raises `BadBody` and `GraftError`s."""
    body = read_body(XYZBody, document)
    graft = body.parse_layer(limits)
    return LayerRecord(
        graft=body.document,
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
        user=caller.email,
        org=caller.org,
    )


def layer_json(record: LayerRecord, root: str) -> dict[str, Any]:
    """Return the record as it is sent, with absolute URLs."""
    return {
        **{name: getattr(record, name) for name in FIELDS},
        **{name: format_time(getattr(record, name)) for name in TIMESTAMPS},
        "url_template": f"{root}/xyz/{record.id}/{{z}}/{{x}}/{{y}}.png",
        "wmts_url_template": f"{root}/wmts/xyz/{record.id}/1.0.0/WMTSCapabilities.xml",
    }
