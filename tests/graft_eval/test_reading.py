"""Reading files: blocks, caches, masks, overviews, resamplers, and what goes wrong."""

from __future__ import annotations

import gc
import threading
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import rasterio
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT

from graft_eval.engine import RasterEngine
from graft_eval.errors import Cancelled, EvaluationError, SceneError
from graft_eval.fingerprint import fingerprint
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import Constant, Elementwise, Masked, Plane, Read
from graft_eval.progress import Progress
from graft_eval.raster import blocks as blocks_module
from graft_eval.raster.blocks import BlockRequest, Blocks, Unreadable
from graft_eval.raster.decoding import decode
from graft_eval.raster.handles import Handles, OpenFile, prepare_thread
from graft_eval.raster.overviews import Overview, fitting_overview
from graft_eval.scene import Scene
from graft_eval.scope import Raster
from sdk.language.imagery import RESAMPLERS
from tests.graft_eval.scenes import scene_of, write_raster


@pytest.fixture
def engine() -> Iterator[RasterEngine]:
    engine = RasterEngine(cache_bytes=32 << 20, threads=2)
    yield engine
    engine.close()


def pixel_grid(rows: int, cols: int, row: int = 0, col: int = 0) -> Grid:
    """The grid of a file's own pixels, in EPSG:3857."""
    left, top = 10.0 * col, -10.0 * row
    return Grid((left, top - 10.0 * rows, left + 10.0 * cols, top), "EPSG:3857", (rows, cols))


def compute(engine: RasterEngine, planes: list[Plane], grid: Grid, progress: Progress | None = None) -> Raster:
    return engine.compute(planes, grid, progress or Progress(), Limits())


def numbers(*shape: int, dtype: str = "uint16") -> NDArray[np.generic]:
    return np.random.default_rng(0).integers(1, 200, shape).astype(dtype)


@pytest.mark.parametrize(
    "profile",
    [
        {"interleave": "pixel"},
        {"interleave": "band"},
        {"tiled": False, "blockysize": 3},
        {"blockxsize": 512, "blockysize": 512},
        {"blockxsize": 16, "blockysize": 16},
    ],
    ids=str,
)
@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint32", "int32", "float32", "float64", "int8"])
def test_every_pixel_comes_back(tmp_path: Path, engine: RasterEngine, dtype: str, profile: dict[str, Any]) -> None:
    data = numbers(2, 300, 700, dtype="uint8").view("int8") if dtype == "int8" else numbers(2, 300, 700, dtype=dtype)
    scene = scene_of(write_raster(tmp_path / "a.tif", data, **profile))
    raster = compute(engine, [Read(scene, band) for band in scene.bands], pixel_grid(300, 700))
    np.testing.assert_array_equal(raster.data, data.astype(np.float64))
    assert not raster.mask.any()


def test_beyond_the_file_is_masked(tmp_path: Path, engine: RasterEngine) -> None:
    scene = scene_of(write_raster(tmp_path / "a.tif", numbers(1, 20, 20)))
    raster = compute(engine, [Read(scene, scene.bands[0])], pixel_grid(30, 40, row=-5, col=-10))
    expected = np.ones((30, 40), np.bool_)
    expected[5:25, 10:30] = False
    np.testing.assert_array_equal(raster.mask[0], expected)
    assert (raster.data[raster.mask] == 0).all()


def test_values_are_physical_and_nodata_is_masked(tmp_path: Path, engine: RasterEngine) -> None:
    data = np.array([[[-9999, 100], [200, 300]]], np.int16)
    scene = scene_of(write_raster(tmp_path / "a.tif", data, nodata=-9999), scale=1e-4, offset=0.5)
    raster = compute(engine, [Read(scene, scene.bands[0])], pixel_grid(2, 2))
    np.testing.assert_array_equal(raster.mask[0], [[True, False], [False, False]])
    np.testing.assert_array_equal(raster.data[0], [[0, 100 * 1e-4 + 0.5], [200 * 1e-4 + 0.5, 300 * 1e-4 + 0.5]])


@pytest.mark.parametrize("nodata", [None, np.nan, -3.4028234663852886e38, -3.4028235e38])
def test_floats_that_are_nan_or_nodata_are_masked(tmp_path: Path, engine: RasterEngine, nodata: float | None) -> None:
    data = np.array([[[np.nan, 1.0, -3.4028235e38]]], np.float32)
    scene = scene_of(write_raster(tmp_path / "a.tif", data), nodata=nodata)
    raster = compute(engine, [Read(scene, scene.bands[0])], pixel_grid(1, 3))
    lowest_is_missing = nodata is not None and np.isfinite(nodata)
    np.testing.assert_array_equal(raster.mask[0], [[True, False, lowest_is_missing]])


@pytest.mark.parametrize("predictor", [1, 2], ids=["read by GDAL", "inflated without"])
@pytest.mark.parametrize("resampler", ["near", "bilinear", "average"])
@pytest.mark.parametrize("kind", ["alpha", "dataset"])
def test_the_masks_of_files_are_kept(
    tmp_path: Path, engine: RasterEngine, kind: str, resampler: str, predictor: int
) -> None:
    data, valid = numbers(1, 300, 300), np.full((300, 300), 255, np.uint8)
    valid[10:20, 30:270] = 0
    if kind == "alpha":
        rgba = np.stack([data[0], valid.astype(data.dtype)])
        path = write_raster(tmp_path / "a.tif", rgba, predictor=predictor, photometric="MINISBLACK", alpha="yes")
    else:
        path = write_raster(tmp_path / "a.tif", data, predictor=predictor, mask=valid)
    scene = scene_of(path, mask=kind)
    raster = compute(engine, [Read(scene, scene.bands[0], resampler)], pixel_grid(300, 300))
    np.testing.assert_array_equal(raster.mask[0], valid == 0)
    if resampler == "near":
        np.testing.assert_array_equal(raster.data[0], np.where(valid, data[0], 0))


def test_masked_numbers_come_back_when_the_mask_is_replaced_but_nothing_beyond_the_file(
    tmp_path: Path, engine: RasterEngine
) -> None:
    scene = scene_of(write_raster(tmp_path / "a.tif", np.array([[[7, 9]]], np.uint8), nodata=7))
    plane = Masked(Read(scene, scene.bands[0]), Constant(False), replace=True)
    raster = compute(engine, [plane], pixel_grid(1, 3))
    np.testing.assert_array_equal(raster.mask[0], [[False, False, True]])
    np.testing.assert_array_equal(raster.data[0], [[7, 9, 0]])


def test_the_overview_that_fits_is_read(tmp_path: Path, engine: RasterEngine) -> None:
    path = write_raster(tmp_path / "a.tif", numbers(1, 1024, 1024), overviews=(2, 4))
    scene = scene_of(path)
    with rasterio.open(path, overview_level=1) as overview:
        expected = overview.read(1)
    grid = Grid((0.0, -10240.0, 10240.0, 0.0), "EPSG:3857", (256, 256))
    np.testing.assert_array_equal(compute(engine, [Read(scene, scene.bands[0])], grid).data[0], expected)


def test_squares_of_256_pixels_decide_on_overviews(tmp_path: Path, engine: RasterEngine) -> None:
    # Of one resolution, but the nearer to the pole, the larger are the source's pixels.
    path = write_raster(
        tmp_path / "a.tif", numbers(1, 2000, 2000), crs="EPSG:4326",
        transform=rasterio.Affine(0.02, 0, -20, 0, -0.02, 80), overviews=(2, 4),
    )  # fmt: skip
    plane = Read((scene := scene_of(path)), scene.bands[0])
    step = 2 * np.pi * 6378137 / 360 * 0.1
    grid = Grid((0.0, 100 * step, 100 * step, 1300 * step), "EPSG:3857", (1200, 100))
    whole = compute(engine, [plane], grid).data[0]
    squares = [(row, part) for row, _, part in grid.squares()]
    assert len({fitting_overview(scene.bands[0].asset, part.square) for _, part in squares}) > 1
    for row, part in squares:
        np.testing.assert_array_equal(compute(engine, [plane], part).data[0], whole[row : row + part.shape[0]])


# Caches and threads


def request(path: Path, *bands: int, row: int = 0, col: int = 0) -> BlockRequest:
    asset = scene_of(path).bands[0].asset
    return BlockRequest(asset, fingerprint(asset), Overview.of(asset, None), row, col, frozenset(bands))


def counted(monkeypatch: pytest.MonkeyPatch, read: Callable[..., object] = decode) -> list[BlockRequest]:
    """Note every block that is decoded."""
    decoded: list[BlockRequest] = []

    def count(handles: Handles, requests: Sequence[BlockRequest]) -> object:
        decoded.extend(requests)
        return read(handles, requests)

    monkeypatch.setattr(blocks_module, "decode", count)
    return decoded


def test_blocks_are_decoded_once(tmp_path: Path, engine: RasterEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = counted(monkeypatch)
    scene = scene_of(write_raster(tmp_path / "a.tif", numbers(3, 512, 512)))
    reads = [Read(scene, band) for band in scene.bands]
    first, second = Progress(), Progress()
    compute(engine, list(reads), pixel_grid(512, 512), first)
    compute(engine, list(reads), pixel_grid(512, 512), second)
    assert len(decoded) == 4
    assert (first.blocks_read, first.bytes_read) == (4, 3 * 512 * 512 * 2)
    assert (second.blocks_read, second.bytes_read) == (0, 0)
    assert first.used == second.used == {scene.id}


def test_bands_of_a_block_join_those_that_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = counted(monkeypatch)
    path = write_raster(tmp_path / "a.tif", numbers(3, 64, 64))
    blocks = Blocks(1 << 20, threads=1)
    for bands in ((1,), (2, 3), (1, 2), (1, 2, 3)):
        ((_, block, _),) = blocks.stream([request(path, *bands)], lambda: None)
        assert not isinstance(block, Unreadable)
        assert set(bands) <= block.keys()
    blocks.close()
    assert [sorted(one.bands) for one in decoded] == [[1], [2, 3]]


def test_the_cache_keeps_to_its_bytes_and_the_last_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = counted(monkeypatch)
    path = write_raster(tmp_path / "a.tif", numbers(1, 1024, 1024))
    size = 256 * 256 * 2
    blocks = Blocks(3 * size, threads=1)
    for row in (0, 1, 2, 0, 3, 0):
        list(blocks.stream([request(path, 1, row=row)], lambda: None))
        assert blocks.use.size <= 3 * size
    assert [one.row for one in decoded] == [0, 1, 2, 3]
    list(blocks.stream([request(path, 1, row=1)], lambda: None))
    blocks.close()
    assert [one.row for one in decoded] == [0, 1, 2, 3, 1]


@pytest.mark.parametrize("compress", [None, "deflate"])
def test_memory_keeps_to_the_bytes_of_the_cache(tmp_path: Path, compress: str | None) -> None:
    """Whatever bands are asked for, one after the other: those of one read share an array, all of it or nothing."""
    profile: dict[str, Any] = {"compress": compress, "interleave": "pixel"} | ({"predictor": 2} if compress else {})
    path = write_raster(tmp_path / "a.tif", numbers(4, 2048, 2048), **profile)
    limit = 8 << 20  # of 32 MiB of pixels
    blocks = Blocks(limit, 1)
    tracemalloc.start()
    try:
        for at in range(64):
            for bands in ((1, 2, 3), (3, 4), (1, 4)):
                assert list(blocks.stream([request(path, *bands, row=at // 8, col=at % 8)], lambda: None))
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        blocks.close()
    assert limit * 0.9 < held < limit * 1.1


def test_a_block_larger_than_the_cache_is_read_all_the_same(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "a.tif", numbers(1, 64, 64))
    blocks = Blocks(100, threads=1)
    ((_, block, size),) = blocks.stream([request(path, 1)], lambda: None)
    blocks.close()
    assert not isinstance(block, Unreadable)
    assert size == 64 * 64 * 2
    assert blocks.use.size == 0


def test_a_block_is_decoded_once_however_many_wait_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_raster(tmp_path / "a.tif", numbers(1, 64, 64))
    blocks, asked, read = Blocks(1 << 20, threads=4), threading.Barrier(8), decode
    all_wait = threading.Event()

    def slow(handles: Handles, requests: Sequence[BlockRequest]) -> object:
        all_wait.wait(60)
        return read(handles, requests)

    decoded = counted(monkeypatch, slow)

    def ask(_: int) -> object:
        asked.wait()
        stream = blocks.stream([request(path, 1)], all_wait.set)  # called while waiting
        return next(iter(stream))[1]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(8)))
    blocks.close()
    assert len(decoded) == 1
    assert all(block is found[0] for block in found)


def test_no_dataset_is_used_by_two_threads_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    busy: set[int] = set()
    lend = Handles.lend

    @contextmanager
    def watch(*arguments: Any, **options: Any) -> Iterator[OpenFile]:
        with lend(*arguments, **options) as file:
            assert id(file.dataset) not in busy
            busy.add(id(file.dataset))
            try:
                yield file
            finally:
                busy.remove(id(file.dataset))

    monkeypatch.setattr(Handles, "lend", watch)
    path = write_raster(tmp_path / "a.tif", numbers(1, 1024, 1024), blockxsize=64, blockysize=64)
    scene = scene_of(path)
    scene = replace(scene, bands=(replace(scene.bands[0]),))
    blocks = Blocks(1 << 10, threads=8)
    requests = [request(path, 1, row=row, col=col) for row in range(4) for col in range(4)] * 4
    assert not any(isinstance(block, Unreadable) for _, block, _ in blocks.stream(requests, lambda: None))
    blocks.close()


def test_many_threads_get_the_same_tiles(tmp_path: Path) -> None:
    engine = RasterEngine(cache_bytes=1 << 20, threads=3)  # less than is needed: blocks come and go
    scenes = [scene_of(write_raster(tmp_path / f"{n}.tif", numbers(2, 600, 600) + n), name=f"s:{n}") for n in range(4)]
    planes: list[Plane] = [
        Elementwise("subtract", (Read(one, one.bands[0]), Read(one, one.bands[1]))) for one in scenes
    ]
    grids = [pixel_grid(256, 256, row, col) for row in (0, 200, 344) for col in (0, 200, 344)]
    expected = [compute(engine, planes, grid).data for grid in grids]

    def tile(n: int) -> bool:
        return bool((compute(engine, planes, grids[n % 9]).data == expected[n % 9]).all())

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(tile, range(72)))
    engine.close()


# What goes wrong


def good_and(tmp_path: Path, bad: Scene) -> list[Plane]:
    good = scene_of(write_raster(tmp_path / "good.tif", numbers(1, 50, 50)), name="p:good")
    return [Read(good, good.bands[0]), Read(bad, bad.bands[0])]


def missing(tmp_path: Path) -> Scene:
    path = write_raster(tmp_path / "bad.tif", numbers(1, 50, 50))
    scene = scene_of(path, name="p:bad")
    path.unlink()
    return scene


def no_raster(tmp_path: Path) -> Scene:
    scene = scene_of(write_raster(tmp_path / "bad.tif", numbers(1, 50, 50)), name="p:bad")
    (tmp_path / "bad.tif").write_bytes(b"nothing that GDAL knows")
    return scene


def truncated(tmp_path: Path) -> Scene:
    noise = np.random.default_rng(0).integers(0, 60000, (1, 512, 512)).astype(np.uint16)
    path = write_raster(tmp_path / "bad.tif", noise, blockxsize=128, blockysize=128)
    scene = scene_of(path, name="p:bad")
    path.write_bytes(path.read_bytes()[:2000])
    return scene


def other_shape(tmp_path: Path) -> Scene:
    scene = scene_of(write_raster(tmp_path / "bad.tif", numbers(1, 50, 50)), name="p:bad")
    write_raster(tmp_path / "bad.tif", numbers(1, 60, 50))
    return scene


def other_type(tmp_path: Path) -> Scene:
    scene = scene_of(write_raster(tmp_path / "bad.tif", numbers(1, 50, 50)), name="p:bad")
    write_raster(tmp_path / "bad.tif", numbers(1, 50, 50, dtype="float32"))
    return scene


def complex_pixels(tmp_path: Path) -> Scene:
    return scene_of(write_raster(tmp_path / "bad.tif", numbers(1, 50, 50, dtype="complex64")), name="p:bad")


BROKEN = {
    missing: "bad.tif cannot be read: No such file or directory",
    no_raster: "it is in no format that is read here",
    truncated: "bad.tif cannot be read: ",
    other_shape: "bad.tif is not what the catalog noted: 1 bands of (60, 50) pixels",
    other_type: "is float32, not uint16 as the catalog noted",
    complex_pixels: "pixels of type complex64 are not supported",
}


@pytest.mark.parametrize("resampler", ["near", "cubic"])
@pytest.mark.parametrize(("broken", "reason"), BROKEN.items(), ids=lambda each: getattr(each, "__name__", ""))
def test_a_scene_that_cannot_be_read_is_left_out(
    tmp_path: Path, engine: RasterEngine, broken: Callable[[Path], Scene], reason: str, resampler: str
) -> None:
    progress, planes = Progress(), good_and(tmp_path, broken(tmp_path))
    planes = [Read(plane.scene, plane.band, resampler) for plane in planes if isinstance(plane, Read)]
    raster = compute(engine, planes, pixel_grid(50, 50), progress)
    assert not raster.mask[0].any()
    assert raster.mask[1].all()
    assert list(progress.skipped) == ["p:bad"]
    assert reason in progress.skipped["p:bad"]
    assert "\n" not in progress.skipped["p:bad"]


def test_all_bands_of_a_broken_scene_are_masked(tmp_path: Path, engine: RasterEngine) -> None:
    fine, gone = (write_raster(tmp_path / f"{name}.tif", numbers(1, 50, 50)) for name in ("fine", "gone"))
    scene = scene_of(fine, gone, name="p:half")
    gone.unlink()
    planes = [*(Read(scene, band) for band in scene.bands), *good_and(tmp_path, scene)[:1]]
    raster = compute(engine, planes, pixel_grid(50, 50))
    assert raster.mask[:2].all()
    assert not raster.mask[2].any()


def test_when_no_scene_can_be_read_the_first_reason_is_told(tmp_path: Path, engine: RasterEngine) -> None:
    scene = missing(tmp_path)
    with pytest.raises(SceneError, match=r"none of 1 scenes can be read; p:bad: bad.tif cannot be read"):
        compute(engine, [Read(scene, scene.bands[0])], pixel_grid(50, 50))


def test_a_broken_scene_beyond_the_grid_is_not_even_looked_at(tmp_path: Path, engine: RasterEngine) -> None:
    scene, progress = missing(tmp_path), Progress()
    raster = compute(engine, [Read(scene, scene.bands[0])], pixel_grid(10, 10, row=1000), progress)
    assert raster.mask.all()
    assert not progress.skipped
    assert not progress.used


def test_a_file_that_is_overwritten_is_read_again(tmp_path: Path, engine: RasterEngine) -> None:
    path = write_raster(tmp_path / "a.tif", numbers(1, 50, 50))
    scene = scene_of(path)
    before = compute(engine, [Read(scene, scene.bands[0])], pixel_grid(50, 50)).data
    path.unlink()
    write_raster(path, numbers(1, 50, 50) + 1)
    after = compute(engine, [Read(scene, scene.bands[0])], pixel_grid(50, 50)).data
    np.testing.assert_array_equal(after, before + 1)
    assert fingerprint(scene.bands[0].asset) != scene.bands[0].asset.fingerprint


def test_reading_stops_when_nobody_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = scene_of(write_raster(tmp_path / "a.tif", numbers(1, 50, 50)))
    engine, progress, go_on = RasterEngine(1 << 20, threads=1), Progress(), threading.Event()
    read = decode

    def slow(handles: Handles, requests: Sequence[BlockRequest]) -> object:
        progress.cancelled.set()
        go_on.wait(60)
        return read(handles, requests)

    monkeypatch.setattr(blocks_module, "decode", slow)
    with pytest.raises(Cancelled):
        compute(engine, [Read(scene, scene.bands[0])], pixel_grid(50, 50), progress)
    go_on.set()
    engine.close()


def test_blocks_that_nobody_waits_for_any_more_are_not_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    busy, go_on, read = threading.Event(), threading.Event(), decode

    def slow(handles: Handles, requests: Sequence[BlockRequest]) -> object:
        busy.set()
        go_on.wait(60)
        return read(handles, requests)

    decoded = counted(monkeypatch, slow)
    path = write_raster(tmp_path / "a.tif", numbers(1, 1024, 256))
    blocks = Blocks(1 << 20, threads=1)

    def give_up() -> None:
        busy.wait(60)
        raise Cancelled("gone")

    with pytest.raises(Cancelled):
        list(blocks.stream([request(path, 1, row=row) for row in (0, 1, 2)], give_up))
    other = blocks.stream([request(path, 1, row=2)], go_on.set)  # somebody wants one of them after all
    assert not isinstance(next(other)[1], Unreadable)
    assert [one.row for one in decoded] == [0, 2]
    assert not isinstance(next(blocks.stream([request(path, 1, row=1)], lambda: None))[1], Unreadable)
    blocks.close()


def test_a_prepared_thread_reads_local_blocks_itself_and_leaves_them_to_others_if_it_gives_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_raster(tmp_path / "a.tif", numbers(1, 1024, 256))
    blocks, readers, read = Blocks(1 << 20, threads=1), dict[int, str](), decode
    has_asked, go_on = threading.Event(), threading.Event()

    def note(handles: Handles, requests: Sequence[BlockRequest]) -> object:
        readers[requests[0].row] = threading.current_thread().name
        return read(handles, requests)

    monkeypatch.setattr(blocks_module, "decode", note)

    def give_up() -> Iterator[BlockRequest]:
        yield request(path, 1, row=2)
        has_asked.set()
        go_on.wait(60)
        raise Cancelled("gone")

    with ThreadPoolExecutor(1, "tile", prepare_thread) as threads:
        asked = [request(path, 1, row=row) for row in (0, 1)]
        found = threads.submit(lambda: [block for _, block, _ in blocks.stream(asked, lambda: None)]).result()
        assert not any(isinstance(block, Unreadable) for block in found)
        assert readers[0] == "tile_0"
        gone = threads.submit(lambda: list(blocks.stream(give_up(), lambda: None)))
        has_asked.wait(60)
        other = blocks.stream([request(path, 1, row=2)], go_on.set)  # called while waiting
        assert not isinstance(next(other)[1], Unreadable)
        with pytest.raises(Cancelled):
            gone.result()
    assert readers[2].startswith("graftile-read")
    assert next(blocks.stream([request(path, 1, row=0)], lambda: None))[2] == 0
    assert not blocks._coming
    blocks.close()


def test_a_prepared_thread_that_gives_up_alone_leaves_nothing_behind(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "a.tif", numbers(1, 1024, 256))
    blocks = Blocks(1 << 20, threads=1)

    def give_up() -> None:
        raise Cancelled("gone")

    with ThreadPoolExecutor(1, "tile", prepare_thread) as threads:
        for rows in ((0,), (0, 1, 2)):
            asked = [request(path, 1, row=row) for row in rows]
            with pytest.raises(Cancelled):
                threads.submit(lambda asked=asked: list(blocks.stream(asked, give_up))).result()
    blocks.close()
    assert not blocks._coming


# Resamplers


@pytest.mark.parametrize("resampler", ["bilinear", "cubic", "cubicspline", "lanczos"])
def test_kernels_agree_with_gdal_where_nothing_is_missing(tmp_path: Path, engine: RasterEngine, resampler: str) -> None:
    smooth = np.sin(np.arange(300) / 9.0)[:, None] * np.cos(np.arange(300) / 7.0) * 1000
    path = write_raster(
        tmp_path / "a.tif", smooth[None], crs="EPSG:32633", transform=rasterio.Affine(30, 0, 5e5, 0, -30, 5e6)
    )
    x, y = pyproj.Transformer.from_crs("EPSG:32633", "EPSG:3857", always_xy=True).transform(504500, 4995500)
    grid = Grid((x - 2000, y - 2000, x + 2000, y + 2000), "EPSG:3857", (200, 200))
    names = {"cubicspline": Resampling.cubic_spline}
    method = names.get(resampler) or Resampling[resampler]
    options = {"crs": grid.crs, "transform": grid.transform, "height": 200, "width": 200, "tolerance": 1e-6}
    with rasterio.open(path) as dataset, WarpedVRT(dataset, resampling=method, **options) as warped:
        expected = warped.read(1)
    scene = scene_of(path)
    actual = compute(engine, [Read(scene, scene.bands[0], resampler)], grid)
    assert not actual.mask.any()
    np.testing.assert_allclose(actual.data[0], expected, atol=0.2)  # of 1000, where neighbours differ by up to 140


def test_average_is_the_mean_of_the_pixels_covered(tmp_path: Path, engine: RasterEngine) -> None:
    data = numbers(1, 400, 600)
    scene = scene_of(write_raster(tmp_path / "a.tif", data, nodata=5))
    grid = Grid((0.0, -4000.0, 6000.0, 0.0), "EPSG:3857", (100, 150))
    cells = np.ma.MaskedArray(data[0], data[0] == 5).astype(float).reshape(100, 4, 150, 4)
    raster = compute(engine, [Read(scene, scene.bands[0], "average")], grid)
    np.testing.assert_allclose(raster.data[0], cells.mean(axis=(1, 3)).filled(0), rtol=1e-12)


@pytest.mark.parametrize("zoom", [12, 14, 16])
@pytest.mark.parametrize("resampler", RESAMPLERS)
def test_a_pixel_is_the_same_out_of_small_and_large_grids(
    tmp_path: Path, engine: RasterEngine, resampler: str, zoom: int
) -> None:
    data = numbers(1, 600, 600)
    path = write_raster(
        tmp_path / "a.tif", data, crs="EPSG:32613", transform=rasterio.Affine(20, 0, 330000, 0, -20, 4470000), nodata=9
    )
    scene = scene_of(path)
    x, y = 831 * 2 ** (zoom - 12), 1546 * 2 ** (zoom - 12)
    plane = Read(scene, scene.bands[0], resampler)
    large = compute(engine, [plane], Grid.from_xyz_tile(x // 2, y // 2, zoom - 1, size=512))
    small = compute(engine, [plane], Grid.from_xyz_tile(x, y, zoom))
    row, col = 256 * (y % 2), 256 * (x % 2)
    assert not small.mask.all()
    np.testing.assert_array_equal(small.mask[0], large.mask[0][row : row + 256, col : col + 256])
    np.testing.assert_allclose(small.data[0], large.data[0][row : row + 256, col : col + 256], rtol=1e-7, atol=1e-7)


def test_windows_too_large_for_memory_are_divided(
    tmp_path: Path, engine: RasterEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = scene_of(write_raster(tmp_path / "a.tif", numbers(1, 500, 500)))
    grid = Grid((0.0, -5000.0, 5000.0, 0.0), "EPSG:3857", (50, 50))
    whole = compute(engine, [Read(scene, scene.bands[0], "bilinear")], grid)
    monkeypatch.setattr("graft_eval.raster.file_sampling.MAX_WINDOW", 20_000)
    divided = compute(engine, [Read(scene, scene.bands[0], "bilinear")], grid)
    np.testing.assert_allclose(divided.data, whole.data, rtol=1e-12)


def test_an_unknown_resampler_is_refused(tmp_path: Path, engine: RasterEngine) -> None:
    scene = scene_of(write_raster(tmp_path / "a.tif", numbers(1, 50, 50)))
    with pytest.raises(EvaluationError, match="resampler must be one of near, bilinear, cubic"):
        compute(engine, [Read(scene, scene.bands[0], "magic")], pixel_grid(50, 50))
