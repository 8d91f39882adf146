"""The page of errors has each code and each exception, with its status and its class, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sdk.service import exceptions
from sdk.service.exceptions import JOB_ERRORS, error_of
from tileserver.http.errors import ERRORS

TEXT = (Path(__file__).resolve().parents[1] / "docs" / "errors.md").read_text()
PARTS = {part.partition("\n")[0]: part for part in TEXT.split("\n## ")}
CODES = {code: status for status, code in ERRORS.values()} | {
    "internal_error": 500,
    "method_not_allowed": 405,
    "not_acceptable": 406,
}
JOB_CODES = {**{code: kind.__name__ for code, kind in JOB_ERRORS.items()}, "TRANSIENT": "", "UNKNOWN": ""}
CLASSES = {
    name
    for name in exceptions.__all__
    if isinstance(kind := getattr(exceptions, name), type) and issubclass(kind, Exception)
} | {"LocalServerError", "ProxyTypeError"}


def entries(part: str) -> dict[str, str]:
    """Return the texts of a part of the page by their headings."""
    return dict(re.findall(r"^### (\w+)\n(.+?)(?=\n\n###|\Z)", PARTS[part].strip(), re.MULTILINE | re.DOTALL))


def test_all_codes_of_servers_are_told() -> None:
    assert entries("Codes of a server").keys() == CODES.keys()


@pytest.mark.parametrize(("code", "status"), CODES.items())
def test_a_code_has_its_status_and_its_exception(code: str, status: int) -> None:
    kind = type(error_of(status, {}))
    said = entries("Codes of a server")[code]
    assert said.startswith(f"{status}, `{kind.__name__}`. ")
    assert len(said) > 60


def test_all_codes_of_jobs_are_told_with_their_exceptions() -> None:
    told = entries("Codes of a job")
    assert told.keys() == JOB_CODES.keys()
    for code, kind in JOB_CODES.items():
        assert told[code].startswith(f"`{kind or 'JobComputeError'}`")


def test_all_exceptions_are_told() -> None:
    assert entries("Exceptions of Python").keys() == CLASSES


def test_links_of_the_page_lead_somewhere() -> None:
    headings = {name.lower() for name in re.findall(r"^### (\w+)$", TEXT, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= headings


def test_an_error_leads_to_its_place_on_the_page() -> None:
    error = error_of(400, {"error": "bad_query", "message": "x"})
    assert error.documentation.endswith("docs/errors.md#bad_query")
    assert exceptions.ServerUnreachable("x").documentation.endswith("docs/errors.md#serverunreachable")
    assert error_of(502, {}).documentation.endswith("docs/errors.md#servererror")
