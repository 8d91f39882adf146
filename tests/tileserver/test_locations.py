"""Only files below allowed folders and URLs of allowed hosts may be read, however a location is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tileserver.catalog.errors import LocationError
from tileserver.catalog.locations import Locations


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("in", "out"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.tif").touch()
    (tmp_path / "in" / "with space.tif").touch()
    return tmp_path


@pytest.fixture
def locations(root: Path) -> Locations:
    return Locations((root / "in",), frozenset({"example.com", "tiles.example.com:8443"}))


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("{root}/in/a.tif", "a.tif"),
        ("file://{root}/in/a.tif", "a.tif"),
        ("file://localhost{root}/in/with%20space.tif", "with space.tif"),
        ("{root}/in/../in/./a.tif", "a.tif"),
    ],
)
def test_files_below_the_folder_are_read_by_their_absolute_path(
    root: Path, locations: Locations, location: str, path: str
) -> None:
    assert locations.check(location.format(root=root)) == str(root / "in" / path)


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("{root}/out/a.tif", "outside"),
        ("{root}/in/../out/a.tif", "outside"),
        ("file://{root}/out/a.tif", "outside"),
        ("file://{root}/in/%2e%2e/out/a.tif", "outside"),
        ("{root}/in-too/a.tif", "outside"),
        ("/vsicurl/http://example.com/a.tif", "cannot"),
        ("/vsizip/{root}/in/a.tif", "outside"),
        ("{root}/in/missing.tif", "is not there"),
        ("{root}/in", "is no file"),
        ("{root}/in/a.tif\0.json", "characters"),
        ("{root}/in/a\n.tif", "characters"),
        ("file://elsewhere/in/a.tif", "another machine"),
        ("s3://bucket/a.tif", "the bucket s3://bucket is not allowed"),
        ("ftp://example.com/a.tif", "ftp:// cannot"),
        ("zip+https://example.com/a.zip!a.tif", "cannot"),
        ("GTIFF_DIR:1:{root}/in/a.tif", "outside"),
        ("{root}/in/" + "x" * 5000, "cannot be read"),
    ],
)
def test_all_other_files_and_schemes_are_refused(root: Path, locations: Locations, location: str, reason: str) -> None:
    with pytest.raises(LocationError, match=reason):
        locations.check(location.format(root=root))


def test_links_count_as_what_they_point_to(root: Path, locations: Locations) -> None:
    (root / "in" / "good.tif").symlink_to(root / "in" / "a.tif")
    (root / "in" / "bad.tif").symlink_to(root / "out" / "a.tif")
    (root / "in" / "circle.tif").symlink_to(root / "in" / "circle.tif")
    assert locations.check(str(root / "in" / "good.tif")) == str(root / "in" / "a.tif")
    with pytest.raises(LocationError, match="outside"):
        locations.check(str(root / "in" / "bad.tif"))
    with pytest.raises(LocationError, match="circle"):
        locations.check(str(root / "in" / "circle.tif"))


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a.tif",
        "http://example.com/a.tif?signature=x",
        "HTTPS://EXAMPLE.com:443/a.tif",
        "https://tiles.example.com:8443/a.tif",
    ],
)
def test_urls_of_allowed_hosts_are_read(locations: Locations, url: str) -> None:
    assert locations.check(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.com/a.tif",
        "https://example.com:8080/a.tif",
        "https://example.com.evil.com/a.tif",
        "https://example.com@evil.com/a.tif",
        "https://evil.com#@example.com/a.tif",
        "https://user:word@example.com/a.tif",
        "https:///a.tif",
        "https://example.com:port/a.tif",
        "http://169.254.169.254/latest",
    ],
)
def test_urls_of_other_hosts_are_refused(locations: Locations, url: str) -> None:
    with pytest.raises(LocationError):
        locations.check(url)


def test_what_an_operator_gives_is_allowed(root: Path) -> None:
    by_file = Locations().allow(str(root / "out" / "a.tif"))
    assert by_file.check(str(root / "out" / "a.tif"))
    with pytest.raises(LocationError):
        by_file.check(str(root / "in" / "a.tif"))
    by_folder = Locations().allow(str(root))
    assert by_folder.check(str(root / "in" / "a.tif"))
    by_url = Locations().allow("http://localhost:9000/catalog.json")
    assert by_url.check("http://localhost:9000/a.tif")
    with pytest.raises(LocationError):
        by_url.check("http://localhost:9001/a.tif")
