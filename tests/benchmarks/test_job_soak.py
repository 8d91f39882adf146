"""Jobs of two servers are neither lost nor repeated when a server and a worker are killed: the soak, a small one."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from benchmarks.soak_jobs import Soak


def test_jobs_survive_the_deaths_of_servers_and_workers(tmp_path: Path) -> None:
    soak = Soak(tmp_path, 14, lambda seconds, done: min(done // 4, 2), seed=1)
    soak.run()
    assert soak.problems == []
    assert soak.servers.killed == {"server": 1, "worker": 1}
    stages = Counter(record["stage"] for record in soak.records.values())
    assert stages["SUCCEEDED"] + stages["FAILED"] + stages["CANCELLED"] == 14
