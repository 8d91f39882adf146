"""The table of operations."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import pytest

import sdk as wf
from sdk.graft.op import ABSENT, OPERATIONS, REQUIRED, Kind, declare, op_of
from sdk.graft.rules import operands
from sdk.language.bands import PICK_BANDS_LIST
from sdk.language.examples import example_of
from sdk.language.operation import operation
from sdk.language.proxy import TYPES


def test_a_wire_name_stands_once_in_the_table() -> None:
    with pytest.raises(ValueError, match=r"'wf\.add' is declared twice"):
        declare("wf.add", "x: Any, y: Any", operands("x", "y"), "Again.")


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_a_row_says_what_it_means(name: str) -> None:
    row = OPERATIONS[name]
    assert row.doc.strip()
    assert len({parameter.name for parameter in row.parameters}) == len(row.parameters)
    assert name in (row.builtin, *row.aliases)


@pytest.mark.parametrize(
    ("target", "builtin"),
    [
        (PICK_BANDS_LIST, "wf.pick_bands_list"),
        (wf.Image.clip_values, "wf.clip_values"),
        (wf.Image.nbands, "wf.nbands"),
        (wf.Image.sqrt, "wf.sqrt"),
        (wf.sqrt, "wf.sqrt"),
        (wf.Image.min, "wf.min"),
        (wf.Image.from_id, "wf.Image.load"),
        (wf.Str.upper, "wf.Str.upper"),
        (wf.numpy.exp, "wf.numpy.exp"),
    ],
)
def test_rows_functions_methods_and_properties_lead_to_their_row(target: object, builtin: str) -> None:
    assert op_of(target) is OPERATIONS[builtin]


@pytest.mark.parametrize("name", sorted(name for name, row in OPERATIONS.items() if example_of(row)))
def test_the_example_of_an_operation_uses_it(name: str) -> None:
    row = OPERATIONS[name]
    result = eval(example_of(row), {each: getattr(wf, each) for each in wf.__all__})
    if row.value is not None:
        assert result.graft == {"returns": name}
        return
    written = {
        value[0]
        for value in _expressions(result.graft)
        if isinstance(value, list) and value and isinstance(value[0], str)
    }
    assert written & {row.builtin, f"{row.builtin}_list", f"{row.builtin}_ic"}


def test_each_operation_has_an_example() -> None:
    assert [name for name, row in OPERATIONS.items() if not example_of(row)] == []


def _expressions(graft: dict[str, Any]) -> Iterator[Any]:
    for value in graft.values():
        yield value
        if isinstance(value, dict):
            yield from _expressions(value)


def test_what_is_no_operation_has_no_row() -> None:
    with pytest.raises(TypeError, match="is no operation"):
        op_of(len)


def test_a_typed_def_declares_its_row() -> None:
    row = op_of(wf.Image.from_id)
    assert [(p.name, p.kind, p.default) for p in row.parameters] == [
        ("image_id", Kind.POSITIONAL, REQUIRED),
        ("resampler", Kind.NAMED, None),
        ("processing_level", Kind.NAMED, None),
    ]


def test_methods_of_operations_keep_their_signature_and_docs() -> None:
    signature = inspect.signature(wf.Str.center)
    assert list(signature.parameters) == ["self", "width", "fillchar"]
    assert signature.parameters["fillchar"].default == " "
    assert "middle" in (wf.Str.center.__doc__ or "")


def test_an_operation_is_one_typed_def(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sdk.graft.op._TABLE", {})

    @operation("wf.shout", subject="text", named=("marks",))
    def shout(self: wf.Str, marks: IntLike = 1) -> Str:  # type: ignore[name-defined]  # noqa: F821
        """Return the text louder."""

    call: Any = shout
    assert call(wf.Str("hey"), marks=2).graft == {
        "0": "hey",
        "1": 2,
        "2": ["wf.shout", "0", {"marks": "1"}],
        "returns": "2",
    }
    with pytest.raises(wf.ProxyTypeError, match="marks must be Int, not str 'many'"):
        call(wf.Str("hey"), "many")
    with pytest.raises(TypeError, match=r"shout.* missing 1 required positional argument: 'self'"):
        call()


def test_leaving_out_differs_from_none_where_the_row_says_so() -> None:
    assert {p.name: p.default for p in OPERATIONS["wf.get"].parameters}["default"] is ABSENT


def test_every_type_that_is_exported_can_be_named_in_a_signature() -> None:
    exported = {name for name in wf.__all__ if isinstance(getattr(wf, name), type)} & set(TYPES)
    assert {"Image", "ImageCollection", "Int", "Str", "List", "Dict", "Any"} <= exported


def test_the_module_shows_what_users_use_and_nothing_else() -> None:
    assert dir(wf) == sorted(wf.__all__)
    assert all(hasattr(wf, name) for name in wf.__all__)


@pytest.mark.parametrize(
    ("function", "signature"),
    [
        (wf.numpy.add, "(x1: 'NumericLike', x2: 'NumericLike') -> \"widest('x1', 'x2')\""),
        (wf.numpy.sqrt, "(x: 'NumericLike') -> \"arrays_or('Float', 'x')\""),
        (wf.Image.mean, "(imagery: 'Imagery', axis: 'Axis' = None) -> \"reduced('imagery', 'axis')\""),
        (wf.Image.from_id("p:i").sqrt, "() -> \"imagery_or('Float', 'obj')\""),
        (wf.Str.zfill, "(self, width: 'IntLike') -> 'Str'"),
    ],
)
def test_help_shows_the_signature_of_the_table(function: Any, signature: str) -> None:
    assert str(inspect.signature(function)) == signature
    assert op_of(function).doc.partition("\n")[0] in (inspect.getdoc(function) or "").splitlines()


def test_a_call_that_does_not_fit_says_which_function_it_was() -> None:
    with pytest.raises(TypeError, match=r"hypot\(\): missing a required argument: 'x2'"):
        wf.numpy.hypot(1)  # type: ignore[call-overload]
