"""Users and the tokens with which they sign in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final, NamedTuple

from sqlalchemy import Connection, Engine, delete, insert, or_, select, update

from tileserver.auth import SCOPES, Caller
from tileserver.auth.secrets import digest_of, new_id, new_token
from tileserver.store.change_stamp import NO_STAMP, ChangeStamp
from tileserver.store.database import writing
from tileserver.store.errors import NotFound
from tileserver.store.outages import Remembered
from tileserver.store.tables import OrganizationRow, TokenRow, UserRow
from tileserver.store.unchanged import Unchanged

__all__ = ["TokenRecord", "UserRecord", "Users"]

MAX_REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True)
class UserRecord:
    """A user; `org` is empty if they belong to none."""

    email: str
    org: str
    created_timestamp: datetime


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """The record of a token, without the token itself."""

    id: str
    email: str
    scopes: Sequence[str]
    created_timestamp: datetime
    expires_timestamp: datetime | None


class _Identity(NamedTuple):
    """The caller of a token, and when it expires."""

    caller: Caller
    expires: datetime | None


class Users:
    """Users and tokens in a database. Methods are thread safe, and block while it works."""

    def __init__(self, engine: Engine, stamp: ChangeStamp = NO_STAMP) -> None:
        self._engine = engine
        self._remembered = Remembered[str, _Identity | None](MAX_REMEMBERED)
        self._unchanged = Unchanged[str, _Identity | None](stamp, MAX_REMEMBERED, _end_of)

    def add(self, email: str, org: str = "") -> bool:
        """Add a user, or change the organization of one; return whether they are new."""
        with writing(self._engine, "users") as connection:
            if (
                org
                and connection.execute(select(OrganizationRow.name).where(OrganizationRow.name == org)).first() is None
            ):
                connection.execute(insert(OrganizationRow).values(name=org))
            known = update(UserRow).where(UserRow.email == email).values(org=org or None)
            if connection.execute(known).rowcount:
                return False
            row = {"email": email, "org": org or None, "created_timestamp": datetime.now(UTC)}
            connection.execute(insert(UserRow).values(row))
            return True

    def all(self) -> list[UserRecord]:
        """Return all users, by email."""
        query = select(UserRow.email, UserRow.org, UserRow.created_timestamp).order_by(UserRow.email)
        with self._engine.connect() as connection:
            return [UserRecord(row.email, row.org or "", row.created_timestamp) for row in connection.execute(query)]

    def remove(self, email: str) -> None:
        """Remove a user with their tokens; what they have published stays. Raises `NotFound`."""
        with writing(self._engine, "users") as connection:
            if not connection.execute(delete(UserRow).where(UserRow.email == email)).rowcount:
                raise _no_user(email)

    def create_token(
        self, email: str, scopes: Sequence[str] = ("read", "write"), lifetime: timedelta | None = None
    ) -> tuple[str, TokenRecord]:
        """Create a token, and return it, which is not stored, and its record; raises `NotFound` for an unknown user."""
        token, now = new_token(), datetime.now(UTC)
        expires = None if lifetime is None else now + lifetime
        record = TokenRecord(new_id(), email, sorted(set(scopes), key=SCOPES.index), now, expires)
        with writing(self._engine, "users") as connection:
            _check_user(connection, email)
            row = {name: getattr(record, name) for name in TokenRecord.__slots__}
            connection.execute(insert(TokenRow).values(digest=digest_of(token), **row))
        return token, record

    def tokens(self, email: str | None = None) -> list[TokenRecord]:
        """Return the tokens of a user, or of all, the oldest first."""
        columns = (TokenRow.__table__.columns[name] for name in TokenRecord.__slots__)
        query = select(*columns).order_by(TokenRow.created_timestamp)
        with self._engine.connect() as connection:
            if email is not None:
                _check_user(connection, email)
                query = query.where(TokenRow.email == email)
            return [TokenRecord(*row) for row in connection.execute(query)]

    def revoke_token(self, token_id: str) -> None:
        """Revoke a token; raises `NotFound`."""
        with writing(self._engine, "users") as connection:
            if not connection.execute(delete(TokenRow).where(TokenRow.id == token_id)).rowcount:
                raise NotFound(f"there is no token {token_id!r}")

    def identify(self, token: str) -> Caller | None:
        """Return the caller of a token; None if it is unknown, has expired or was revoked."""
        digest = digest_of(token)
        remembered = partial(self._remembered.ask, digest, partial(self._identity_of, digest))
        found = self._unchanged.ask(digest, remembered)
        return found and found.caller

    def known(self, token: str) -> Caller | None:
        """Return what `identify` would, if nothing has changed since it last did; None if it has to."""
        found = self._unchanged.get(digest_of(token))
        return found and found.caller

    def _identity_of(self, digest: str) -> _Identity | None:
        alive = or_(TokenRow.expires_timestamp.is_(None), TokenRow.expires_timestamp > datetime.now(UTC))
        query = (
            select(UserRow.email, UserRow.org, TokenRow.scopes, TokenRow.expires_timestamp)
            .join(UserRow, UserRow.email == TokenRow.email)
            .where(TokenRow.digest == digest, alive)
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        caller = Caller(row.email, row.org or "", max(row.scopes, key=SCOPES.index))
        return _Identity(caller, row.expires_timestamp)


def _end_of(found: _Identity | None) -> datetime | None:
    return found and found.expires


def _check_user(connection: Connection, email: str) -> None:
    if connection.execute(select(UserRow.email).where(UserRow.email == email)).scalar() is None:
        raise _no_user(email)


def _no_user(email: str) -> NotFound:
    return NotFound(f"there is no user {email!r}: add them with `graftile user add`")
