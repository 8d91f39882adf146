"""Bands of imagery: picked, renamed, joined, and one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Self

from sdk.graft.errors import ProxyTypeError
from sdk.graft.nodes import Apply, Literal
from sdk.graft.op import declare
from sdk.graft.rules import like, of_function, same_imagery
from sdk.language.containers import List
from sdk.language.dicts import Dict
from sdk.language.function import trace
from sdk.language.generic import concrete
from sdk.language.imagery import Imagery
from sdk.language.operation import emits, operation
from sdk.language.primitives import Bool, BoolLike, Int
from sdk.language.proxy import describe
from sdk.language.strings import Str, StrLike, StrListLike

__all__ = ["PICK_BANDS", "Bands"]

PICK_BANDS = declare(
    "wf.pick_bands",
    "imagery: Imagery, *bands: Str, allow_missing: Bool = False",
    like("imagery"),
    "Return the bands of these names, in this order; names are a list, or a text with spaces between them.\n\n"
    "A band that is picked again is called `red_1`, `red_2`. Bands that are missing are an error, or left out with\n"
    "`allow_missing`; when none is left the result is empty.",
    owner="Imagery",
    example='Image.from_id("product:scene").pick_bands("red green blue")',
)
PICK_BANDS_LIST = declare(
    "wf.pick_bands_list",
    "imagery: Imagery, bands: List[Str], *, allow_missing: Bool = False",
    like("imagery"),
    "As `wf.pick_bands`, of a list of names.",
    owner="Imagery",
    example='Image.from_id("product:scene").pick_bands(List[Str](["red", "green"]))',
)
RENAME_BANDS = declare(
    "wf.rename_bands",
    "imagery: Imagery, names: Dict[Str, Str]",
    like("imagery"),
    'Return the imagery with other names: of all bands in order, or of some as `old="new"`. Bands that are not there, '
    "another number of names than bands, and names that are then there twice are errors.",
    owner="Imagery",
    example='Image.from_id("product:scene").rename_bands(red="r")',
)
RENAME_BANDS_POSITIONALLY = declare(
    "wf.rename_bands_positionally",
    "imagery: Imagery, names: List[Str]",
    like("imagery"),
    "All bands renamed, by a list of new names.",
    owner="Imagery",
    example='Image.from_id("product:scene").rename_bands("r", "g", "b")',
)
MAP_BANDS = declare(
    "wf.map_bands",
    "imagery: Imagery, function: Function",
    of_function("Dict[Str, R]", "function"),
    "Return what func(name, imagery of one band) gives for each band: imagery, or a Dict by the bands' names.",
    owner="Imagery",
    example='Image.from_id("product:scene").map_bands(lambda name, band: band.mean())',
)
MAP_BANDS_IMAGERY = declare(
    "wf.map_bands_imagery",
    "imagery: Imagery, function: Function",
    of_function("R", "function"),
    "The bands that function(name, imagery of the band) gives, one after the other.",
    owner="Imagery",
    example='Image.from_id("product:scene").map_bands(lambda name, band: band.sqrt())',
)
_bands = partial(operation, subject="imagery", owner="Imagery")


class Bands(Imagery, abstract=True):
    """Imagery as bands with names."""

    @property
    @_bands("wf.nbands")
    def nbands(self) -> Int:
        """The number of bands; 0 of empty imagery.

        >>> from sdk import Image
        >>> Image.from_id("product:scene").nbands
        <Int>
        """

    @emits(PICK_BANDS)
    def pick_bands(self, bands: StrLike | StrListLike, allow_missing: BoolLike = False) -> Self:
        missing = Bool._promote(allow_missing)
        if isinstance(bands, Str):
            return self._call(PICK_BANDS_LIST, self, bands.split(), allow_missing=missing)
        if isinstance(bands, List):
            return self._call(PICK_BANDS_LIST, self, List[Str]._promote(bands), allow_missing=missing)
        return self._call(PICK_BANDS, self, *map(Str, _names(bands)), allow_missing=missing)

    def unpack_bands(self, bands: str | list[str] | tuple[str, ...]) -> Any:
        """Return a Python tuple of imagery, one for each name; of one name, that imagery.

        >>> from sdk import Image
        >>> nir, red = Image.from_id("product:scene").unpack_bands("nir red")
        """
        picked = tuple(self.pick_bands([name]) for name in _names(bands))
        return picked[0] if len(picked) == 1 else picked

    def __iter__(self) -> Iterator[Any]:
        match self._node:
            case Apply(function=PICK_BANDS.builtin, args=(_, Literal(value=name))):
                raise TypeError(
                    f"{name!r} names one band, of which unpack_bands() gives one {type(self).__name__}: to unpack "
                    f'several, name as many, unpack_bands("{name} …")'
                )
        return super().__iter__()

    @emits(RENAME_BANDS)
    def rename_bands(self, *new_positional_names: StrLike, **new_names: StrLike) -> Self:
        if bool(new_positional_names) == bool(new_names):
            raise TypeError("rename_bands() takes new names of all bands, or old=new for some; one of the two")
        if new_names:
            return self._call(RENAME_BANDS, self, Dict[Str, Str]._promote(new_names))
        return self._call(RENAME_BANDS_POSITIONALLY, self, List[Str]._promote(new_positional_names))

    @emits(MAP_BANDS)
    def map_bands(self, func: Callable[[Str, Self], Any]) -> Any:
        function, result = trace(func, (Str, type(self)))
        if issubclass(result, Imagery):
            return result._call(MAP_BANDS_IMAGERY, self, function)
        return concrete(Dict, Str, result)._call(MAP_BANDS, self, function)

    @_bands("wf.concat_bands", result=same_imagery("imagery", "other"))
    def concat_bands(self, other: Imagery) -> Any:
        """Return the bands of both; of equal names the second gets `_1`. With empty imagery the result is empty.

        Each band keeps its mask. Two collections are paired image by image: another number of images is an
        error.

        >>> from sdk import Image
        >>> Image.from_id("product:scene").concat_bands(Image.from_id("product:clouds"))
        <Image>
        """


def _names(bands: object) -> list[str]:
    names = bands.split() if isinstance(bands, str) else list(bands) if isinstance(bands, (list, tuple)) else None
    if not names or not all(isinstance(name, (str, Str)) for name in names):
        raise ProxyTypeError(f"bands must be a str or a list of str, and name at least one, not {describe(bands)}")
    return names
