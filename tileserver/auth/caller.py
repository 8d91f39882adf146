"""Callers: who sends a request, and the rules of what they may read and change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tileserver.auth.denials import Forbidden, Unauthorized

__all__ = ["LOCAL", "NOBODY", "SCOPES", "Caller"]

SCOPES: Final = ("read", "write", "admin")  # each holds those before it
ANONYMOUS: Final = "anonymous"  # the user of everything while nobody signs in


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request; `email` is empty where nobody has signed in.

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
        """The readers, as they are named where something is shared, whom the caller is among."""
        if not self.email:
            return frozenset({"public"})
        own = {"public", "authenticated", f"email:{self.email}"}
        return frozenset(own | {f"org:{self.org}"} if self.org else own)

    @property
    def is_admin(self) -> bool:
        """Whether they may read, change and delete what others own."""
        return self.scope == "admin"

    @property
    def is_local(self) -> bool:
        """Whether nobody signs in, and everyone is the same user."""
        return self.email == ANONYMOUS

    def owns(self, owner: str) -> bool:
        """Whether what is this user's is theirs."""
        return self.is_admin or (self.email != "" and self.email == owner)

    def check_signed_in(self) -> None:
        """Raise `Unauthorized` where nobody has signed in."""
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
        """Raise `Forbidden` where what is theirs must not be shared with a target: another organization."""
        if target.startswith("org:") and target != f"org:{self.org}" and not self.is_admin:
            own = f"your own, {self.org}" if self.org else "your own, and you belong to none"
            raise Forbidden(f"it can be shared with no other organization than {own}")


NOBODY: Final = Caller()
LOCAL: Final = Caller(ANONYMOUS, scope="admin")  # everyone, while nobody signs in
