"""The canonical form of a graft: what its result needs, and the hash of that."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from json.encoder import encode_basestring_ascii as quote

from graft_eval.graft.bodies import Key, OpenBody, Use
from graft_eval.graft.nodes import Apply, Body, Builtin

__all__ = ["hash_canonically"]

_encode = json.JSONEncoder(sort_keys=True).encode


def hash_canonically(root: OpenBody, order: Iterable[Key]) -> str:
    """Return the hash of a graft's canonical form, of keys that come after what they need.

    Names of keys, their order and what is shared are no part of it.
    """
    digests: dict[Key, str] = {}  # as JSON writes them
    for opened, key in order:
        digests[opened, key] = _digest(opened, key, digests)
    digest = digests[root, "returns"]
    return (_hash_function(root.body, digest) if root.is_function else digest).strip('"')


def _digest(opened: OpenBody, key: str, digests: dict[Key, str]) -> str:
    """Return the hash of a key's canonical form, from those of what it needs."""
    used = [_digest_of(opened.known[name], digests) for name in opened.used(key)]
    if key == "returns":
        return used[0]
    node = opened.body.nodes[key]
    if isinstance(node, Apply):
        split = len(used) - len(node.named)
        named = [f"[{quote(name)}, {one}]" for name, one in sorted(zip(node.named, used[split:], strict=True))]
        return _hash(f'["call", [{", ".join(used[:split])}], [{", ".join(named)}]]')
    if isinstance(node, Body):
        return _hash_function(node, digests[opened.inner[key], "returns"])
    return _hash(f'["{"json" if node.quoted else "lit"}", {_encode(node.value)}]')


def _digest_of(use: Use | None, digests: dict[Key, str]) -> str:
    assert use is not None  # the order was found
    if use.need is not None:
        return digests[use.need]
    if isinstance(use.reference, Builtin):
        return quote(f"ref {use.reference.name}")
    return quote(f"param {use.reference.key}")


def _hash_function(body: Body, digest: str) -> str:
    return _hash(f'["fn", {_encode(body.parameters)}, {digest}]')


def _hash(text: str) -> str:
    return f'"{hashlib.sha256(text.encode()).hexdigest()}"'
