"""Batch jobs: medians of all dates to COGs, by us, by rioxarray with dask and by GDAL's virtual rasters, in one run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import click
import numpy as np
import rasterio

from benchmarks.stack import PRODUCT, Stack, build_stack, read_once
from benchmarks.usage import cpu_seconds, memory

__all__ = ["batch"]

ROOT = Path(__file__).parents[1]
REQUIREMENTS = {
    "graftile": Path(__file__).with_name("requirements-graftile.txt"),
    "rioxarray": Path(__file__).with_name("requirements-batch.txt"),
    "vrt": Path(__file__).with_name("requirements-vrt.txt"),
}
PEERS = ("rioxarray", "vrt")
PEER = Path(__file__).with_name("batch_peer.py")
WORKLOADS = ("median", "ndvi")
METHODS = {"graftile": "graftile", "rioxarray": "rioxarray + dask", "vrt": "GDAL {gdal}, virtual rasters"}
PACKAGES = ("sdk", "graft_eval", "wmts", "tileserver")
NEWER = 12  # of Python 3, which rasterio with GDAL 3.12 needs
LOOK_SECONDS = 0.1
PROGRAM = f"""
import sdk as wf
images = wf.ImageCollection.from_id("{PRODUCT}")
nir, red = images.unpack_bands("nir red")
median = images.pick_bands("red green blue").median(axis="images")
ndvi = ((nir - red) / (nir + red)).median(axis="images")
"""


@dataclass(slots=True)
class Run:
    """Wall and CPU seconds of a program, and the peak memory of its tree of processes in bytes."""

    wall: float = 0.0
    cpu: float = 0.0
    peak: int = 0


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), envvar="BENCH_DIR", default=".graftile/bench")
@click.option("--size", default=4096, help="Pixels a side of each scene.")
@click.option("--rounds", default=2, help="How often each program has its turn; the best counts.")
def batch(folder: Path, size: int, rounds: int) -> None:
    """Measure batch jobs, and print a table."""
    folder = folder.absolute()
    stack = Stack(size=size)
    home = build_stack(stack, folder)
    commands = {"graftile": _prepare(home, folder, stack)}
    commands |= {method: [_python_of(method, folder), str(PEER), method] for method in PEERS}
    read_once(home)
    found: dict[tuple[str, str], list[Run]] = {}
    for _ in range(rounds):
        for workload in WORKLOADS:
            for method in METHODS:
                output = str(folder / f"{method}-{workload}.tif")
                asked = ["--object", workload, "-o", output] if method == "graftile" else [workload, str(home), output]
                run = _measure([*commands[method], *asked], folder)
                click.echo(f"{method} {workload}: {run.wall:.1f} s, {run.peak / 1e9:.2f} GB", err=True)
                found.setdefault((method, workload), []).append(run)
    for workload in WORKLOADS:
        _compare(folder, workload)
    _print_table({key: min(runs, key=lambda run: run.wall) for key, runs in found.items()}, _gdal_of(folder))


def _print_table(best: Mapping[tuple[str, str], Run], gdal: str) -> None:
    """Print seconds, memory, and how many times ours the seconds of the peers are."""
    click.echo("| method | " + " | ".join(f"{name}: s · CPU s · GB" for name in WORKLOADS) + " |\n|---|---|---|")
    for method, name in METHODS.items():
        cells = []
        for workload in WORKLOADS:
            run, ours = best[method, workload], best["graftile", workload]
            times = f" · {run.wall / ours.wall:.1f}x / {run.cpu / ours.cpu:.1f}x" if run is not ours else ""
            cells.append(f"{run.wall:.1f} · {run.cpu:.1f} · {run.peak / 1e9:.2f}{times}")
        click.echo(f"| {name.format(gdal=gdal)} | {' | '.join(cells)} |")


def _prepare(home: Path, folder: Path, stack: Stack) -> list[str]:
    """Put the stack into a catalog of its own, and return the command that computes an object."""
    data, program = folder / "batch-data", folder / "batch.py"
    shutil.rmtree(data, ignore_errors=True)
    program.write_text(PROGRAM)
    python = _python_of("graftile", folder)
    subprocess.run([python, "-m", "compileall", "-q", *PACKAGES], cwd=ROOT, check=True)  # as pip does with all others
    graftile = [python, "-m", "tileserver"]
    environment = {**os.environ, "GRAFTILE_DATA_DIR": str(data), "GRAFTILE_ASSET_ROOTS": str(home)}
    add = [*graftile, "catalog", "add", str(home / "items")]
    subprocess.run(add, cwd=ROOT, env=environment, check=True, capture_output=True)
    left, bottom, right, top = stack.bounds
    bounds = ["--bounds", f"{left},{bottom},{right},{top}", "--bounds-crs", "EPSG:32632", "--crs", "EPSG:32632"]
    return [*graftile, "compute", str(program), *bounds, "--resolution", "10", "--data-dir", str(data)]


def _python_of(method: str, folder: Path) -> str:
    """Return the Python of a method's environment, which is made when its requirements are new."""
    home = folder / f"batch-{method}"
    python, installed = home / "bin/python", home / "requirements.txt"
    wanted = REQUIREMENTS[method].read_text()
    if not (installed.is_file() and installed.read_text() == wanted):
        maker = _newer_python() if method == "vrt" else sys.executable
        subprocess.run([maker, "-m", "venv", "--clear", str(home)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", str(REQUIREMENTS[method])], cwd=ROOT, check=True)
        installed.write_text(wanted)
    return str(python)


def _newer_python() -> str:
    """Return a Python that is new enough for the newest GDAL, of those on the path or of pyenv's."""
    if sys.version_info >= (3, NEWER):
        return sys.executable
    names = [f"python3.{minor}" for minor in range(NEWER, NEWER + 4)]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [path for name in names for path in (shutil.which(name), *map(str, pyenv.glob(f"*/bin/{name}"))) if path]
    for python in found:
        if subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0:  # no shim of another
            return python
    raise click.ClickException(f"GDAL's medians need Python 3.{NEWER} or newer beside this one: put it on the path")


def _gdal_of(folder: Path) -> str:
    said = [_python_of("vrt", folder), "-c", "import rasterio; print(rasterio.__gdal_version__)"]
    return subprocess.run(said, check=True, capture_output=True, text=True).stdout.strip()


def _measure(command: Sequence[str], folder: Path) -> Run:
    """Run a program to its end."""
    run, began = Run(), perf_counter()
    with (
        (folder / "batch.log").open("a") as log,
        subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log) as process,
        _watched(process.pid, run),
    ):
        status = process.wait()
    run.wall = perf_counter() - began
    if status:
        raise click.ClickException(f"{' '.join(command)} failed: see {folder / 'batch.log'}")
    return run


@contextmanager
def _watched(pid: int, run: Run) -> Iterator[None]:
    """Look at the memory and the CPU time of a tree of processes, several times a second, until it ends."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(LOOK_SECONDS):
            run.peak, run.cpu = max(run.peak, memory([pid])), max(run.cpu, cpu_seconds([pid]))

    watch = threading.Thread(target=look)
    watch.start()
    try:
        yield
    finally:
        over.set()
        watch.join()


def _compare(folder: Path, workload: str) -> None:
    """Tell how much the pixels of the peers differ from ours."""
    ours = _pixels(folder / f"graftile-{workload}.tif")
    for method in PEERS:
        theirs = _pixels(folder / f"{method}-{workload}.tif")
        apart = np.abs(theirs - ours).max()
        masks = np.count_nonzero(np.ma.getmaskarray(theirs) != np.ma.getmaskarray(ours))
        click.echo(f"{method} {workload}: pixels differ by {apart:.3g} at most, {masks:,} masks", err=True)


def _pixels(path: Path) -> np.ma.MaskedArray:
    with rasterio.open(path) as dataset:
        return np.ma.masked_invalid(dataset.read(masked=True))


if __name__ == "__main__":
    batch()
