"""Grafts: JSON to bodies of nodes whose references are resolved, checked and bounded."""

from __future__ import annotations

from graft_eval.graft.bodies import read_body
from graft_eval.graft.canonical import hash_canonically
from graft_eval.graft.dependencies import order_keys
from graft_eval.graft.nodes import Apply, Body, Builtin, Graft, Literal, Local, Node, Reference
from graft_eval.limits import Limits

__all__ = ["Apply", "Body", "Builtin", "Graft", "Literal", "Local", "Node", "Reference", "parse"]


def parse(document: object, limits: Limits) -> Graft:
    """Return the graft that a JSON value stands for.

    Raises `GraftSyntaxError` for what is no graft, naming the key, and `LimitExceeded` with both numbers.

    >>> graft = parse({"a": 1, "b": ["wf.add", "a", "x"], "returns": "b", "parameters": ["x"]}, Limits())
    >>> graft.parameters
    ('x',)
    """
    root = read_body(document, limits)
    order = order_keys(root)
    for opened, key in order:
        if key != "returns":
            opened.body.nodes[key] = opened.node(key)
    digest, body = hash_canonically(root, order), root.body
    returned = body.nodes.get(body.returns.key) if isinstance(body.returns, Local) else None
    inner = returned.parameters if isinstance(returned, Body) else ()
    return Graft(body, body.parameters if root.is_function else inner, root.is_function, digest)
