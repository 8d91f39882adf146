"""Dependencies: the keys that a graft's result is made of, each after those that it depends on."""

from __future__ import annotations

from collections.abc import Sequence

from graft_eval.errors import GraftSyntaxError
from graft_eval.graft.bodies import Key, OpenBody, short
from sdk.graft.near import near
from sdk.graft.op import OPERATIONS

__all__ = ["order_keys"]


def order_keys(root: OpenBody) -> list[Key]:
    """Return the keys that the result of a body depends on, each after its own dependencies.

    Raises `GraftSyntaxError` if that is a name that does not exist, or a key that needs itself.
    """
    ordered: list[Key] = []
    done: dict[Key, bool] = {(root, "returns"): False}  # False while what it needs is looked at
    path = [((root, "returns"), _needs(root, "returns"))]
    while path:
        at, needs = path[-1]
        while needs:
            need = needs.pop()
            finished = done.get(need)
            if finished is None:
                done[need] = False
                path.append((need, _needs(*need)))
                break
            if not finished:
                steps = [short(step) for (_, step), _ in path[-12:] if step != "returns"]
                raise GraftSyntaxError(f"a cycle: {' needs '.join((*steps[-6:], short(need[1])))}")
        else:
            done[at] = True
            ordered.append(at)
            path.pop()
    return ordered


def _needs(opened: OpenBody, key: str) -> list[Key]:
    """Return the keys that a key depends on, in reverse order."""
    needs: list[Key] = [(opened.inner[key], "returns")] if key in opened.inner else []
    for name in opened.used(key):
        use = opened.known[name]
        if use is None:
            raise GraftSyntaxError(_unknown(opened, key, name))
        if use.need is not None:
            needs.append(use.need)
    return needs[::-1]


def _unknown(opened: OpenBody, key: str, name: str) -> str:
    where = "'returns'" if key == "returns" else f"key {short(key)}"
    known: Sequence[str] = [*OPERATIONS] if name.startswith("wf.") else sorted(opened.names())
    kind = "builtin" if name.startswith("wf.") else "key"
    return f"{where} refers to the {kind} {short(name)}, which does not exist{near(name, known)}"
