"""How long fuzzers run: some seconds each in the suite, `FUZZ_EXAMPLES` examples each by `make fuzz`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "100"))
FUZZING = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="FUZZ_EXAMPLES" not in os.environ,  # the suite is the same each time
    suppress_health_check=[HealthCheck.too_slow],
)
