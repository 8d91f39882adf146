"""QGIS without a screen, and the servers that it looks at."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from qgis.core import QgsApplication, QgsLayerDefinition, QgsLayerTreeGroup, QgsProject

ROOT = Path(__file__).resolve().parents[2]

Open = Callable[[str], QgsLayerTreeGroup]


@pytest.fixture(scope="session", autouse=True)
def qgis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QgsApplication]:
    """QGIS, with a profile of its own."""
    os.environ["HOME"] = os.environ["XDG_RUNTIME_DIR"] = str(tmp_path_factory.mktemp("home", numbered=False))
    QgsApplication.setPrefixPath("/usr", True)
    application = QgsApplication([], True)
    application.initQgis()
    yield application
    QgsProject.instance().clear()
    application.exitQgis()


@pytest.fixture(scope="session")
def told() -> Iterator[dict[str, Any]]:
    """What `serve.py` tells of its servers, while they run."""
    command = [os.environ["QGIS_SERVER_PYTHON"], "-m", "tests.qgis.serve"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:
        yield json.loads(process.stdout.readline())
        process.stdin.close()


@pytest.fixture
def open_file(tmp_path: Path) -> Iterator[Open]:
    """Fetch a layer definition file, and open it in an empty project."""
    project = QgsProject.instance()

    def open_url(url: str) -> QgsLayerTreeGroup:
        with urllib.request.urlopen(url) as answer:
            (tmp_path / "layer.qlr").write_bytes(answer.read())
        opened, message = QgsLayerDefinition.loadLayerDefinition(
            str(tmp_path / "layer.qlr"), project, project.layerTreeRoot()
        )
        assert opened, message
        return project.layerTreeRoot()

    yield open_url
    project.clear()
