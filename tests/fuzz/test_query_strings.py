"""Whatever a query of a tile says, it is a style or is refused by key."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from sdk.contract.parameters import read_parameters
from sdk.contract.viz_option import VizOption
from tests.fuzz.fuzzing import FUZZING
from tileserver.drawing.style import Style
from tileserver.http.errors import BadRequest

PARAMETERS = read_parameters(
    [{"name": name, "typespec": {"type": name.title()}} for name in ("float", "str")]
    + [{"name": "list", "typespec": {"type": "List", "params": [{"type": "Int"}]}}]
)
OPTIONS = [VizOption("one", "red", colormap="magma", scales=[(0, 1)]).to_json()]
NAMES = st.sampled_from(
    ["viz", "band", "scales", "colormap", "reduction", "checkerboard", "float", "str", "list", "session_id", "q"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["red", "auto"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
).map(json.dumps)
WORDS = st.sampled_from(["one", "red", "red green blue", "auto", "magma", "true", "mosaic", "~", "~eyJ9", "1e999", ""])
PAIRS = st.lists(st.tuples(NAMES | st.text(max_size=5), JSON | WORDS | st.text(max_size=20)), max_size=5)


@FUZZING
@given(PAIRS | st.text(max_size=60).map(lambda text: parse_qsl(text, keep_blank_values=True)))
def test_a_query_is_a_style_or_refused(query: list[tuple[str, str]]) -> None:
    try:
        style = Style.from_query(query, parameters=PARAMETERS, viz_options=OPTIONS)
    except BadRequest:
        return
    assert len(style.bands) <= 3
    hash(style.of_layer())
