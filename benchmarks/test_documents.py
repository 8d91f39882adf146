"""Capabilities of a thousand workflows, when a server starts and later: `pytest benchmarks/test_documents.py`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine

import sdk as wf
from graft_eval.engine import RasterEngine
from graft_eval.evaluation.evaluations import Evaluations
from graft_eval.limits import Limits
from sdk.service.computation import Computation
from tests.tileserver.conftest import make_pixels, write_scene
from tileserver.auth import LOCAL
from tileserver.catalog import Catalog
from tileserver.layers.coverage import Coverages
from tileserver.layers.layers import Layers
from tileserver.settings import Settings
from tileserver.store import Details, SQLStore, VersionDraft, Workflows, create_schema, open_database, writing
from tileserver.store.change_stamp import change_stamp_of
from tileserver.store.workflow_writes import insert_workflow, write_details, write_version
from tileserver.wmts import MapServices, Presets, Service, View
from wmts import CapabilitiesRequest, standard_matrix_sets

WORKFLOWS = 1000
Benchmark = Any


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Workflows of one version each: a product's median NDVI of a month."""
    folder = tmp_path_factory.mktemp("documents")
    (folder / "field").mkdir()
    for month in range(1, 7):
        write_scene(folder / "field" / f"field_2020-0{month}-01.tif", make_pixels(month)[:, :32, :32])
    settings = Settings(data_dir=folder / "data")
    create_schema(database := open_database(settings.database))
    Catalog(database, settings).add([str(folder / "field")])
    with writing(database) as connection:
        for number in range(WORKFLOWS):
            workflow = f"bob@example.com:number-{number}"
            key = insert_workflow(connection, workflow)
            write_details(connection, key, Details(title=f"Number {number} & more", description="What it shows. " * 5))
            write_version(connection, workflow, key, draft(number))
    yield database
    database.dispose()


def draft(number: int) -> VersionDraft:
    month = 1 + number % 6
    images = wf.ImageCollection.from_id("field", f"2020-0{month}-01", f"2020-0{month}-{2 + number % 20:02}")
    nir, red = images.unpack_bands("nir red")
    index = ((nir - red) / (nir + red) * (1 + number / WORKFLOWS)).mask(nir < 0.1)
    made = Computation.of(index.median(axis="images")).to_json()
    style = {"id": "unit", "bands": ["nir_sub_red_div_nir_add_red"], "scales": [[0, 1]]}
    return VersionDraft(
        version="1.0.0", graft=made["graft"], graft_hash=f"{number}", typespec=made["typespec"], type=made["type"],
        viz_options=[style],
    )  # fmt: skip


def start(database: Engine) -> MapServices:
    settings = Settings()
    workflows, catalog = Workflows(database), Catalog(database, settings)
    layers = Layers(SQLStore(database), workflows, Limits(), change_stamp_of(database))
    presets = Presets(catalog, Evaluations(catalog, RasterEngine(0, 1), Limits()), Limits())
    return MapServices(layers, workflows, catalog, Coverages(catalog), standard_matrix_sets(), presets, Limits())


def read(services: MapServices) -> None:
    view = View("http://localhost", services.sets.select(()))
    document = services.document(Service("workflow"), view, LOCAL, CapabilitiesRequest())
    assert document.data.count(b"<Layer>") == WORKFLOWS


def test_the_first_document(benchmark: Benchmark, database: Engine) -> None:
    benchmark.pedantic(lambda: read(start(database)), rounds=5)


def test_a_document_after_a_change(benchmark: Benchmark, database: Engine) -> None:
    services = start(database)
    workflows = Workflows(database)

    def change() -> None:
        workflows.save("bob@example.com:number-0", Details(title="Another"), [])

    benchmark.pedantic(read, args=(services,), setup=change, rounds=5)


def test_a_document_that_is_known(benchmark: Benchmark, database: Engine) -> None:
    services = start(database)
    read(services)
    benchmark(read, services)
