"""Access to objects with an owner: the rights to change them, and to know of them."""

from __future__ import annotations

from typing import Protocol

from tileserver.auth.caller import Caller

__all__ = ["check_layer_owner", "check_workflow_owner"]


class _Owned(Protocol):
    @property
    def user(self) -> str: ...


class _Layers(Protocol):
    def layer(self, layer_id: str, caller: Caller) -> _Owned: ...


class _Workflows(Protocol):
    def check_readable(self, workflow_id: str, caller: Caller) -> None: ...


def check_layer_owner(store: _Layers, layer_id: str, caller: Caller, *, writing: bool = True) -> None:
    """Raise unless the caller may change an XYZ object, or with `writing` off, see what only its owner may.

    It is `NotFound` if there is none that they may know of, else `Unauthorized` or `Forbidden`.
    """
    caller.check_owner(store.layer(layer_id, caller).user, writing=writing)


def check_workflow_owner(workflows: _Workflows, workflow_id: str, caller: Caller, *, writing: bool = True) -> None:
    """Raise unless the caller may save, change, share or delete a workflow of this id, be it there or not.

    It is `NotFound` if another user's is not there or hidden from them, which nobody can tell apart, else
    `Unauthorized` or `Forbidden`. With `writing` off, it is about seeing what only its owner may.
    """
    owner = workflow_id.partition(":")[0]
    if not caller.owns(owner):
        workflows.check_readable(workflow_id, caller)
    caller.check_owner(owner, writing=writing)
