"""Files that want signatures: they are made, made anew before they expire, and in no key, log or error."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from graft_eval.engine import RasterEngine
from graft_eval.errors import SceneError
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import Read
from graft_eval.progress import Progress
from graft_eval.raster.access import RemoteAccess
from graft_eval.raster.signatures import unsigned
from graft_eval.raster.signing import RemoteError, Signer
from graft_eval.scene import Scene
from tests.graft_eval.scenes import scene_of, write_raster
from tests.graft_eval.test_reading_remote import at_address, noise
from tests.server_fixture import running

SIDE = 256


@dataclass
class SignedFiles:
    """Serves the files of a folder to those who have the token of now, and gives tokens good for `seconds`."""

    folder: Path
    seconds: float = 3600.0
    tokens: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)  # URLs of files
    refusing: int = 0  # the status of tokens' refusal
    url: str = ""

    def app(self) -> Starlette:
        routes = [Route("/token/{account}/{container}", self._token), Route("/box/{name}", self._file)]
        return Starlette(routes=routes)

    @property
    def access(self) -> RemoteAccess:
        host = urlsplit(self.url).netloc
        return RemoteAccess(frozenset(), ((host, f"{self.url}/token/{{account}}/{{container}}"),))

    def _token(self, request: Request) -> Response:
        if self.refusing:
            return Response(status_code=self.refusing)
        assert request.path_params["container"] == "box"
        expires = datetime.now(UTC) + timedelta(seconds=self.seconds)
        self.tokens.append(f"se={expires:%Y-%m-%dT%H%%3A%M%%3A%SZ}&sig=secret{len(self.tokens)}")
        return JSONResponse({"token": self.tokens[-1], "msft:expiry": expires.isoformat().replace("+00:00", "Z")})

    def _file(self, request: Request) -> Response:
        self.asked.append(str(request.url))
        if not self.tokens or request.url.query != self.tokens[-1]:
            return Response(status_code=403)
        return FileResponse(self.folder / request.path_params["name"])


@pytest.fixture
def files(tmp_path: Path) -> Iterator[SignedFiles]:
    files = SignedFiles(tmp_path)
    with running(files.app()) as files.url:
        yield files


def far_and_near(files: SignedFiles, query: str = "") -> tuple[Scene, Scene]:
    near = scene_of(write_raster(files.folder / "a.tif", noise(1, 2 * SIDE)), name="p:a")
    return at_address(near, f"{files.url}/box/a.tif{query}"), near


def read(engine: RasterEngine, scene: Scene, col: int = 0) -> np.ndarray:
    grid = Grid((10.0 * SIDE * col, -10.0 * SIDE, 10.0 * SIDE * (col + 1), 0.0), "EPSG:3857", (SIDE, SIDE))
    progress = Progress()
    data = engine.compute([Read(scene, scene.bands[0])], grid, progress, Limits()).data
    assert not progress.skipped
    return data


def test_signed_files_are_read_and_blocks_are_kept_whatever_their_signature(files: SignedFiles) -> None:
    far, near = far_and_near(files)
    with closing(RasterEngine(8 << 20, 1, files.access)) as engine:
        np.testing.assert_array_equal(read(engine, far), read(engine, near))
        assert len(files.tokens) == 1
        files.asked.clear()
        read(engine, at_address(near, f"{files.url}/box/a.tif?sv=2024&sig=older"))
        assert files.asked == []


def test_signatures_are_made_anew_before_they_expire(files: SignedFiles) -> None:
    far, near = far_and_near(files)
    files.seconds = 0.5
    with closing(RasterEngine(8 << 20, 1, files.access)) as engine:
        read(engine, far, 0)
        time.sleep(0.6)
        np.testing.assert_array_equal(read(engine, far, 1), read(engine, near, 1))
    assert len(files.tokens) >= 2


def test_a_signer_that_refuses_is_named_and_left_alone_for_a_while(files: SignedFiles) -> None:
    files.refusing = 401
    signer = Signer(files.access)
    for _ in range(3):
        with pytest.raises(RemoteError, match=r"its signer http://127.0.0.1:\d+/token/127/box answers 401"):
            signer.sign(f"{files.url}/box/a.tif")
        files.refusing = 500


def test_an_expired_signature_is_said_to_be_and_not_shown(files: SignedFiles) -> None:
    far, _ = far_and_near(files, "?se=2024-05-01T10%3A00%3A00Z&sig=secret")
    with closing(RasterEngine(8 << 20, 1)) as engine, pytest.raises(SceneError) as refused:
        read(engine, far)
    assert "the server answers 403; its signature expired at 2024-05-01 10:00 UTC" in str(refused.value)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("https://h/a.tif", "https://h/a.tif"),
        ("https://h/a.tif?version=3", "https://h/a.tif?version=3"),
        ("https://h/a.tif?Expires=5&page=1", "https://h/a.tif?Expires=5&page=1"),
        ("https://h/a.tif?X-Amz-Algorithm=A&X-Amz-Date=D&X-Amz-Signature=s", "https://h/a.tif"),
        ("https://h/a.tif?Expires=5&Signature=s&page=1", "https://h/a.tif?page=1"),
    ],
)
def test_signatures_alone_are_taken_off(url: str, plain: str) -> None:
    assert unsigned(url) == plain
