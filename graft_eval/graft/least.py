"""The least that applying a function takes, known before it is applied."""

from __future__ import annotations

from collections.abc import Callable, Sized

from graft_eval.graft.nodes import Apply, Body, Builtin, Literal, Local, Node, Reference

__all__ = ["least_steps"]

_REPEATING = frozenset({"wf.map", "wf.filter"})  # a function, over what the first argument holds


def least_steps(body: Body, known: Callable[[Local], object]) -> int:
    """Return how many keys evaluating what a body returns takes at least, those that maps within it repeat included.

    `known` gives the value of a key of the bodies around it, None if it is not known yet. Branches count as nothing.
    """
    return _steps((body,), known)


def _steps(bodies: tuple[Body, ...], known: Callable[[Local], object]) -> int:
    """Count in the last one of bodies that are within each other."""
    seen, waiting, steps = set(), [bodies[-1].returns], 0
    while waiting:
        reference = waiting.pop()
        if not isinstance(reference, Local) or reference.up or reference in seen:
            continue  # builtins are there; what is further out is evaluated once
        seen.add(reference)
        node = _node(bodies, reference)
        if node is None:
            continue  # a parameter
        steps += 1
        if isinstance(node, Apply):
            waiting += (node.function, *node.arguments, *node.named.values())
            if isinstance(node.function, Builtin) and node.function.name in _REPEATING and len(node.arguments) > 1:
                steps += _repeated(bodies, node.arguments[0], node.arguments[1], known)
    return steps


def _repeated(
    bodies: tuple[Body, ...], sequence: Reference, function: Reference, known: Callable[[Local], object]
) -> int:
    times = _length(bodies, sequence, known)
    inner = _node(bodies, function) if times else None
    each = _steps((*bodies, inner), known) if isinstance(inner, Body) and len(bodies) < 8 else 0
    return times * max(1, each)


def _node(bodies: tuple[Body, ...], reference: Reference) -> Node | None:
    """Return a key's expression, where it is one of these bodies."""
    if not isinstance(reference, Local) or reference.up >= len(bodies):
        return None
    return bodies[-1 - reference.up].nodes.get(reference.key)


def _value(bodies: tuple[Body, ...], reference: Reference, known: Callable[[Local], object]) -> object:
    if isinstance(reference, Local) and reference.up >= len(bodies):
        return known(Local(reference.up - len(bodies), reference.key))
    node = _node(bodies, reference)
    return node.value if isinstance(node, Literal) else None


def _length(bodies: tuple[Body, ...], reference: Reference, known: Callable[[Local], object]) -> int:
    """Return how many elements a sequence has; 0 if that is not known."""
    node = _node(bodies, reference)
    if isinstance(node, Apply) and isinstance(node.function, Builtin) and node.function.name == "wf.range":
        stop = _value(bodies, node.arguments[0], known) if len(node.arguments) == 1 and not node.named else None
        return stop if isinstance(stop, int) else 0
    value = _value(bodies, reference, known)
    return len(value) if isinstance(value, Sized) else 0
