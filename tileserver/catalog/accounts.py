"""Accounts: what is odd about images, and where what was decided of them is from."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, String, cast, func, select

from graft_eval.scene import Scene
from tileserver.catalog.overrides import Overrides
from tileserver.catalog.tables import ImageRow, ProductRow

__all__ = ["Account", "image_account", "product_account"]

MAX_PROBLEMS: Final = 50  # kinds of them that a product tells
OF_IMAGES: Final = ("date", "footprint")

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Account:
    """The problems of an image, and the origins of its fields, its product's overrides included."""

    problems: Sequence[Json] = ()
    origins: Json = field(default_factory=dict)


def image_account(connection: Connection, scene: Scene) -> Account:
    """Return the account of an image."""
    item = scene.id.removeprefix(f"{scene.product}:")
    columns = ImageRow.problems, ImageRow.origins, ImageRow.band_names, ProductRow.settings
    query = select(*columns).join(ProductRow, ProductRow.id == ImageRow.product)
    row = connection.execute(query.where(ImageRow.product == scene.product, ImageRow.item == item)).one_or_none()
    if row is None:
        return Account()
    return Account(row.problems, _overridden(row.origins, row.band_names, Overrides.from_json(row.settings)))


def product_account(connection: Connection, product: str) -> dict[str, list[dict[str, Any]]]:
    """Return what is odd about a product's images and where they are from, with the number of those alike.

    Each problem names the first image that has it.
    """
    settings = connection.execute(select(ProductRow.settings).where(ProductRow.id == product)).scalar() or {}
    return {
        "problems": _problems(connection, product),
        "origins": _origins(connection, product, Overrides.from_json(settings)),
    }


def _problems(connection: Connection, product: str) -> list[dict[str, Any]]:
    text = cast(ImageRow.problems, String)
    query = select(text, func.count(), func.min(ImageRow.item)).where(ImageRow.product == product, text != "[]")
    counts: Counter[str] = Counter()
    first: dict[str, str] = {}
    for problems, images, item in connection.execute(query.group_by(text).order_by(func.min(ImageRow.number))):
        for problem in {json.dumps(problem): None for problem in json.loads(problems)}:
            counts[problem] += images
            first.setdefault(problem, f"{product}:{item}")
    common = counts.most_common(MAX_PROBLEMS)
    return [{**json.loads(problem), "images": images, "first": first[problem]} for problem, images in common]


def _origins(connection: Connection, product: str, overrides: Overrides) -> list[dict[str, Any]]:
    columns = cast(ImageRow.origins, String), cast(ImageRow.band_names, String)
    query = select(*columns, func.count()).where(ImageRow.product == product).group_by(*columns)
    images: Counter[tuple[str, str]] = Counter()
    bands: dict[tuple[str, str], dict[str, None]] = {}
    for text, listed, count in connection.execute(query.order_by(func.min(ImageRow.number))):
        names = json.loads(listed)
        origins = _overridden(json.loads(text), names, overrides)
        found: dict[tuple[str, str], list[str]] = {(what, origins[what]): [] for what in OF_IMAGES if what in origins}
        for name, own in zip(overrides.rename(names), origins.get("bands", ()), strict=False):
            for what, origin in own.items():
                found.setdefault((what, origin), []).append(name)
        for key, named in found.items():
            images[key] += count
            bands.setdefault(key, {}).update(dict.fromkeys(named))
    return [
        {"what": what, "from": origin, "bands": list(bands[what, origin]), "images": count}
        for (what, origin), count in images.items()
    ]


def _overridden(origins: Json, names: Sequence[str], overrides: Overrides) -> Json:
    """Return origins with those of what an operator has set."""
    if not overrides or "bands" not in origins:
        return origins
    renamed = overrides.rename(names)
    bands = [
        {**own, **overrides.origins(old, new)} for own, old, new in zip(origins["bands"], names, renamed, strict=False)
    ]
    return {**origins, "bands": bands}
