"""XYZ layers: objects that a server draws as map tiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sdk.contract.colormaps import Colormap
from sdk.contract.viz_option import VizOption
from sdk.language.proxy import Proxy
from sdk.service.cards import server_card
from sdk.service.client import Client, default_client
from sdk.service.computation import Computation
from sdk.service.log_stream import LogRecord, LogStream
from sdk.service.logs import XYZLogListener
from sdk.service.server_object import ServerObject, viz_options_json
from sdk.service.thumbnails import thumbnail_of_layer
from sdk.service.tile_url import Scales, switch, tile_url, wmts_url

__all__ = ["XYZ"]


class XYZ(ServerObject):
    """A proxy object that is stored on a server and drawn as tiles of a web map.

    xyz = wf.XYZ(image.pick_bands("red green blue"), name="My RGB")
    xyz.url(session_id="s1", scales=[(0, 0.4), (0, 0.4), (0, 0.4)])
    # http://127.0.0.1:8000/xyz/24d0…/{z}/{x}/{y}.png?session_id=s1&scales=…
    """

    def __init__(
        self,
        proxy_object: Proxy,
        name: str = "",
        description: str = "",
        public: bool = True,
        viz_options: Sequence[VizOption] | None = None,
        days_to_expiration: int | None = None,
        client: Client | None = None,
    ) -> None:
        """Store the object on the server.

        One that depends on parameters is turned into a `Function` of them first. A `public` one may be seen by
        everybody. Without `days_to_expiration` the server keeps it for 10 days.
        """
        options = viz_options_json(viz_options or [])
        self._client = client or default_client()
        self._record = self._client.post(
            "/api/xyz",
            {
                **Computation.of(proxy_object).to_json(),
                "name": name,
                "description": description,
                "public": public,
                "viz_options": options,
                "days_to_expiration": days_to_expiration,
            },
        )

    @classmethod
    def _from_record(cls, record: dict[str, Any], client: Client) -> XYZ:
        xyz = cls.__new__(cls)
        xyz._client, xyz._record = client, record
        return xyz

    # Finding, keeping and deleting

    @classmethod
    def get(cls, xyz_id: str, client: Client | None = None) -> XYZ:
        """Return the object of an id; raises `NotFound` if there is none."""
        client = client or default_client()
        return cls._from_record(client.get(_path(xyz_id)), client)

    @classmethod
    def list(cls, public: bool = False, client: Client | None = None) -> Iterator[XYZ]:
        """Yield the objects of the caller, the newest first: the public ones, or else the others."""
        client = client or default_client()
        for record in client.pages("/api/xyz", "xyz", [("public", switch(public))]):
            yield cls._from_record(record, client)

    def renew(self, days_to_expiration: int | None = None, client: Client | None = None) -> None:
        """Keep the object for so many days from now, 10 without a number; its expiry never comes sooner by it."""
        record = (client or self._client).post(f"{_path(self.id)}/renew", {"days_to_expiration": days_to_expiration})
        self._record.update(record)

    def delete(self, client: Client | None = None) -> None:
        """Delete the object; its tiles are gone. This cannot be undone."""
        self.delete_id(self.id, client or self._client)

    @staticmethod
    def delete_id(id: str, client: Client | None = None) -> None:
        """Delete the object of an id; raises `NotFound` if there is none. This cannot be undone."""
        (client or default_client()).delete(_path(id))

    # Drawing

    def url(
        self,
        /,
        session_id: str | None = None,
        colormap: Colormap | None = None,
        bands: str | Sequence[str] | None = None,
        scales: Scales | None = None,
        reduction: str | None = None,
        checkerboard: bool | None = None,
        viz: str | VizOption | None = None,
        access_token: str | None = None,
        link: str | None = None,
        **arguments: Any,
    ) -> str:
        """Return the URL template of the tiles, with `{z}`, `{x}` and `{y}` in it, for any web map.

        `session_id` is the name under which what the tiles do is logged. `bands` are drawn as grey or through
        `colormap` (one: a name, or colours of its own as in a VizOption), or as red, green and blue, each from low to
        high of its pair in `scales`; a lone pair stands for one band, None takes the range of each tile, "auto" that
        of the layer. `reduction` makes one image of a collection, `checkerboard` shows where pixels are missing, `viz`
        is the VizOption whose choices are the defaults. `arguments` are those that the object takes; `gamma`, if it
        takes none of that name, bends scaled values as in a VizOption.

        Maps cannot sign in, and so a layer that is not public needs an `access_token` in its URL, with which
        whoever sees it can do all that the token allows; `share_url` gives a `link` for only this layer instead.

        Raises TypeError for scales of another form and for arguments that are missing, unknown or of another
        type, ValueError for what cannot be drawn.
        """
        return tile_url(
            self._record["url_template"],
            self._computation,
            self.viz_options,
            arguments,
            session_id=session_id,
            colormap=colormap,
            bands=bands,
            scales=scales,
            reduction=reduction,
            checkerboard=checkerboard,
            viz=viz,
            access_token=access_token,
            link=link,
        )

    def wmts_url(
        self,
        tile_matrix_sets: str | Sequence[str] | None = None,
        dimensions: bool | None = None,
        *,
        access_token: str | None = None,
        link: str | None = None,
    ) -> str:
        """Return the URL of the WMTS service that has this object as its layer."""
        return wmts_url(self._record["wmts_url_template"], tile_matrix_sets, dimensions, access_token, link)

    # Logs

    def iter_tile_logs(
        self, session_id: str, start_datetime: datetime | None = None, level: int | None = None
    ) -> Iterator[LogRecord]:
        """Return an endless iterator over the log records of a session's tiles.

        `start_datetime`, local time if it has no time zone, leaves out older records, `level`
        (`logging.WARNING`) less severe ones.
        """
        start = start_datetime.astimezone() if isinstance(start_datetime, datetime) else start_datetime
        return iter(LogStream(self._client, self._layer, session_id, start, level))

    def log_listener(self) -> XYZLogListener:
        """Return a listener that calls functions with the log records of a session's tiles."""
        return XYZLogListener(self.id, self._client)

    # What is known of it

    @property
    def id(self) -> str:
        """The name of the object on its server, 48 hexadecimal characters."""
        return str(self._record["id"])

    @property
    def name(self) -> str:
        """The title of the layer."""
        return str(self._record["name"])

    @property
    def description(self) -> str:
        """Description of the layer, in Markdown."""
        return str(self._record["description"])

    @property
    def public(self) -> bool:
        """True if everybody may see it."""
        return bool(self._record["public"])

    @property
    def user(self) -> str:
        """Email of its owner."""
        return str(self._record["user"])

    @property
    def org(self) -> str:
        """Organization of its owner."""
        return str(self._record["org"])

    @property
    def created_timestamp(self) -> datetime:
        """Moment of its creation, in UTC."""
        return datetime.fromisoformat(self._record["created_timestamp"])

    @property
    def updated_timestamp(self) -> datetime:
        """Moment of its last change, in UTC."""
        return datetime.fromisoformat(self._record["updated_timestamp"])

    @property
    def expires_timestamp(self) -> datetime:
        """Moment of its expiry, in UTC."""
        return datetime.fromisoformat(self._record["expires_timestamp"])

    def __eq__(self, other: Any) -> bool:
        return self._record == other._record if isinstance(other, XYZ) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        arguments = ", ".join(described["name"] for described in self._record["parameters"])
        lines = (
            f'XYZ: "{self.name}"',
            f"  - id: {self.id}",
            f"  - type: {self._record['type']}",
            *([f"  - arguments: {arguments}"] if arguments else ()),
            f"  - public: {self.public}",
            f"  - expires: {self.expires_timestamp:%Y-%m-%d %H:%M} UTC",
            f"  - map: {self._page}",
            f"  - url: {self._record['url_template']}",
            *([self.description] if self.description else ()),
        )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = {
            "id": self.id,
            "public": self.public,
            "expires": f"{self.expires_timestamp:%Y-%m-%d %H:%M} UTC",
            "url": self._record["url_template"],
            "description": self.description,
        }
        png = thumbnail_of_layer(self._client, self._layer)
        return server_card(f"XYZ: {self.name}", rows, self._computation, png, self._page)

    @property
    def _page(self) -> str:
        """The address of its map."""
        return str(self._record["url_template"]).partition("/{z}")[0]

    @property
    def _layer(self) -> str:
        return f"xyz/{quote(self.id, safe='')}"


def _path(xyz_id: str) -> str:
    return f"/api/xyz/{quote(xyz_id, safe='')}"
