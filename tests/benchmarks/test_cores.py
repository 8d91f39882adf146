"""The growth with cores follows from what is measured."""

from __future__ import annotations

from benchmarks.cores import CORES, HEADS, PREDICTED, Serial, predictions, rows
from benchmarks.workloads import Workload

WALK = Serial(Workload.RGB, "walk", 190, cpu=8, loop=0.8, held=2, blocks=0.5, apart=0.75, routed=0.55)
WARM = Serial(Workload.RGB, "warm", 500, cpu=3, loop=0.8, held=1, blocks=0, apart=0, routed=0)


def test_predictions_are_bounded_by_cores_and_by_the_lock() -> None:
    table = list(predictions([WALK, WARM]))
    assert [row[1:3] for row in table] == [[state, f"{cores}"] for state in ("walk", "warm") for cores in CORES]
    for row, serial in zip(table, [WALK] * 3 + [WARM] * 3, strict=True):
        assert len(row) == len(PREDICTED)
        cores, rates = int(row[2]), [float(text.replace(",", "")) for text in row[3:]]
        for processes, rate in zip((1, 2, 3, 4, 4), rates, strict=True):
            assert rate <= 1.001 * 1000 * min(cores / serial.cpu, processes / serial.held)
    assert float(table[2][7].replace(",", "")) > float(table[2][6].replace(",", ""))  # nothing is decoded anew
    assert table[5][6] == table[5][7]  # nor is anything of warm tiles


def test_blocks_are_told_of_walks_alone() -> None:
    walked, warm = rows([WALK, WARM])
    assert len(walked) == len(warm) == len(HEADS)
    assert walked[6:] == ["0.50", "0.75", "0.55"]
    assert warm[6:] == ["", "", ""]
