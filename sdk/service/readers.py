"""Readers of workflows: users, organizations, everybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from sdk.contract.naming import check_email, check_organization
from sdk.service.client import Client

__all__ = [
    "AllAuthenticatedUsers", "Anybody", "Organization", "Reader", "Readers", "UserEmail", "reader_of", "target_of",
]  # fmt: skip


class UserEmail(str):
    """The user of an email address.

    >>> UserEmail("betty@gmail.com")
    UserEmail('betty@gmail.com')
    """

    __slots__ = ()

    def __new__(cls, email: str) -> UserEmail:
        """Check that it is an address; ValueError if it is none."""
        return super().__new__(cls, check_email(email))

    def __repr__(self) -> str:
        return f"UserEmail({str(self)!r})"


class Organization(str):
    """All users of an organization, which must be one's own.

    >>> Organization("myorg")
    Organization('myorg')
    """

    __slots__ = ()

    def __new__(cls, organization: str) -> Organization:
        """Check the name; ValueError if an organization cannot have it."""
        return super().__new__(cls, check_organization(organization))

    def __repr__(self) -> str:
        return f"Organization({str(self)!r})"


@dataclass(frozen=True, slots=True)
class AllAuthenticatedUsers:
    """Everybody who has signed in."""


@dataclass(frozen=True, slots=True)
class Anybody:
    """Everybody, also without signing in."""


Reader = UserEmail | Organization | AllAuthenticatedUsers | Anybody

EVERYBODY: Final = (AllAuthenticatedUsers(), Anybody())


def target_of(reader: str | Reader) -> str:
    """Return a reader as requests name it; a plain string is an email address, if `@` is in it, or an organization.

    >>> [target_of(reader) for reader in (UserEmail("a@b.c"), Organization("acme"), "a@b.c", "acme", Anybody())]
    ['email:a@b.c', 'org:acme', 'email:a@b.c', 'org:acme', 'public']
    """
    match reader:
        case UserEmail():
            return f"email:{reader}"
        case Organization():
            return f"org:{reader}"
        case AllAuthenticatedUsers():
            return "authenticated"
        case Anybody():
            return "public"
        case str():
            return target_of(UserEmail(reader) if "@" in reader else Organization(reader))
    raise TypeError(f"a reader is a UserEmail, an Organization, AllAuthenticatedUsers() or Anybody(), not {reader!r}")


def reader_of(target: str) -> Reader:
    """Return the reader that a target names; ValueError if it names none.

    >>> reader_of("email:a@b.c"), reader_of("authenticated")
    (UserEmail('a@b.c'), AllAuthenticatedUsers())
    """
    kind, _, name = target.partition(":")
    match kind:
        case "email":
            return UserEmail(name)
        case "org":
            return Organization(name)
        case "authenticated" if target == kind:
            return AllAuthenticatedUsers()
        case "public" if target == kind:
            return Anybody()
    raise ValueError(f"a target is email:…, org:…, authenticated or public, not {target!r}")


class Readers:
    """Mixin of objects whose owner can share them with readers."""

    _client: Client

    @property
    def _path(self) -> str:
        raise NotImplementedError

    def add_reader(self, user: str | Reader, client: Client | None = None) -> None:
        """Share the workflow and all its versions with a user or an organization.

        It must have been saved before. Raises ValueError for what is no reader, `NotFound` if the workflow is
        not saved, `Forbidden` for another organization than one's own.

            workflow.add_reader(wf.UserEmail("betty@gmail.com"))
            workflow.add_reader(wf.Organization("myorg"))
        """
        (client or self._client).request("PUT", self._reader_path(user))

    def remove_reader(self, user: str | Reader, client: Client | None = None) -> None:
        """Stop sharing with a reader; nothing happens if the workflow is not shared with them."""
        (client or self._client).request("DELETE", self._reader_path(user))

    def list_readers(self, client: Client | None = None) -> Iterator[Reader]:
        """Yield the readers of the workflow besides its owner, in the order in which they were added."""
        for record in (client or self._client).pages(f"{self._path}/readers", "readers"):
            yield reader_of(record["target"])

    def add_public_reader(self, client: Client | None = None) -> None:
        """Share the workflow with everybody who has signed in; `add_reader(wf.Anybody())` needs no signing in."""
        self.add_reader(AllAuthenticatedUsers(), client)

    def remove_public_reader(self, client: Client | None = None) -> None:
        """Stop sharing the workflow with everybody, signed in or not; named readers remain."""
        for reader in EVERYBODY:
            self.remove_reader(reader, client)

    def has_public_reader(self, client: Client | None = None) -> bool:
        """Return whether everybody who has signed in, or even without, may read the workflow."""
        return any(reader in EVERYBODY for reader in self.list_readers(client))

    def _reader_path(self, target: str | Reader) -> str:
        return f"{self._path}/readers/{quote(target_of(target), safe='@:')}"
