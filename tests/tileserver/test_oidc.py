"""Tokens of an OpenID Connect issuer are believed when it signed them, for this server, for now."""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.server_fixture import running, running_server
from tileserver.auth import Caller
from tileserver.auth.denials import IssuerUnavailable
from tileserver.auth.oidc import LEEWAY, Issuer
from tileserver.settings import Settings

AUDIENCE = "graftile"


@dataclass
class Signer:
    """A small issuer: what it publishes, how often it was asked, and tokens of its making."""

    url: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first"}))
    asked: int = 0

    def publish(self, request: Request) -> Response:
        self.asked += 1
        return JSONResponse(KeySet([self.key]).as_dict(private=False))

    def describe(self, request: Request) -> Response:
        return JSONResponse({"issuer": self.url, "jwks_uri": f"{self.url}/keys"})

    def token(self, header: dict[str, Any] | None = None, key: Any = None, **claims: Any) -> str:
        now = int(time.time())
        usual = {"iss": self.url, "aud": AUDIENCE, "exp": now + 300, "email": "bob@example.com", "org": "acme"}
        payload = {name: value for name, value in (usual | claims).items() if value is not None}
        header = header or {"alg": "RS256", "kid": self.key.kid}
        return jwt.encode(header, payload, key or self.key, algorithms=[header["alg"]])


@pytest.fixture
def signer() -> Iterator[Signer]:
    signer = Signer()
    routes = [Route("/keys", signer.publish), Route("/.well-known/openid-configuration", signer.describe)]
    with running(Starlette(routes=routes)) as signer.url:
        yield signer


def issuer(signer: Signer, **settings: Any) -> Issuer:
    return Issuer(Settings(auth="oidc", oidc_issuer=signer.url, oidc_audience=AUDIENCE, **settings))


def test_a_token_tells_who_calls(signer: Signer) -> None:
    found = issuer(signer)
    assert found.identify(signer.token()) == Caller("bob@example.com", "acme", "write")
    assert found.identify(signer.token(aud=["other", AUDIENCE], org=None)) == Caller("bob@example.com", "", "write")
    assert signer.asked == 1


def test_the_claims_of_email_and_organization_can_be_chosen(signer: Signer) -> None:
    found = issuer(signer, oidc_email_claim="upn", oidc_org_claim="tenant")
    token = signer.token(upn="eve@example.com", tenant="globex")
    assert found.identify(token) == Caller("eve@example.com", "globex", "write")


def sign_with_public_key(signer: Signer, payload: str) -> str:
    head = base64.urlsafe_b64encode(b'{"alg": "HS256", "kid": "first"}').decode().rstrip("=")
    mac = hmac.digest(signer.key.as_pem(private=False), f"{head}.{payload}".encode(), "sha256")
    return f"{head}.{payload}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


BAD: dict[str, dict[str, Any]] = {
    "expired": {"exp": int(time.time()) - 3600},
    "without end": {"exp": None},
    "not yet valid": {"nbf": int(time.time()) + 3600},
    "for another server": {"aud": "other"},
    "for no server": {"aud": None},
    "of another issuer": {"iss": "https://example.org"},
    "of nobody": {"email": None},
    "of what is no address": {"email": "bob"},
    "of an address that nobody has checked": {"email_verified": False},
    "of what is no organization": {"org": "Acme Inc."},
    "of an organization that is no text": {"org": ["acme"]},
}


@pytest.mark.parametrize("claims", BAD.values(), ids=BAD.keys())
def test_a_token_that_claims_something_else_is_nobodys(signer: Signer, claims: dict[str, Any]) -> None:
    assert issuer(signer).identify(signer.token(**claims)) is None


def test_a_token_that_the_issuer_has_not_signed_is_nobodys(signer: Signer) -> None:
    found, good = issuer(signer), signer.token()
    head, payload, signature = good.split(".")
    forged = {
        "another key of the same name": signer.token(key=RSAKey.generate_key(2048)),
        "another key": signer.token({"alg": "RS256", "kid": "x"}, RSAKey.generate_key(2048)),
        "the public key as a secret": sign_with_public_key(signer, payload),
        "no signature": f"{head}.{payload}.",
        "another payload": f"{head}.{payload[:-4]}AAAA.{signature}",
        "no token": "graftile_abc",
        "nothing": "",
        "too long": "a" * 100_000,
    }
    assert [name for name, token in forged.items() if found.identify(token) is not None] == []


def test_a_token_is_known_for_a_while_once_it_was_verified_and_no_longer_than_it_lasts(signer: Signer) -> None:
    found, token = issuer(signer), signer.token()
    assert found.known(token) is None
    assert found.identify(token) is not None
    assert found.known(token) == found.identify(token)
    assert found.known(token + "a") is None
    ending = signer.token(exp=int(time.time()) - LEEWAY + 3)
    assert found.identify(ending) is not None
    time.sleep(3.1)
    assert found.known(ending) is None


def test_a_new_key_of_the_issuer_is_found_and_asking_is_bounded(
    signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = issuer(signer)
    assert found.identify(signer.token()) is not None
    signer.key = RSAKey.generate_key(2048, {"kid": "second"})
    for _ in range(3):
        assert found.identify(signer.token()) is None  # just asked
    assert signer.asked == 1
    monkeypatch.setattr("tileserver.auth.oidc.MIN_REFRESH_SECONDS", 0.0)
    assert found.identify(signer.token()) is not None
    assert signer.asked == 2


def test_an_issuer_that_does_not_answer_is_said() -> None:
    dead = Settings(auth="oidc", oidc_issuer="http://127.0.0.1:9", oidc_audience=AUDIENCE)
    with pytest.raises(IssuerUnavailable, match="ConnectError"):
        Issuer(dead).identify("a.b.c")


def test_a_server_knows_its_callers_by_the_issuers_tokens(signer: Signer, tmp_path: Path) -> None:
    settings: dict[str, Any] = {"auth": "oidc", "oidc_issuer": signer.url, "oidc_audience": AUDIENCE}
    with running_server(tmp_path, **settings) as url:

        def save(token: str) -> int:
            headers = {"Authorization": f"Bearer {token}"}
            return httpx2.put(f"{url}/api/workflows/bob@example.com:x", json={}, headers=headers).status_code

        assert save(signer.token()) == 201
        assert save(signer.token(email="eve@example.com")) == 404
        assert save(signer.token(exp=1)) == 401


@pytest.mark.parametrize("issuer", ["http://example.com", "example.com"])
def test_an_issuer_must_be_safe_from_eavesdroppers(issuer: str) -> None:
    with pytest.raises(ValueError, match="https://"):
        Settings(auth="oidc", oidc_issuer=issuer, oidc_audience=AUDIENCE)


def test_an_issuer_and_an_audience_must_be_given() -> None:
    with pytest.raises(ValueError, match="oidc_issuer and oidc_audience must be given"):
        Settings(auth="oidc", oidc_issuer="https://example.com")
