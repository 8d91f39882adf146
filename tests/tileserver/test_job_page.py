"""The page of jobs lists the caller's own, with progress, log, result and cancellation."""

from __future__ import annotations

import sdk as wf
from tests.tileserver.conftest import Served
from tests.tileserver.test_jobs import FAILING, body, start, wait


def test_jobs_are_listed_with_results_and_errors(served: Served) -> None:
    done = wait(served, start(served, body(wf.Int(11), format="json")))
    failed = wait(served, start(served, FAILING))
    page = served.get("/jobs")
    assert page.status_code == 200
    assert f'data-job="{done["id"]}" data-stage="SUCCEEDED"' in page.text
    assert f'href="api/jobs/{done["id"]}/result"' in page.text
    assert f"INVALID: {failed['error']['message'].split(':')[0]}" in page.text
    assert page.text.index(failed["id"]) < page.text.index(done["id"])
    assert served.get("/jobs?after=x").status_code == 400
    assert served.get("/static/jobs.js").status_code == 200
