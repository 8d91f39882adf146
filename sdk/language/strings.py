"""Text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TypeAlias

from sdk.graft.errors import ProxyTypeError
from sdk.graft.op import declare
from sdk.graft.rules import fixed
from sdk.language.containers import CONTAINS, GET, LENGTH, REVERSED, List
from sdk.language.notation import LIKE
from sdk.language.operation import emits, operation
from sdk.language.operators import operators
from sdk.language.primitives import Bool, Int, IntLike, Primitive
from sdk.language.proxify import proxify
from sdk.language.proxy import describe
from sdk.language.slices import Slice
from sdk.language.tuples import Tuple

__all__ = ["Str"]

StrLike: TypeAlias = "Str | str"
StrListLike: TypeAlias = "List[Str] | Sequence[str]"
LIKE.update(StrLike=StrLike, StrListLike=StrListLike)

FORMAT = declare(
    "wf.Str.format",
    "text: Str, *values: Any, **named: Any",
    fixed("Str"),
    "The text with its {fields} filled in.",
    owner="Str",
    example='Str("{} of {month}").format("NDVI", month=5)',
)

_text = partial(operation, subject="text")


@operators({"+": {"Str": "Str"}, "*": {"Int": "Str"}, "< <= > >= == !=": {"Str": "Bool"}})
class Str(Primitive, takes=(str,), ordered=True):
    """A text. Its methods are those of Python's str.

    >>> Str("red green").split()
    <List[Str]>
    """

    def __getitem__(self, idx: object) -> Str:
        index = Slice._promote(idx) if isinstance(idx, (slice, Slice)) else Int._coerce(idx)
        if index is None:
            raise ProxyTypeError(f"Str is indexed by Int or a slice, not {describe(idx)}")
        return Str._call(GET, self, index)

    def __reversed__(self) -> Str:
        return Str._call(REVERSED, self)

    length = LENGTH

    @emits(CONTAINS)
    def contains(self, other: StrLike) -> Bool:
        return Bool._call(CONTAINS, self, Str._promote(other))

    @emits(FORMAT)
    def format(self, *args: object, **kwargs: object) -> Str:
        named = {name: proxify(value) for name, value in kwargs.items()}
        return Str._call(FORMAT, self, *map(proxify, args), **named)

    @_text("wf.Str.capitalize")
    def capitalize(self) -> Str:
        """Return the text with its first character in upper case and the rest in lower case.

        >>> Str("red EDGE").capitalize()
        <Str>
        """

    @_text("wf.Str.center", named=("fillchar",), size=lambda text, width, fillchar: width)
    def center(self, width: IntLike, fillchar: StrLike = " ") -> Str:
        """Return the text in the middle of `width` characters.

        >>> Str("nir").center(9, ".")
        <Str>
        """

    @_text("wf.Str.count")
    def count(self, sub: StrLike) -> Int:
        """Return how often `sub` is in the text, without overlap.

        >>> Str("red red green").count("red")
        <Int>
        """

    @_text("wf.Str.endswith")
    def endswith(self, suffix: StrLike) -> Bool:
        """Return whether the text ends with `suffix`.

        >>> Str("B08.tif").endswith(".tif")
        <Bool>
        """

    @_text(
        "wf.Str.expandtabs",
        named=("tabsize",),
        size=lambda text, tabsize: len(text) + text.count("\t") * tabsize,
    )
    def expandtabs(self, tabsize: IntLike = 8) -> Str:
        """Return the text with tabs filled up with spaces.

        >>> Str("a\\tb").expandtabs(4)
        <Str>
        """

    @_text("wf.Str.find")
    def find(self, sub: StrLike) -> Int:
        """Return where `sub` is first in the text; -1 where it is not.

        >>> Str("red green").find("green")
        <Int>
        """

    @_text("wf.Str.isalnum")
    def isalnum(self) -> Bool:
        """Return whether all characters are letters or digits, and there is one.

        >>> Str("B08").isalnum()
        <Bool>
        """

    @_text("wf.Str.isalpha")
    def isalpha(self) -> Bool:
        """Return whether all characters are letters, and there is one.

        >>> Str("B08").isalpha()
        <Bool>
        """

    @_text("wf.Str.isdigit")
    def isdigit(self) -> Bool:
        """Return whether all characters are digits, and there is one.

        >>> Str("08").isdigit()
        <Bool>
        """

    @_text("wf.Str.islower")
    def islower(self) -> Bool:
        """Return whether all letters are in lower case, and there is one.

        >>> Str("red 1").islower()
        <Bool>
        """

    @_text("wf.Str.isspace")
    def isspace(self) -> Bool:
        """Return whether all characters are white space, and there is one.

        >>> Str(" ").isspace()
        <Bool>
        """

    @_text("wf.Str.istitle")
    def istitle(self) -> Bool:
        """Return whether each word starts in upper case and goes on in lower case.

        >>> Str("Red Edge").istitle()
        <Bool>
        """

    @_text("wf.Str.isupper")
    def isupper(self) -> Bool:
        """Return whether all letters are in upper case, and there is one.

        >>> Str("NDVI").isupper()
        <Bool>
        """

    @_text("wf.Str.join", size=lambda text, strings: sum(map(len, strings)) + len(text) * len(strings))
    def join(self, strings: StrListLike) -> Str:
        """Return the strings joined, with this text between them.

        >>> Str(", ").join(["red", "green"])
        <Str>
        """

    @_text("wf.Str.ljust", named=("fillchar",), size=lambda text, width, fillchar: width)
    def ljust(self, width: IntLike, fillchar: StrLike = " ") -> Str:
        """Return the text at the left of `width` characters.

        >>> Str("nir").ljust(6, ".")
        <Str>
        """

    @_text("wf.Str.lower")
    def lower(self) -> Str:
        """Return the text in lower case.

        >>> Str("NDVI").lower()
        <Str>
        """

    @_text("wf.Str.lstrip")
    def lstrip(self, chars: StrLike | None = None) -> Str:
        """Return the text without these characters, or white space, at its start.

        >>> Str("  red ").lstrip()
        <Str>
        """

    @_text("wf.Str.partition")
    def partition(self, sep: StrLike) -> Tuple[Str, Str, Str]:
        """Return what is before the first `sep`, it, and what is after it.

        >>> Str("product:scene:1").partition(":")
        <Tuple[Str, Str, Str]>
        """

    @_text(
        "wf.Str.replace",
        named=("count",),
        size=lambda text, old, new, count: len(text) + text.count(old) * len(new),
    )
    def replace(self, old: StrLike, new: StrLike, count: IntLike = -1) -> Str:
        """Return the text with the first `count` of `old`, or all, replaced by `new`.

        >>> Str("red green").replace("green", "blue")
        <Str>
        """

    @_text("wf.Str.rfind")
    def rfind(self, sub: StrLike) -> Int:
        """Return where `sub` is last in the text; -1 where it is not.

        >>> Str("red red").rfind("red")
        <Int>
        """

    @_text("wf.Str.rjust", named=("fillchar",), size=lambda text, width, fillchar: width)
    def rjust(self, width: IntLike, fillchar: StrLike = " ") -> Str:
        """Return the text at the right of `width` characters.

        >>> Str("nir").rjust(6, ".")
        <Str>
        """

    @_text("wf.Str.rpartition")
    def rpartition(self, sep: StrLike) -> Tuple[Str, Str, Str]:
        """Return what is before the last `sep`, it, and what is after it.

        >>> Str("product:scene:1").rpartition(":")
        <Tuple[Str, Str, Str]>
        """

    @_text("wf.Str.rsplit", named=("sep", "maxsplit"))
    def rsplit(self, sep: StrLike | None = None, maxsplit: IntLike = -1) -> List[Str]:
        """Return the parts between `sep`, or white space; at most `maxsplit` splits, from the right.

        >>> Str("a:b:c").rsplit(":", maxsplit=1)
        <List[Str]>
        """

    @_text("wf.Str.rstrip", named=("chars",))
    def rstrip(self, chars: StrLike | None = None) -> Str:
        """Return the text without these characters, or white space, at its end.

        >>> Str("red  ").rstrip()
        <Str>
        """

    @_text("wf.Str.split", named=("sep", "maxsplit"))
    def split(self, sep: StrLike | None = None, maxsplit: IntLike = -1) -> List[Str]:
        """Return the parts between `sep`, or white space; at most `maxsplit` splits.

        >>> Str("red green blue").split()
        <List[Str]>
        """

    @_text("wf.Str.splitlines")
    def splitlines(self) -> List[Str]:
        """Return the lines.

        >>> Str("one\\ntwo").splitlines()
        <List[Str]>
        """

    @_text("wf.Str.startswith")
    def startswith(self, prefix: StrLike) -> Bool:
        """Return whether the text starts with `prefix`.

        >>> Str("B08").startswith("B")
        <Bool>
        """

    @_text("wf.Str.strip", named=("chars",))
    def strip(self, chars: StrLike | None = None) -> Str:
        """Return the text without these characters, or white space, at both ends.

        >>> Str("--red--").strip("-")
        <Str>
        """

    @_text("wf.Str.swapcase")
    def swapcase(self) -> Str:
        """Return the text with upper and lower case swapped.

        >>> Str("Red").swapcase()
        <Str>
        """

    @_text("wf.Str.title")
    def title(self) -> Str:
        """Return the text with each word starting in upper case.

        >>> Str("red edge").title()
        <Str>
        """

    @_text("wf.Str.upper")
    def upper(self) -> Str:
        """Return the text in upper case.

        >>> Str("ndvi").upper()
        <Str>
        """

    @_text("wf.Str.zfill", size=lambda text, width: width)
    def zfill(self, width: IntLike) -> Str:
        """Return the text filled up to `width` characters with zeros, after a sign.

        >>> Str("-7").zfill(4)
        <Str>
        """
