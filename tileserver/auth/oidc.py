"""OpenID Connect: tokens of an issuer, verified by its keys."""

from __future__ import annotations

import threading
import time
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
from cachetools import TLRUCache
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry, decode

from sdk.contract.naming import check_email, check_organization
from tileserver.auth.caller import Caller
from tileserver.auth.denials import IssuerUnavailable
from tileserver.auth.secrets import digest_of
from tileserver.setting_values import is_loopback
from tileserver.settings import Settings

__all__ = ["Issuer"]

# Signatures that the issuer alone can make; whoever knows a shared secret or a public key cannot.
ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
)
LEEWAY: Final = 60  # seconds that clocks may differ
KEYS_SECONDS: Final = 3600.0  # after which the issuer is asked again
MIN_REFRESH_SECONDS: Final = 10.0  # between two askings, however many tokens name keys that are not known
TIMEOUT_SECONDS: Final = 5.0
MAX_TOKEN: Final = 8192
MAX_VERIFIED: Final = 10_000
VERIFIED_SECONDS: Final = 60.0  # for which a token need not be verified again


class Issuer:
    """Identifies callers by the tokens of an issuer; thread safe.

    Its keys are asked for when they are first needed, every hour, and when a token names one that is not known.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._verifying = threading.Lock()  # never held while the issuer is asked
        self._keys: KeySet | None = None
        self._verified: TLRUCache[str, tuple[Caller, float]] = TLRUCache(MAX_VERIFIED, _end_of_use, time.time)
        self._asked = -KEYS_SECONDS
        self._claims = JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": settings.oidc_issuer},
            aud={"essential": True, "value": settings.oidc_audience},
            exp={"essential": True},
        )

    def identify(self, token: str) -> Caller | None:
        """Return the caller of a token; None if it is not the issuer's, not for this server, or has expired.

        Raises `IssuerUnavailable` if the issuer's keys cannot be had.
        """
        if len(token) > MAX_TOKEN:
            return None
        try:
            claims = self._read(token)
            self._claims.validate(claims)
            caller = self._caller(claims)
        except (JoseError, TypeError, ValueError):
            return None
        with self._verifying:
            self._verified[digest_of(token)] = caller, claims["exp"] + LEEWAY
        return caller

    def known(self, token: str) -> Caller | None:
        """Return the caller of a token that was verified within the last minute; None if it has to be."""
        with self._verifying:
            found = self._verified.get(digest_of(token))
        return found and found[0]

    def _caller(self, claims: dict[str, Any]) -> Caller:
        if claims.get("email_verified") is False:
            raise ValueError("somebody else may have this address")
        email = check_email(claims.get(self._settings.oidc_email_claim, ""))
        org = claims.get(self._settings.oidc_org_claim)
        return Caller(email, check_organization(org) if org else "", "write")

    def _read(self, token: str) -> dict[str, Any]:
        """Return the claims of a token that the issuer has signed."""
        try:
            return decode(token, self._current_keys(KEYS_SECONDS), algorithms=ALGORITHMS).claims
        except InvalidKeyIdError:
            return decode(token, self._current_keys(MIN_REFRESH_SECONDS), algorithms=ALGORITHMS).claims

    def _current_keys(self, age: float) -> KeySet:
        """Return the issuer's keys, asked for within so many seconds."""
        with self._lock:
            if self._keys is None or time.monotonic() - self._asked > age:
                self._asked = time.monotonic()
                self._keys = self._fetch_keys()
            return self._keys

    def _fetch_keys(self) -> KeySet:
        issuer = self._settings.oidc_issuer
        try:
            with httpx2.Client(timeout=TIMEOUT_SECONDS) as client:
                about = _fetch_json(client, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
                location = str(about["jwks_uri"])
                parts = urlsplit(location)
                if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
                    raise ValueError("the issuer's keys must be fetched by https")
                return KeySet.import_key_set(_fetch_json(client, location))  # type: ignore[arg-type]
        except (httpx2.HTTPError, JoseError, KeyError, TypeError, ValueError) as exc:
            raise IssuerUnavailable(f"the keys of the tokens' issuer cannot be had: {type(exc).__name__}") from exc


def _end_of_use(digest: str, found: tuple[Caller, float], now: float) -> float:
    return min(found[1], now + VERIFIED_SECONDS)


def _fetch_json(client: httpx2.Client, url: str) -> dict[str, Any]:
    answer = client.get(url)
    answer.raise_for_status()
    found = answer.json()
    if not isinstance(found, dict):
        raise ValueError("no JSON object")
    return found
