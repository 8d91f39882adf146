"""The command that computes an object of a Python file here, without a server."""

from __future__ import annotations

import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import click

from sdk.service.computation import Computation
from sdk.service.job_progress import ProgressBar, progress_bar_of
from tileserver.commands.console import data_dir_option, open_store, read_settings
from tileserver.commands.importing import importing
from tileserver.commands.programs import find_objects, run_program
from tileserver.settings import Settings

__all__ = ["compute_command"]

FORMATS: Final = {".tif": "geotiff", ".tiff": "geotiff", ".json": "json", ".arrow": "pyarrow", ".msgpack": "msgpack",
                  ".geojson": "geojson", ".csv": "csv", ".png": "png"}  # fmt: skip


class Bounds(click.ParamType[list[float]]):
    """Left, bottom, right and top, separated by commas."""

    name = "left,bottom,right,top"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> list[float]:
        """Return the four numbers."""
        try:
            left, bottom, right, top = map(float, str(value).split(","))
        except ValueError:
            self.fail(f"must be four numbers, left,bottom,right,top, not {value!r}", param, ctx)
        return [left, bottom, right, top]


@click.command("compute")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--object", "name", required=True, help="The variable of FILE that is computed.")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The result.")
@click.option("--bounds", type=Bounds(), help="Where pixels are computed, in the units of --bounds-crs.")
@click.option("--bounds-crs", default="EPSG:4326", show_default=True)
@click.option("--crs", default="EPSG:3857", show_default=True, help="The coordinate reference system of the pixels.")
@click.option("--resolution", type=float, help="The size of a pixel, in units of --crs.")
@click.option("--shape", type=(int, int), help="Rows and columns, instead of a resolution.")
@click.option("--format", "format_name", help="By default, that of the output's suffix: .tif is a GeoTIFF.")
@click.option("--progress/--no-progress", default=None, help="Show how far it is; by default, in a terminal.")
@data_dir_option
def compute_command(
    file: Path, name: str, output: Path, format_name: str | None, progress: bool | None, **options: Any
) -> None:
    """Compute an object of a Python FILE with the data folder's catalog, here and without a server.

    FILE is run as a script is. It takes as many threads as GRAFTILE_JOB_PROCESSES says, by default as there are cores.

    \b
    Examples:
      graftile compute ndvi.py --object median --bounds 9,46,10,47 --resolution 100 -o ndvi.tif
    """
    settings = read_settings(data_dir=options["data_dir"])
    format_name = format_name or FORMATS.get(output.suffix.lower())
    if format_name is None:
        raise click.ClickException(f"{output.name} tells no format: end it in {', '.join(FORMATS)}, or say --format")
    found = find_objects(run_program(file), [name], file)[name]
    body = {**Computation.of(found).to_json(), "geoctx": _geoctx(options), "format": format_name}
    started = time.perf_counter()
    with progress_bar_of(sys.stderr.isatty() if progress is None else progress) as bar:
        size = _compute(body, settings, output, bar)
    click.echo(f"{output}: {size / 1e6:,.1f} MB in {time.perf_counter() - started:.1f} s")


def _compute(body: dict[str, Any], settings: Settings, output: Path, bar: ProgressBar) -> int:
    """Compute a body as a job that nobody else knows of, and return the size of the result."""
    from graft_eval.process import prepare_process  # what takes seconds to import is not for the other commands

    with importing(), ThreadPoolExecutor(1) as thread:
        loaded = thread.submit(prepare_process)  # as far as LLVM does it, while modules are imported
        from tileserver.auth import LOCAL
        from tileserver.bodies.jobs import job_json, read_job
        from tileserver.http.errors import ERRORS
        from tileserver.jobs.context import folder_of, remove_folder
        from tileserver.jobs.failures import JobFailure
        from tileserver.jobs.runner import run_alone
        from tileserver.jobs.tasks import result_in

        loaded.result()

    with open_store(settings):
        try:
            job = read_job(body, settings, LOCAL)
        except tuple(ERRORS) as exc:
            raise click.ClickException(str(exc)) from exc
        folder = folder_of(settings, job.id)
        try:
            run_alone(job, settings, lambda record: bar.update(job_json(record, root="")))
            shutil.move(result_in(folder), output)
        except JobFailure as failure:
            raise click.ClickException(f"{failure.code}: {failure.message}") from failure
        except OSError as exc:
            raise click.ClickException(f"{output} cannot be written: {exc.strerror}") from exc
        finally:
            remove_folder(folder)
    return output.stat().st_size


def _geoctx(options: dict[str, Any]) -> dict[str, Any] | None:
    if options["bounds"] is None:
        return None
    names = ("bounds", "bounds_crs", "crs", "resolution", "shape")
    return {name: list(value) if name == "shape" and value else value for name in names if (value := options[name])}
