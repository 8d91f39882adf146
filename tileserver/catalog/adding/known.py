"""Known files: those that the catalog has already, so that unchanged ones are skipped."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from sqlalchemy import Engine, select

from graft_eval.fingerprint import fingerprint_of_file
from tileserver.catalog.locations import is_url
from tileserver.catalog.tables import ImageRow

__all__ = ["Known", "KnownImage", "stamp_of"]

RULES: Final = 2  # counted up when the same files would make other images
ASKED_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class KnownImage:
    """An image made from a source, and the local files that it is read from."""

    id: str
    files: tuple[str, ...]


@dataclass(slots=True)
class Known:
    """The images made from sources that one run of `add` meets."""

    engine: Engine
    _ids: dict[str, list[KnownImage]] = field(default_factory=dict)
    _unchanged: set[str] = field(default_factory=set)

    def ask(self, sources: Iterable[str]) -> None:
        """Learn what was made from these sources."""
        columns = ImageRow.product, ImageRow.item, ImageRow.source, ImageRow.stamp, ImageRow.assets
        with self.engine.connect() as connection:
            new = iter([source for source in sources if source not in self._ids])
            while some := list(islice(new, ASKED_AT_ONCE)):
                stamps: dict[str, list[str]] = {}
                fresh: dict[str, bool] = {}
                for product, item, source, stamp, assets in connection.execute(
                    select(*columns).where(ImageRow.source.in_(some))
                ):
                    files = tuple(asset["href"] for asset in assets)
                    self._ids.setdefault(source, []).append(KnownImage(f"{product}:{item}", files))
                    stamps.setdefault(source, []).append(stamp)
                    same = all(_is_same(asset["href"], asset["fingerprint"]) for asset in assets)
                    fresh[source] = fresh.get(source, True) and same
                self._unchanged |= {source for source, same in fresh.items() if same and _holds(stamps[source])}

    def images(self, source: str) -> Sequence[KnownImage]:
        """Return the images that were made from a source that was asked for."""
        return self._ids.get(source, ())

    def is_unchanged(self, source: str) -> bool:
        """Return True if all that was made from a source would be made again unchanged."""
        return source in self._unchanged


def stamp_of(documents: Mapping[str, str], images: int) -> str:
    """Return the stamp of an image: of the documents that it was made from, and how many images these make.

    What has no fingerprint, as remote documents, makes an image that is always made anew: its stamp is empty.
    """
    if not documents or any(is_url(location) or not print_ for location, print_ in documents.items()):
        return ""
    return json.dumps({"rules": RULES, "images": images, "documents": dict(documents)})


def _holds(stamps: Sequence[str]) -> bool:
    """Return True if the documents are unchanged, and all of their images were made."""
    if not all(stamps) or len(set(stamps)) > 1:
        return False
    stamp = json.loads(stamps[0])
    return (
        stamp["rules"] == RULES
        and stamp["images"] == len(stamps)
        and all(_is_same(location, print_) for location, print_ in stamp["documents"].items())
    )


def _is_same(location: str, fingerprint: str) -> bool:
    try:
        return not is_url(location) and fingerprint_of_file(location) == fingerprint
    except OSError:
        return False
