"""The pool: bounds, sharing, giving up."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator

import pytest
from starlette.requests import ClientDisconnect

from graft_eval.errors import Cancelled
from graft_eval.progress import Progress
from tileserver.http.errors import Busy
from tileserver.workers import MAX_IDLE, Workers


@pytest.fixture
def workers() -> Iterator[Workers]:
    pool = Workers(threads=1, queue=1)
    yield pool
    pool.close()


class Gate:
    """A computation that waits until it is let through, or cancelled."""

    def __init__(self) -> None:
        self.calls = 0
        self.started = threading.Event()
        self.open = threading.Event()
        self.stopped = threading.Event()

    def __call__(self, progress: Progress) -> str:
        self.calls += 1
        progress.log(20, "started")
        self.started.set()
        while not self.open.wait(0.005):
            if progress.cancelled.is_set():
                self.stopped.set()
            progress.check()
        progress.log(20, "done")
        return "answer"


async def until(event: threading.Event) -> None:
    assert await asyncio.to_thread(event.wait, 60)


def test_equal_computations_in_flight_are_computed_once_and_all_get_the_whole_log(workers: Workers) -> None:
    async def main() -> None:
        gate, logs = Gate(), [list[str]() for _ in range(3)]

        def ask(log: list[str]) -> asyncio.Future[str]:
            run = workers.run(gate, seconds=5, key="tile", log=lambda level, message: log.append(message))
            return asyncio.ensure_future(run)

        first = ask(logs[0])
        await until(gate.started)
        rest = [ask(log) for log in logs[1:]]
        await asyncio.sleep(0.02)
        gate.open.set()
        assert await asyncio.gather(first, *rest) == ["answer"] * 3
        assert gate.calls == 1
        assert logs == [["started", "done"]] * 3

    asyncio.run(main())


def test_a_result_is_not_kept_for_those_who_ask_later(workers: Workers) -> None:
    async def main() -> None:
        gate = Gate()
        gate.open.set()
        for _ in range(2):
            await workers.run(gate, seconds=5, key="tile")
        assert gate.calls == 2

    asyncio.run(main())


def test_more_than_the_queue_holds_is_refused_at_once_and_taken_again_later(workers: Workers) -> None:
    async def main() -> None:
        gates = [Gate(), Gate()]
        runs = [asyncio.ensure_future(workers.run(gate, seconds=5)) for gate in gates]
        await until(gates[0].started)
        with pytest.raises(Busy, match="1 computations run and 1 wait"):
            await workers.run(Gate(), seconds=5)
        for gate in gates:
            gate.open.set()
        await asyncio.gather(*runs)
        assert await workers.run(gates[0], seconds=5) == "answer"

    asyncio.run(main())


def test_a_computation_that_nobody_waits_for_is_cancelled(workers: Workers) -> None:
    async def main() -> None:
        gate, leave = Gate(), asyncio.Event()

        async def gone() -> None:
            await leave.wait()

        run = asyncio.ensure_future(workers.run(gate, seconds=5, gone=gone(), key="tile"))
        await until(gate.started)
        leave.set()
        with pytest.raises(ClientDisconnect):
            await run
        await until(gate.stopped)

    asyncio.run(main())


def test_a_computation_goes_on_for_those_who_still_wait(workers: Workers) -> None:
    async def main() -> None:
        gate, leave = Gate(), asyncio.Event()

        async def gone() -> None:
            await leave.wait()

        first = asyncio.ensure_future(workers.run(gate, seconds=5, gone=gone(), key="tile"))
        await until(gate.started)
        second = asyncio.ensure_future(workers.run(gate, seconds=5, key="tile"))
        await asyncio.sleep(0)
        leave.set()
        with pytest.raises(ClientDisconnect):
            await first
        gate.open.set()
        assert await second == "answer"
        assert not gate.stopped.is_set()

    asyncio.run(main())


def test_one_that_still_waits_for_a_thread_never_runs_when_its_caller_has_gone(workers: Workers) -> None:
    async def main() -> None:
        running, waiting = Gate(), Gate()
        first = asyncio.ensure_future(workers.run(running, seconds=5))
        await until(running.started)

        async def gone() -> None:
            await asyncio.sleep(0.01)

        with pytest.raises(ClientDisconnect):
            await workers.run(waiting, seconds=5, gone=gone())
        running.open.set()
        await first
        assert waiting.calls == 0

    asyncio.run(main())


def test_time_is_bounded_even_for_what_never_looks_at_the_clock(workers: Workers) -> None:
    stubborn = threading.Event()

    def stall(progress: Progress) -> None:
        stubborn.wait(5)

    async def main() -> None:
        with pytest.raises(Cancelled, match=r"longer than the limit of 0\.05 s"):
            await workers.run(stall, seconds=0.05)

    asyncio.run(main())
    stubborn.set()


def test_errors_reach_all_who_wait(workers: Workers) -> None:
    def fail(progress: Progress) -> None:
        raise ValueError("no")

    async def main() -> None:
        runs = [workers.run(fail, seconds=5, key="tile") for _ in range(2)]
        found = await asyncio.gather(*runs, return_exceptions=True)
        assert [str(error) for error in found] == ["no", "no"]

    asyncio.run(main())


def test_closing_stops_what_runs() -> None:
    async def main() -> None:
        pool, gate = Workers(1, 1), Gate()
        run = asyncio.ensure_future(pool.run(gate, seconds=60))
        await until(gate.started)
        await asyncio.to_thread(pool.close)
        with pytest.raises(Cancelled):
            await run

    asyncio.run(main())


def test_callers_take_turns() -> None:
    """A flood of one holds another up for no longer than what runs, and one of the flood; their first not even so."""

    async def main() -> list[str]:
        pool, gate, order = Workers(1, 200), Gate(), list[str]()

        def ask(caller: str, function: Callable[[Progress], object]) -> asyncio.Future[object]:
            return asyncio.ensure_future(pool.run(function, seconds=5, caller=caller))

        first = ask("bob", gate)
        await until(gate.started)
        flood = [ask("bob", lambda progress: order.append("bob")) for _ in range(100)]
        await asyncio.sleep(0)
        late = [ask("ann", lambda progress: order.append("ann")) for _ in range(3)]
        await asyncio.wait_for(late[0], 5)
        assert order == ["ann"]
        gate.open.set()
        await asyncio.gather(first, *flood, *late)
        await asyncio.to_thread(pool.close)
        return order

    assert asyncio.run(main())[:5] == ["ann", "bob", "ann", "bob", "ann"]


def test_the_spare_thread_keeps_nobody_from_threads_that_are_free() -> None:
    async def main() -> None:
        pool, gates = Workers(1, 10), [Gate(), Gate()]
        running = [asyncio.ensure_future(pool.run(gate, seconds=5, caller=gate)) for gate in gates]
        for gate in gates:
            await until(gate.started)  # the second one in the spare thread
        waiting = asyncio.ensure_future(pool.run(lambda progress: "answer", seconds=5, caller="ann"))
        await asyncio.sleep(0)
        gates[0].open.set()
        assert await asyncio.wait_for(waiting, 5) == "answer"
        gates[1].open.set()
        await asyncio.gather(*running)
        await asyncio.to_thread(pool.close)

    asyncio.run(main())


@pytest.mark.parametrize(("is_long", "most"), [(True, MAX_IDLE), (False, 1)])
def test_a_computation_that_waits_for_others_gives_its_place_to_another(is_long: bool, most: int) -> None:
    async def main() -> None:
        pool, gate = Workers(1, 100), Gate()
        starts, peak = list[int](), 0

        def wait(progress: Progress) -> str:
            with progress.idle(is_long):
                return gate(progress)

        waiting = [asyncio.ensure_future(pool.run(wait, seconds=60)) for _ in range(most + 3)]
        while gate.calls <= most:  # the last one has a place, and gives it to nobody
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        assert gate.calls == most + 1
        assert pool.load == (most + 1, 2)
        gate.open.set()
        assert await asyncio.gather(*waiting) == ["answer"] * (most + 3)

        def compute(progress: Progress) -> None:
            nonlocal peak
            starts.append(1)
            peak = max(peak, len(starts))
            time.sleep(0.002)
            starts.pop()

        await asyncio.gather(*(pool.run(compute, seconds=60) for _ in range(20)))
        assert peak == 1  # as before
        assert pool.load == (0, 0)
        await asyncio.to_thread(pool.close)

    asyncio.run(main())


def test_one_caller_leaves_room_in_the_queue_for_others() -> None:
    async def main() -> None:
        pool, gate = Workers(1, 4), Gate()
        bob = [asyncio.ensure_future(pool.run(gate, seconds=5, caller="bob")) for _ in range(4)]
        await until(gate.started)
        with pytest.raises(Busy, match="4 computations of yours run or wait"):
            await pool.run(gate, seconds=5, caller="bob")
        ann = asyncio.ensure_future(pool.run(gate, seconds=5, caller="ann"))
        await asyncio.sleep(0)
        gate.open.set()
        await asyncio.gather(ann, *bob)
        await asyncio.to_thread(pool.close)

    asyncio.run(main())


def test_a_result_lives_no_longer_than_those_who_asked_for_it(workers: Workers) -> None:
    class Large:
        pass

    async def main() -> weakref.ref[Large]:
        return weakref.ref(await workers.run(lambda progress: Large(), seconds=5))

    gc.disable()
    try:
        found = asyncio.run(main())
        workers.close()  # the thread has it until it takes the next
        assert found() is None
    finally:
        gc.enable()
