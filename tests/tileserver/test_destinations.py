"""Results go where they are sent: files, an S3-compatible server, a mail server, the catalog."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_string, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import xarray as xr
import zarr.storage
from aiosmtpd.controller import Controller
from rio_cogeo.cogeo import cog_validate

import sdk as wf
from graft_eval.grid import Grid
from graft_eval.plane import Constant
from graft_eval.scope import Raster
from graft_eval.values.image import Image
from sdk.service.exceptions import BadRequest, JobDestination
from tests.object_store import running_s3
from tests.server_fixture import running_server
from tileserver.catalog import Catalog
from tileserver.destinations import BadDestination, Delivery, NotDelivered, mail, read_destination
from tileserver.formats import BadFormat, Origin, RasterLayout, open_writer, read_format
from tileserver.settings import Settings
from tileserver.store import JobRecord, create_schema, open_database

GRID = Grid((500000.0, 4994880.0, 506000.0, 5000000.0), "EPSG:32633", (512, 600))
GEOCTX: dict[str, Any] = {"crs": "EPSG:32633", "bounds_crs": "EPSG:32633", "resolution": 10.0}
DATE = datetime(2021, 6, 1, 10, 30, tzinfo=UTC)
IMAGE = {"type": "Image"}


def job(typespec: dict[str, Any] = IMAGE, **fields: Any) -> JobRecord:
    known = {"format": {"type": "geotiff"}, "user": "ann@example.com"}
    return JobRecord(graft={"returns": "a", "a": 1}, typespec=typespec, type="Image", **known | fields)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A product `fields` of red and nir, int16 with the scale 0.0001 and the nodata -9999."""
    folder = tmp_path_factory.mktemp("product") / "fields"
    folder.mkdir()
    place = {"crs": GRID.crs, "transform": GRID.transform, "width": 600, "height": 512}
    with rasterio.open(folder / "a.tif", "w", driver="GTiff", count=2, dtype="int16", nodata=-9999, **place) as dataset:
        dataset.write(np.arange(2 * 512 * 600).reshape(2, 512, 600).astype("int16") % 9000)
        dataset.descriptions, dataset.scales = ("red", "nir"), (0.0001, 0.0001)
        dataset.update_tags(TIFFTAG_DATETIME="2020:05:18 00:00:00")
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    exports = tmp_path / "exports"
    return Settings(data_dir=tmp_path / "data", export_roots=(exports,), export_urls=("s3://results/maps",))


@pytest.fixture
def catalog(settings: Settings, product: Path) -> Catalog:
    settings.data_dir.mkdir()
    create_schema(database := open_database(settings.database))
    catalog = Catalog(database, settings)
    assert catalog.add([str(product)]).added == ["fields:a"]
    return catalog


def pixels_of(bands: int) -> Raster:
    data = np.stack([np.indices(GRID.shape).sum(axis=0) / 1e4 + band for band in range(bands)])
    mask = np.zeros(data.shape, np.bool_)
    mask[0, 5, 7] = mask[-1, 8, 9] = True
    return Raster(data, mask)


def result(folder: Path, *bands: str) -> Path:
    """Save an image as a job does, and return its file."""
    folder.mkdir(exist_ok=True)
    info = {band: {"id": band, "name": band, "data_range": (0.0, 1.0)} for band in bands}
    properties = {"date": DATE, "eo:cloud_cover": 3.5, "id": "x"}
    image = Image(bands, tuple(Constant(0.0) for _ in bands), properties, info)
    layout = RasterLayout.of(image, GRID, Origin("ab" * 32, "{}"))
    with open_writer(read_format("geotiff"), folder / "result", layout) as writer:
        writer.write(0, 0, pixels_of(len(bands)))
    return folder / "result"


REFUSED: list[tuple[Any, str]] = [
    ("moon", "the destination must be one of download, email, catalog, file, s3, gs, az, not 'moon'"),
    (7, "a name or an object with a type, not 7"),
    ({"type": "download", "to": "x"}, "the destination download has no option 'to'; it has none"),
    ({"type": "email", "subject": 5}, "subject of the destination email must be a str, not 5"),
    ({"type": "catalog"}, "the destination catalog needs image"),
    ({"type": "catalog", "image": "a:b", "overwrite": "yes"}, "overwrite of the destination catalog must be a bool"),
    ({"type": "file"}, "the destination file needs url"),
]


@pytest.mark.parametrize(("given", "message"), REFUSED)
def test_destinations_that_do_not_exist_are_refused(given: Any, message: str) -> None:
    with pytest.raises(BadDestination, match=message):
        read_destination(given)


UNFIT: list[tuple[Any, str]] = [
    ("file:///etc/passwd", "below none of the folders"),
    ("file://EXPORTS/../a.tif", "below none of the folders"),
    ("file://EXPORTS", "below none of the folders"),
    ("file://EXPORTS/link/a.tif", "below none of the folders"),
    ("file://EXPORTS/folder", "is a folder"),
    ("file://example.com/a.tif", "must be like file:///"),
    ("file:a.tif", "must be like file:///"),
    ("s3://results/other/a.tif", "below none of the URLs"),
    ("s3://results/maps", "below none of the URLs"),
    ("s3://results/maps/../other", "must be like s3://bucket/key"),
    ("gs://results/maps/a.tif", "below none of the URLs"),
    ("email", "sends no email"),
    ({"type": "catalog", "image": "fields"}, "must be product:name"),
    ({"type": "catalog", "image": "fields:../b"}, "must be product:name"),
    ({"type": "catalog", "image": "nothing:b"}, "images can be added to products that there are"),
    ({"type": "catalog", "image": "fields:a"}, "there is an image fields:a already"),
    ({"type": "catalog", "image": "fields:a", "overwrite": True}, "is not one that you had computed"),
]


@pytest.mark.parametrize(("given", "message"), UNFIT)
def test_what_cannot_be_delivered_is_refused_before(
    settings: Settings, catalog: Catalog, given: Any, message: str
) -> None:
    [exports] = settings.export_roots
    (exports / "folder").mkdir(parents=True)
    (exports / "link").symlink_to("/tmp")
    given = given.replace("EXPORTS", str(exports)) if isinstance(given, str) else given
    with pytest.raises(BadDestination, match=message):
        read_destination(given).check(Delivery(job(), settings, catalog))


def test_a_format_that_does_not_fit_is_refused_before(settings: Settings, catalog: Catalog) -> None:
    with pytest.raises(BadFormat, match="Int cannot be saved as geotiff"):
        read_destination("download").check(Delivery(job({"type": "Int"}), settings, catalog))


def test_a_file_is_written_below_a_root(settings: Settings, catalog: Catalog, tmp_path: Path) -> None:
    delivery = Delivery(job(), settings, catalog)
    target = settings.export_roots[0] / "new folder" / "a.tif"
    destination = read_destination({"type": "file", "url": target.as_uri()})
    for text in ("first", "second"):
        (tmp_path / "result").write_text(text)
        assert destination.deliver(delivery, tmp_path / "result") == f"the result is in {target.as_uri()}"
        assert target.read_text() == text
    assert [file.name for file in target.parent.iterdir()] == ["a.tif"]


def test_a_file_that_cannot_be_written_is_told(settings: Settings, catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / "result").write_text("x")
    settings.export_roots[0].mkdir()
    (settings.export_roots[0] / "a").write_text("no folder")
    destination = read_destination(f"file://{settings.export_roots[0]}/a/b.tif")
    with pytest.raises(NotDelivered, match=r"could not be written: (Not a directory|File exists)"):
        destination.deliver(Delivery(job(), settings, catalog), tmp_path / "result")


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    """A client of a server that speaks S3, with the bucket `results`, which refuses what is below `maps/locked/`."""
    with running_s3("results") as client:
        locked = "arn:aws:s3:::results/maps/locked/*"
        denied = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": locked}
        client.put_bucket_policy(Bucket="results", Policy=json.dumps({"Version": "2012-10-17", "Statement": [denied]}))
        yield client


def test_an_object_is_written(s3: Any, settings: Settings, catalog: Catalog, tmp_path: Path) -> None:
    content = np.random.default_rng(1).bytes(12 << 20)  # in parts
    (tmp_path / "result").write_bytes(content)
    destination = read_destination("s3://results/maps/berlin%202021.tif")
    destination.check(delivery := Delivery(job(), settings, catalog))
    assert "s3://results/maps/berlin" in destination.deliver(delivery, tmp_path / "result")
    assert s3.get_object(Bucket="results", Key="maps/berlin 2021.tif")["Body"].read() == content


def test_a_bucket_that_is_not_there_is_told(s3: Any, settings: Settings, catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / "result").write_bytes(b"x")
    with pytest.raises(NotDelivered, match=r"s3://nowhere/a.tif could not be written: .*NoSuchBucket"):
        read_destination("s3://nowhere/a.tif").deliver(Delivery(job(), settings, catalog), tmp_path / "result")


def test_a_bucket_that_refuses_is_told(s3: Any, settings: Settings, catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / "result").write_bytes(b"x")
    destination = read_destination("s3://results/maps/locked/a.tif")
    destination.check(delivery := Delivery(job(), settings, catalog))
    with pytest.raises(NotDelivered, match=r"s3://results/maps/locked/a.tif could not be written: .*(403|denied)"):
        destination.deliver(delivery, tmp_path / "result")
    assert "Contents" not in s3.list_objects_v2(Bucket="results", Prefix="maps/locked/")


class Inbox:
    """The messages that a mail server took."""

    def __init__(self, refusal: str = "") -> None:
        self.messages: list[Any] = []
        self.refusal = refusal
        self.seconds = 0.0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        await asyncio.sleep(self.seconds)
        self.messages.append((envelope.rcpt_tos, envelope.content.decode()))
        return self.refusal or "250 OK"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, str]]:
    """A mail server on loopback, and its URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield inbox, f"smtp://127.0.0.1:{port}"
    controller.stop()


def mailing(settings: Settings, url: str) -> Settings:
    return settings.model_copy(update={"smtp_url": url, "public_url": "https://maps.example.com"})


def test_an_email_has_the_link(settings: Settings, catalog: Catalog, inbox: tuple[Inbox, str], tmp_path: Path) -> None:
    box, url = inbox
    delivery = Delivery(job(), mailing(settings, url), catalog)
    destination = read_destination({"type": "email", "subject": "Fertig é", "body": "Look:"})
    destination.check(delivery)
    assert destination.deliver(delivery, tmp_path / "result") == "the link was sent to ann@example.com"
    [(to, text)] = box.messages
    message = message_from_string(text, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert (to, message["Subject"]) == (["ann@example.com"], "Workflows: Fertig é")
    assert message.get_content().startswith("Look:")
    assert f"https://maps.example.com/api/jobs/{delivery.job.id}/result" in message.get_content()


def test_a_mail_server_that_refuses_or_is_down_is_told(
    settings: Settings, catalog: Catalog, inbox: tuple[Inbox, str], tmp_path: Path
) -> None:
    box, url = inbox
    box.refusal = "554 no thanks"
    for server, reason in ((url, "no thanks"), ("smtp://127.0.0.1:1", "Connect call failed")):
        with pytest.raises(NotDelivered, match=f"took no message to ann@example.com: .*{reason}"):
            read_destination("email").deliver(Delivery(job(), mailing(settings, server), catalog), tmp_path / "result")


@pytest.mark.parametrize("constant", ["ANSWER_SECONDS", "MAIL_SECONDS"])
def test_a_mail_server_that_is_slow_is_given_up(
    settings: Settings,
    catalog: Catalog,
    inbox: tuple[Inbox, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    constant: str,
) -> None:
    box, url = inbox
    box.seconds = 30.0
    monkeypatch.setattr(mail, constant, 0.5)
    with pytest.raises(NotDelivered, match=r"took no message to ann@example\.com: it did not answer in time"):
        read_destination("email").deliver(Delivery(job(), mailing(settings, url), catalog), tmp_path / "result")
    assert box.messages == []


def test_a_subject_is_one_line(settings: Settings, catalog: Catalog) -> None:
    with pytest.raises(BadDestination, match="one line"):
        read_destination({"type": "email", "subject": "a\nBcc: b"}).check(
            Delivery(job(), mailing(settings, "smtp://127.0.0.1:1"), catalog)
        )


def deliver(catalog: Catalog, settings: Settings, path: Path, job: JobRecord, **options: Any) -> None:
    destination = read_destination({"type": "catalog", "image": "fields:b", **options})
    delivery = Delivery(job, settings, catalog)
    destination.check(delivery)
    assert destination.deliver(delivery, path) == "the image is fields:b"


def stored(catalog: Catalog) -> tuple[Any, dict[str, Any]]:
    """Return the pixels of the image's file, and what the file is."""
    scene = catalog.scene("fields:b")
    path = scene.bands[0].asset.href
    assert cog_validate(path, strict=True, quiet=True) == (True, [], [])
    with rasterio.open(path) as dataset:
        return dataset.read(masked=True), {"dtype": dataset.dtypes[0], "nodata": dataset.nodata, "path": Path(path)}


@pytest.mark.parametrize("bands", [("red", "nir"), ("nir", "red")])
def test_an_image_of_the_catalog_has_the_products_bands(
    settings: Settings, catalog: Catalog, tmp_path: Path, bands: tuple[str, ...]
) -> None:
    path, made = result(tmp_path / "job", *bands), job()
    deliver(catalog, settings, path, made)
    scene, expected = catalog.scene("fields:b"), pixels_of(2)
    order = [bands.index("red"), bands.index("nir")]
    pixels, kind = stored(catalog)
    np.testing.assert_array_equal(np.ma.getmaskarray(pixels), expected.mask[order])
    valid = ~expected.mask[order]
    np.testing.assert_allclose(pixels.data[valid], expected.data[order][valid], rtol=1e-6)
    assert kind["dtype"] == "float32"
    assert [(band.name, band.scale) for band in scene.bands] == [("red", 1), ("nir", 1)]
    assert (scene.date, scene.properties["eo:cloud_cover"]) == (DATE, 3.5)
    assert scene.properties["graftile:job"] == made.id
    assert scene.properties["graftile:graft_hash"] == "ab" * 32
    assert catalog.product("fields").bands == ("red", "nir")
    assert [file.name for file in path.parent.iterdir()] == ["result"]


def test_an_image_of_the_catalog_is_stored_in_the_products_numbers(
    settings: Settings, catalog: Catalog, tmp_path: Path
) -> None:
    deliver(catalog, settings, result(tmp_path / "job", "red", "nir"), job(), rescale=True, change_dtype=True)
    pixels, kind = stored(catalog)
    expected: Any = pixels_of(2)
    assert (kind["dtype"], kind["nodata"]) == ("int16", -9999)
    np.testing.assert_array_equal(np.ma.getmaskarray(pixels), expected.mask)
    np.testing.assert_allclose(pixels * 0.0001, np.ma.MaskedArray(expected.data, expected.mask), atol=0.00005)
    assert [(band.scale, band.nodata) for band in catalog.scene("fields:b").bands] == [(0.0001, -9999)] * 2


def test_an_image_is_overwritten_by_its_user_alone(settings: Settings, catalog: Catalog, tmp_path: Path) -> None:
    path = result(tmp_path / "job", "red", "nir")
    deliver(catalog, settings, path, first := job())
    deliver(catalog, settings, path, first)  # after a restart
    with pytest.raises(BadDestination, match="there is an image fields:b already"):
        deliver(catalog, settings, path, job())
    with pytest.raises(BadDestination, match="not one that you had computed"):
        deliver(catalog, settings, path, job(user="bob@example.com"), overwrite=True)
    deliver(catalog, settings, path, second := job(), overwrite=True)
    _, kind = stored(catalog)
    assert kind["path"].name == f"b.{second.id}.tif"
    assert sorted(file.name for file in kind["path"].parent.iterdir()) == [f"b.{second.id}.tif", "b.json"]


def test_bands_that_a_product_has_not_are_told(settings: Settings, catalog: Catalog, tmp_path: Path) -> None:
    destination = read_destination({"type": "catalog", "image": "fields:b"})
    with pytest.raises(NotDelivered, match="must have the product's bands, red, nir, not red, swir"):
        destination.deliver(Delivery(job(), settings, catalog), result(tmp_path / "job", "red", "swir"))
    assert not list((settings.data_dir).glob("images/**/*.tif"))
    assert [file.name for file in (tmp_path / "job").iterdir()] == ["result"]


@pytest.fixture(scope="module")
def client(product: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[wf.Client]:
    """A client of a server with the product."""
    folder = tmp_path_factory.mktemp("server")
    settings: dict[str, Any] = {"job_processes": 1, "export_roots": [folder / "exports"]}
    with running_server(folder / "data", add=[product], **settings) as url, wf.Client(url) as client:
        yield client


def test_a_computed_image_is_at_once_in_the_catalog(client: wf.Client) -> None:
    geoctx = wf.GeoContext(bounds=GRID.bounds, **GEOCTX)
    image = wf.Image.from_id("fields:a").pick_bands("nir red") / 2
    computed: dict[str, Any] = {"geoctx": geoctx, "client": client}
    assert wf.compute(image, destination={"type": "catalog", "image": "fields:half"}, **computed) is None
    half = wf.Image.from_id("fields:half").inspect(**computed)
    expected = image.pick_bands("red nir").inspect(**computed)
    np.testing.assert_allclose(half.ndarray, expected.ndarray, rtol=1e-6)
    assert list(half.bandinfo) == ["red", "nir"]
    assert wf.ImageCollection.from_id("fields").length().inspect(**computed) == 2
    with pytest.raises(BadRequest, match="there is an image fields:half already"):
        wf.compute(image, destination={"type": "catalog", "image": "fields:half"}, **computed)


def test_a_delivery_that_fails_is_the_jobs_failure(client: wf.Client) -> None:
    geoctx = wf.GeoContext(bounds=GRID.bounds, **GEOCTX)
    image = wf.Image.from_id("fields:a").pick_bands("nir")
    with pytest.raises(JobDestination, match="must have the product's bands, red, nir, not nir"):
        wf.compute(image, geoctx, destination={"type": "catalog", "image": "fields:nir"}, client=client)


@pytest.mark.parametrize("format", ["zarr", "netcdf"])
def test_a_job_saves_a_collection_as_a_cube(client: wf.Client, tmp_path: Path, format: str) -> None:
    geoctx = wf.GeoContext(bounds=GRID.bounds, **GEOCTX)
    collection = wf.ImageCollection.from_id("fields", limit=1).pick_bands("nir")
    wf.compute(collection, geoctx, format=format, file=tmp_path / "cube", client=client)
    found: xr.Dataset
    if format == "netcdf":
        found = xr.open_dataset(tmp_path / "cube", engine="h5netcdf").load()
    else:
        with zarr.storage.ZipStore(tmp_path / "cube", mode="r") as store:
            found = xr.open_zarr(store, consolidated=False, chunks=None).load()
    expected = collection.inspect(geoctx, client=client).ndarray
    np.testing.assert_allclose(found["nir"], expected[:, 0].filled(np.nan), rtol=1e-6)


def test_a_value_goes_to_a_file(client: wf.Client, tmp_path_factory: pytest.TempPathFactory) -> None:
    exports = next(tmp_path_factory.getbasetemp().glob("server*")) / "exports"
    url = (exports / "two.json").as_uri()
    job = wf.compute(wf.Int(1) + 1, format="json", destination=url, block=False, client=client)
    job.wait()
    assert json.loads((exports / "two.json").read_text()) == 2
    assert job.destination == {"type": "file", "url": url}
