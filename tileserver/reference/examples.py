"""Examples as a user types them, with what Python then prints."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NoReturn

from shapely.geometry.base import BaseGeometry

import sdk
from graft_eval.errors import GraftError, NotInCatalog
from graft_eval.evaluation.evaluations import Evaluations
from graft_eval.graft.syntax import parse
from graft_eval.limits import Limits
from graft_eval.progress import Progress
from graft_eval.scene import Product, Scene
from graft_eval.values.results import to_wire
from sdk.contract import arrow
from sdk.language.proxy import Proxy
from sdk.service.requests import request_body

__all__ = ["NAMES", "computed", "qualify", "session_of"]

NAMES: Final = {name: getattr(sdk, name) for name in sdk.__all__}
MAX_CHARACTERS: Final = 400  # of a printed result
OPERATORS: Final = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.Lambda)


class _NoCatalog:
    """A catalog of nothing: what examples compute does not depend on a server's imagery."""

    def product(self, product_id: str) -> Product:
        return self._refuse(product_id)

    def scene(self, scene_id: str) -> Scene:
        return self._refuse(scene_id)

    def period(self, product_id: str) -> tuple[datetime, datetime] | None:
        return self._refuse(product_id)

    def refresh(self, product_id: str, **search: object) -> None:
        self._refuse(product_id)

    def scenes(
        self, product_id: str, *, start: datetime | None, end: datetime | None, limit: int, area: BaseGeometry | None
    ) -> Sequence[Scene]:
        return self._refuse(product_id)

    def features(
        self, product_id: str, *, limit: int, area: BaseGeometry | None
    ) -> Sequence[tuple[BaseGeometry, dict[str, Any]]]:
        return self._refuse(product_id)

    def _refuse(self, name: str) -> NoReturn:
        raise NotInCatalog(f"the reference's examples have no imagery, so not {name!r}")


class _NoEngine:
    """An engine without pixels."""

    def __getattr__(self, name: str) -> NoReturn:
        raise NotInCatalog("the reference's examples have no pixels")


EVALUATIONS: Final = Evaluations(_NoCatalog(), _NoEngine(), Limits())


def session_of(code: str) -> str:
    """Return statements as typed at Python's prompt, with what is printed: values where they need no imagery.

    >>> session_of("band = 'b' + Str('08')\\nband.upper()").splitlines()
    [">>> band = 'b' + wf.Str('08')", '>>> band.upper().inspect()', "'B08'"]
    >>> session_of("Image.from_id('product:scene').nbands").splitlines()
    [">>> wf.Image.from_id('product:scene').nbands", '<Int>']
    """
    names = dict(NAMES)
    lines: list[str] = []
    for statement in ast.parse(code).body:
        text = ast.get_source_segment(code, statement) or ""
        if isinstance(statement, ast.Expr):
            lines += _evaluated(text, statement.value, names)
        else:
            exec(text, names)
            lines.append(_typed(qualify(text)))
    return "\n".join(lines)


def _evaluated(text: str, expression: ast.expr, names: dict[str, Any]) -> Iterator[str]:
    """Yield an expression as it is typed, with `inspect` where it has a value, and what Python prints."""
    result, shown = eval(text, names), qualify(text)
    if isinstance(result, Proxy):
        try:
            result = computed(result)
        except (GraftError, TypeError, ValueError):
            pass
        else:
            shown = f"({shown}).inspect()" if isinstance(expression, OPERATORS) else f"{shown}.inspect()"
    yield _typed(shown)
    printed = repr(result)
    if result is not None:
        yield printed if len(printed) <= MAX_CHARACTERS else f"{printed[:MAX_CHARACTERS]}…"


def _typed(text: str) -> str:
    return ">>> " + text.replace("\n", "\n... ")


def computed(proxy: Proxy) -> object:
    """Return the value of a computation, as `inspect` gives it.

    `GraftError` if it needs imagery, `TypeError` if it has no value outside of a computation, `ValueError` if it
    needs an argument.
    """
    graft = request_body(proxy, None, {})["graft"]
    progress = Progress()
    scope = EVALUATIONS.scope(progress)
    return arrow.read(arrow.write(to_wire(EVALUATIONS.value(parse(graft, Limits()), progress), scope)))


def qualify(code: str) -> str:
    """Return code in which names of `sdk` have `wf.` in front, as after `import sdk as wf`.

    >>> qualify("List[Int]([3, 1]).map(lambda e: e * numpy.sqrt(2.0))")
    'wf.List[wf.Int]([3, 1]).map(lambda e: e * wf.numpy.sqrt(2.0))'
    """
    tree = ast.parse(code)
    bound = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    bound |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    names = [
        node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in NAMES and node.id not in bound
    ]
    lines = [line.encode() for line in code.split("\n")]  # offsets are of bytes
    for node in sorted(names, key=lambda node: -node.col_offset):
        line = lines[node.lineno - 1]
        lines[node.lineno - 1] = line[: node.col_offset] + b"wf." + line[node.col_offset :]
    return b"\n".join(lines).decode()
