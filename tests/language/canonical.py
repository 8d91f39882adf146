"""Canonical form of a graft, free of its key names: two grafts mean the same when these are equal.

Usage: python canonical.py < graft.json
"""

from __future__ import annotations

import json
import sys
from typing import Any

RESERVED = ("parameters", "returns")


def canonical(graft: dict[str, Any]) -> Any:
    """Return the nested form used in corpus.jsonl's field `canonical`.

    {"lit": value} a literal · {"json": value} quoted JSON · {"param": name} a parameter of an enclosing
    function · {"ref": name} a builtin or free parameter · {"call": f, "args": [...], "kwargs": {...}} an
    application · {"fn": [names], "body": ...} a function.
    """
    return _function(graft, ())


def _function(graft: dict[str, Any], scopes: tuple[dict[str, Any], ...]) -> Any:
    body = _key(graft["returns"], (*scopes, graft))
    if "parameters" in graft or scopes:
        return {"fn": list(graft.get("parameters", ())), "body": body}
    return body


def _key(key: str, scopes: tuple[dict[str, Any], ...]) -> Any:
    for depth in range(len(scopes), 0, -1):
        scope = scopes[depth - 1]
        if key in scope.get("parameters", ()):
            return {"param": key}
        if key in scope and key not in RESERVED:
            return _expression(scope[key], scopes[:depth])
    return {"ref": key}


def _expression(expression: Any, scopes: tuple[dict[str, Any], ...]) -> Any:
    if isinstance(expression, dict):
        return _function(expression, scopes)
    if not isinstance(expression, list):
        return {"lit": expression}
    if len(expression) == 1 and isinstance(expression[0], (list, dict)):
        return {"json": expression[0]}
    function, *rest = expression
    named = rest.pop() if rest and isinstance(rest[-1], dict) else {}
    call: dict[str, Any] = {
        "call": _key(function, scopes),
        "args": [_key(argument, scopes) for argument in rest],
    }
    if named:
        call["kwargs"] = {name: _key(value, scopes) for name, value in sorted(named.items())}
    return call


if __name__ == "__main__":
    json.dump(canonical(json.load(sys.stdin)), sys.stdout, indent=1)
