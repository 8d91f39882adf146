"""Rules of results: how the type of what an operation gives follows from its arguments, each rule by its name.

A rule is data, so that it can be printed: `sdk.language.rules` applies it.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "Rule",
    "arrays_or",
    "at_least",
    "each_image",
    "element",
    "fixed",
    "imagery_or",
    "like",
    "list_of",
    "of_function",
    "one_or_list",
    "operands",
    "reduced",
    "reduced_to",
    "same_imagery",
    "unmasked",
    "widest",
]


@dataclass(frozen=True, slots=True)
class Rule:
    """The name of a rule, and the parameters that it looks at or the type that it gives."""

    name: str
    of: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(repr, self.of))})"


def fixed(type_: str) -> Rule:
    """The same type always, `List[Str]` say; "Self" is the type that a method is called on."""
    return Rule("fixed", (type_,))


def like(parameter: str) -> Rule:
    """The type of an argument."""
    return Rule("like", (parameter,))


def widest(*parameters: str) -> Rule:
    """The widest type of the arguments: Bool < Int < Float < Scalar < Array < MaskedArray; of lists their elements'."""
    return Rule("widest", parameters)


def at_least(type_: str, *parameters: str) -> Rule:
    """As `widest`, and not narrower than the type named first."""
    return Rule("at_least", (type_, *parameters))


def arrays_or(otherwise: str, *parameters: str) -> Rule:
    """MaskedArray or Array when an argument is one, else the type named first."""
    return Rule("arrays_or", (otherwise, *parameters))


def unmasked(parameter: str) -> Rule:
    """The type of an argument, Array if that is MaskedArray."""
    return Rule("unmasked", (parameter,))


def list_of(rule: Rule) -> Rule:
    """A List of the type that another rule gives."""
    return Rule("list_of", (rule.name, *rule.of))


def one_or_list(parameter: str) -> Rule:
    """The widest type of the arguments, at least Array, for one argument, a List of it for several."""
    return Rule("one_or_list", (parameter,))


def same_imagery(*parameters: str) -> Rule:
    """ImageCollection when one of the arguments is one, else Image."""
    return Rule("same_imagery", parameters)


def each_image(type_: str, parameter: str) -> Rule:
    """The type named first for an Image, a List of it for an ImageCollection."""
    return Rule("each_image", (type_, parameter))


def imagery_or(otherwise: str, *parameters: str) -> Rule:
    """As `same_imagery`; without imagery Any when an argument is, else the type named first."""
    return Rule("imagery_or", (otherwise, *parameters))


def element(parameter: str) -> Rule:
    """The type of the elements of an argument, or at the key that another argument is."""
    return Rule("element", (parameter,))


def reduced(parameter: str, axis: str) -> Rule:
    """The type left of imagery or an array that is reduced over the axis that another argument names.

    Of an array that is its own type, and Scalar where the axis is None.
    """
    return Rule("reduced", (parameter, axis))


def reduced_to(type_: str, axis: str) -> Rule:
    """The type named first, and Scalar where the axis, which another argument names, is None."""
    return Rule("reduced_to", (type_, axis))


def operands(*parameters: str) -> Rule:
    """The type that an operator gives for those on its two sides: each type says with which others it goes."""
    return Rule("operands", parameters)


def of_function(form: str, function: str) -> Rule:
    """A type made of what a function gives, which stands for "R" in the form: `Dict[Str, R]`."""
    return Rule("of_function", (form, function))
