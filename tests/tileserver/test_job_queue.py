"""Jobs wait in one queue, and each is run by one server at a time."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from tileserver.auth import Caller
from tileserver.store import Expired, JobLimit, JobLost, JobQueue, JobRecord, Jobs, NotFound, job_queue, writing

BOB = Caller("bob@example.com", "acme", "write")
BETTY = Caller("betty@example.com", "acme", "write")


def job(user: str = BOB.email, **fields: Any) -> JobRecord:
    return JobRecord(graft={"returns": "a", "a": 1}, typespec={"type": "Int"}, type="Int", user=user, **fields)


@pytest.fixture
def jobs(engine: Engine) -> Jobs:
    return Jobs(engine)


def claim(queue: JobQueue) -> JobRecord:
    found = queue.claim()
    assert found is not None
    return found


def end_leases(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE jobs SET leased_until = '2001-01-01 00:00:00.000000'"))


def test_a_job_comes_back_as_it_was_made(jobs: Jobs) -> None:
    made = job(arguments={"x": 1}, geoctx={"crs": "EPSG:4326"}, format={"type": "json"}, cache=False)
    jobs.add(made, limit=1)
    assert jobs.find(made.id, BOB) == made


def test_others_do_not_know_of_a_job(jobs: Jobs) -> None:
    jobs.add(made := job(), limit=1)
    for look in (jobs.find, jobs.cancel, jobs.logs):
        with pytest.raises(NotFound, match="does not exist"):
            look(made.id, BETTY)
    assert jobs.page(BETTY) == ([], None)
    assert jobs.find(made.id, BOB).stage == "QUEUED"


def test_unfinished_jobs_of_a_user_are_limited(jobs: Jobs) -> None:
    for each in (first := job(), job()):
        jobs.add(each, limit=2)
    with pytest.raises(JobLimit, match=r"bob@example.com has 2 unfinished jobs"):
        jobs.add(job(), limit=2)
    jobs.add(job(BETTY.email), limit=2)
    jobs.cancel(first.id, BOB)
    jobs.add(job(), limit=2)


def test_each_job_is_claimed_once_by_servers_that_ask_at_once(engine: Engine, jobs: Jobs) -> None:
    made = [job() for _ in range(12)]
    for each in made:
        jobs.add(each, limit=99)
    claimed: list[str] = []

    def claim_all(queue: JobQueue) -> None:
        while (found := queue.claim()) is not None:
            claimed.append(found.id)

    threads = [threading.Thread(target=claim_all, args=(JobQueue(engine, f"server {at}"),)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(each.id for each in made)


def test_users_of_whom_fewer_jobs_run_come_first(engine: Engine, jobs: Jobs) -> None:
    order = [job(), job(), job(BETTY.email)]
    for each in order:
        jobs.add(each, limit=9)
    queue = JobQueue(engine, "a")
    claimed = [queue.claim() for _ in order]
    assert [each and each.user for each in claimed] == [BOB.email, BETTY.email, BOB.email]


def test_a_job_whose_lease_has_ended_is_taken_over_and_its_old_runner_changes_nothing(
    engine: Engine, jobs: Jobs
) -> None:
    jobs.add(made := job(), limit=1)
    first, second = JobQueue(engine, "a"), JobQueue(engine, "b")
    old = claim(first)
    assert second.claim() is None
    end_leases(engine)
    assert first.claim(running=[made.id]) is None, "it runs here, whatever the clock says"
    new = claim(second)
    assert (new.attempt, new.interruptions, new.stage) == (2, 1, "PREPARING")
    with pytest.raises(JobLost):
        first.update(old, stage="FAILED")
    assert [each.id for each in first.extend([old])] == [made.id]
    assert second.extend([new]) == []
    second.update(new, stage="SUCCEEDED", runtime=1.5)
    found = jobs.find(made.id, BOB)
    assert (found.stage, found.runtime) == ("SUCCEEDED", 1.5)


def test_a_cancelled_job_is_lost_to_its_runner_and_stays_cancelled(engine: Engine, jobs: Jobs) -> None:
    jobs.add(made := job(), limit=1)
    queue = JobQueue(engine, "a")
    claimed = claim(queue)
    assert jobs.cancel(made.id, BOB).stage == "CANCELLED"
    with pytest.raises(JobLost):
        queue.update(claimed, stage="SUCCEEDED")
    assert jobs.cancel(made.id, BOB).stage == "CANCELLED"
    assert queue.claim() is None


def test_a_released_job_waits_again_and_counts_no_interruption(engine: Engine, jobs: Jobs) -> None:
    jobs.add(job(), limit=1)
    queue = JobQueue(engine, "a")
    claimed = claim(queue)
    queue.release(claimed)
    again = claim(queue)
    assert (again.attempt, again.interruptions) == (2, 0)


def test_a_job_is_not_claimed_again_by_who_looked_at_the_clock_before(
    engine: Engine, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs.add(job(), limit=1)
    claim(JobQueue(engine, "first"))
    now = job_queue._now
    monkeypatch.setattr(job_queue, "_now", lambda connection: now(connection) - timedelta(seconds=1))
    assert JobQueue(engine, "second").claim() is None


def test_leases_end_though_a_clock_was_ahead_and_jumped_back(engine: Engine, jobs: Jobs) -> None:
    jobs.add(made := job(), limit=1)
    first, second = JobQueue(engine, "first"), JobQueue(engine, "second")
    old = claim(first)
    with writing(engine) as connection:
        connection.execute(text("UPDATE jobs SET leased_until = '2101-01-01 00:00:00.000000'"))
    assert first.claim(running=[made.id]) is None, "it runs here, whatever the clock says"
    assert first.extend([old]) == []
    assert second.claim() is None, "who runs it has just extended the lease"
    with writing(engine) as connection:
        connection.execute(text("UPDATE jobs SET leased_until = '2101-01-01 00:00:00.000000'"))
    assert claim(second).attempt == 2


def test_owners_are_told_that_a_job_has_expired_and_others_are_not(engine: Engine, jobs: Jobs) -> None:
    old = job(expires_timestamp=datetime.now(UTC) - timedelta(seconds=1))
    jobs.add(old, limit=9)
    queue = JobQueue(engine, "a")
    queue.delete_expired()
    for look in (jobs.find, jobs.cancel, jobs.logs):
        with pytest.raises(Expired, match=rf"job {old.id} has expired on \d{{4}}-\d\d-\d\d, and its result is deleted"):
            look(old.id, BOB)
        with pytest.raises(NotFound, match="does not exist"):
            look(old.id, BETTY)
    assert jobs.page(BOB) == ([], None)
    assert queue.claim() is None
    assert queue.with_files([old.id]) == set()
    jobs.add(job(), limit=1)


def test_jobs_that_expired_long_ago_are_deleted_with_their_logs(engine: Engine, jobs: Jobs) -> None:
    old = job(expires_timestamp=datetime.now(UTC) - timedelta(days=31))
    jobs.add(old, limit=9)
    jobs.log(old.id, [(logging.INFO, "hello")])
    JobQueue(engine, "a").delete_expired()
    with engine.connect() as connection:
        for table in ("jobs", "job_logs"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0


def test_jobs_are_counted_by_stage(jobs: Jobs) -> None:
    for each in (job(), job(BETTY.email), cancelled := job()):
        jobs.add(each, limit=9)
    jobs.cancel(cancelled.id, BOB)
    counts = jobs.counts()
    assert (counts["QUEUED"], counts["CANCELLED"], sum(counts.values())) == (2, 1, 3)


def test_lists_are_newest_first_by_stage_and_moment(jobs: Jobs) -> None:
    made = [job(created_timestamp=datetime(2020, 1, day, tzinfo=UTC)) for day in (1, 2, 3)]
    for each in made:
        jobs.add(each, limit=9)
    jobs.cancel(made[1].id, BOB)
    ids = [each.id for each in made]
    assert [each.id for each in jobs.page(BOB)[0]] == ids[::-1]
    assert [each.id for each in jobs.page(BOB, stages=["CANCELLED"])[0]] == [ids[1]]
    assert [each.id for each in jobs.page(BOB, since=datetime(2020, 1, 2, tzinfo=UTC))[0]] == ids[:0:-1]
    first, after = jobs.page(BOB, limit=2)
    assert [each.id for each in (*first, *jobs.page(BOB, after=after)[0])] == ids[::-1]


def test_a_log_is_read_from_a_record_on_and_from_a_level_on(jobs: Jobs) -> None:
    jobs.add(made := job(), limit=1)
    jobs.log(made.id, [(logging.INFO, "one"), (logging.WARNING, "two\0"), (logging.INFO, "three")])
    all_of_it = jobs.logs(made.id, BOB)
    assert [record.message for record in all_of_it] == ["one", "two␀", "three"]
    assert [record.message for record in jobs.logs(made.id, BOB, level=logging.WARNING)] == ["two␀"]
    assert [record.message for record in jobs.logs(made.id, BOB, after=all_of_it[1].id)] == ["three"]


def test_results_of_the_same_computation_are_found_newest_first(engine: Engine, jobs: Jobs) -> None:
    made = [job(identity="same", stage="SUCCEEDED"), job(identity="same", stage="SUCCEEDED"), job(identity="other")]
    for each in made:
        jobs.add(each, limit=9)
    assert [each.id for each in JobQueue(engine, "a").cached("same")] == [made[1].id, made[0].id]
