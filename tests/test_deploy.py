"""What is deployed: the image's files and steps, the unit, and the services name what there is."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from tileserver.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "docs" / "deploy"
VARIABLES = {f"GRAFTILE_{name.upper()}" for name in Settings.model_fields}


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile with their arguments, lines joined."""
    text = re.sub(r"\\\n\s*", "", (DEPLOY / "Dockerfile").read_text())
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in text.splitlines() if line[:1].isupper())]


def test_the_image_has_all_packages_and_files_that_it_copies() -> None:
    copied = [shlex.split(rest)[:-1] for word, rest in instructions() if word == "COPY" and "--from" not in rest]
    sources = {name for names in copied for name in names}
    assert [name for name in sources if not (ROOT / name).exists()] == []
    assert {"sdk", "graft_eval", "wmts", "tileserver", "graftile.py", "pyproject.toml", "constraints.txt"} <= sources


def test_the_image_runs_as_somebody_else_than_root_and_serves() -> None:
    found = dict(instructions())
    assert found["USER"] == "10001"
    assert found["CMD"] == '["graftile", "serve"]'
    text = (DEPLOY / "Dockerfile").read_text()
    assert set(re.findall(r"GRAFTILE_\w+", text)) <= VARIABLES
    settings = {name.lower(): value for name, value in re.findall(r"GRAFTILE_(\w+)=(\S+)", text)}
    assert Settings(**settings).auth == "token"


def test_the_image_compiles_the_kernels_that_it_has() -> None:
    [steps] = [rest for word, rest in instructions() if word == "RUN" and "warm" in rest]
    [program] = re.findall(r"python -c '(.*?)'", steps)
    subprocess.run([sys.executable, "-c", program.replace("; warm()", "")], check=True)


def test_the_dockerfile_keeps_the_rules_of_hadolint() -> None:
    linter = Path(sys.executable).parent / "hadolint"
    told = subprocess.run([linter, DEPLOY / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (0, "")


def test_kubernetes_takes_what_it_is_given() -> None:
    for document in documents("kubernetes.yaml"):
        kubernetes_validate.validate(document, "1.30", strict=True)


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    path = shutil.which("systemd-analyze")
    if path is None:
        assert "ExecStart" in (DEPLOY / "graftile.service").read_text()
        return
    unit = tmp_path / "graftile.service"
    text = (DEPLOY / "graftile.service").read_text()
    unit.write_text(re.sub(r"ExecStart=\S+", f"ExecStart={sys.executable}", text))
    told = subprocess.run([path, "verify", "--man=no", unit], capture_output=True, text=True, check=False)
    assert [line for line in told.stderr.splitlines() if "graftile.service" in line] == []


def documents(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / name).read_text()))


def test_variables_of_services_are_settings() -> None:
    [compose] = documents("compose.yaml")
    assert set(compose["services"]["graftile"]["environment"]) <= VARIABLES
    [container] = documents("kubernetes.yaml")[0]["spec"]["template"]["spec"]["containers"]
    given = {one["name"]: one.get("value") for one in container["env"]}
    assert set(given) <= VARIABLES
    chosen = {name.removeprefix("GRAFTILE_").lower(): value for name, value in given.items() if value}
    assert Settings(**chosen).cache_bytes == 2 * 10**9


@pytest.mark.parametrize("field", ["startupProbe", "livenessProbe", "readinessProbe"])
def test_probes_and_services_find_the_container(field: str) -> None:
    deployment, claim, service, ingress = documents("kubernetes.yaml")
    pod = deployment["spec"]["template"]
    [container] = pod["spec"]["containers"]
    assert container[field]["httpGet"]["path"] in ("/healthz", "/readyz")
    [port] = container["ports"]
    assert port["containerPort"] == Settings.model_fields["port"].default
    assert service["spec"]["ports"][0]["targetPort"] == container[field]["httpGet"]["port"] == port["name"]
    assert service["spec"]["selector"] == pod["metadata"]["labels"] == deployment["spec"]["selector"]["matchLabels"]
    [path] = ingress["spec"]["rules"][0]["http"]["paths"]
    assert path["backend"]["service"]["name"] == service["metadata"]["name"]
    claims = [one["persistentVolumeClaim"] for one in pod["spec"]["volumes"] if "persistentVolumeClaim" in one]
    assert claim["metadata"]["name"] in {one["claimName"] for one in claims}
    assert {one["name"] for one in container["volumeMounts"]} == {one["name"] for one in pod["spec"]["volumes"]}
