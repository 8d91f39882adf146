"""Callers of requests, and the rules of what they may read and change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tileserver.auth.denials import Forbidden, Unauthorized

__all__ = ["LOCAL", "NOBODY", "SCOPES", "Caller"]

SCOPES: Final = ("read", "write", "admin")  # each holds those before it
ANONYMOUS: Final = "anonymous"  # the user of everything while nobody signs in


@dataclass(frozen=True, slots=True)
class Caller:
    """The sender of a request; `email` is empty if nobody has signed in.

    With the scope `admin`, all is theirs. `link` is the path of the layer that a signed link in the request shows.

    >>> bob = Caller("bob@example.com", "acme", "read")
    >>> sorted(bob.targets)
    ['authenticated', 'email:bob@example.com', 'org:acme', 'public']
    """

    email: str = ""
    org: str = ""
    scope: str = "read"
    link: str = ""

    @property
    def targets(self) -> frozenset[str]:
        """The targets of sharing that include the caller."""
        if not self.email:
            return frozenset({"public"})
        own = {"public", "authenticated", f"email:{self.email}"}
        return frozenset(own | {f"org:{self.org}"} if self.org else own)

    @property
    def is_admin(self) -> bool:
        """True if they may read, change and delete what others own."""
        return self.scope == "admin"

    @property
    def is_local(self) -> bool:
        """True if nobody signs in, and everyone is the same user."""
        return self.email == ANONYMOUS

    def owns(self, owner: str) -> bool:
        """Return whether they own what belongs to this user."""
        return self.is_admin or (self.email != "" and self.email == owner)

    def check_signed_in(self) -> None:
        """Raise `Unauthorized` if nobody has signed in."""
        if not self.email:
            raise Unauthorized("this needs a token: send it as Authorization: Bearer …")

    def check_writing(self) -> None:
        """Raise `Unauthorized` or `Forbidden` unless they may change what is theirs."""
        self.check_signed_in()
        if self.scope == "read":
            raise Forbidden("the token lets read, not write: this needs one with the scope write")

    def check_owner(self, owner: str, *, writing: bool = True) -> None:
        """Raise `Unauthorized` or `Forbidden` unless they may change what a user owns; it is no secret to them."""
        self.check_signed_in()
        if not self.owns(owner):
            raise Forbidden("just its owner may change, share or delete it")
        if writing:
            self.check_writing()

    def check_sharing(self, target: str) -> None:
        """Raise `Forbidden` if what is theirs must not be shared with a target: another organization."""
        if target.startswith("org:") and target != f"org:{self.org}" and not self.is_admin:
            own = f"your own, {self.org}" if self.org else "your own, and you belong to none"
            raise Forbidden(f"it can be shared with no other organization than {own}")


NOBODY: Final = Caller()
LOCAL: Final = Caller(ANONYMOUS, scope="admin")  # everyone, while nobody signs in
