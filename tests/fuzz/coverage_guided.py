"""The fuzzers, guided by the branches that inputs reach: `python -m tests.fuzz.coverage_guided NAME`, with atheris.

NAME is one of `FUZZERS`; what follows it are options of libFuzzer, such as `-max_total_time=600`.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

FUZZERS: Final = {
    "json": ("test_graft_json", "test_text_is_json_or_refused"),
    "graft": ("test_graft_json", "test_a_document_is_a_graft_with_a_value_or_refused"),
    "query": ("test_query_strings", "test_a_query_is_a_style_or_refused"),
    "kvp": ("test_wmts_kvp", "test_pairs_are_a_request_or_an_exception"),
}


def main(program: str, name: str, *options: str) -> None:
    """Fuzz until something is found or the options end it."""
    import atheris  # which `make fuzz-guided` installs

    module, test = FUZZERS[name]
    with atheris.instrument_imports(include=["graft_eval", "tileserver", "wmts", "sdk"]):
        fuzzer = getattr(import_module(f"tests.fuzz.{module}"), test)
    atheris.Setup([program, *options], fuzzer.hypothesis.fuzz_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv)
