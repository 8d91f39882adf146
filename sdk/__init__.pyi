"""Builds computations from proxy objects and talks to a server: `import sdk as wf`."""

# Written by `make stubs` from the table of operations.
# mypy: disable-error-code="misc, override, overload-overlap, overload-cannot-match, type-arg"
# pyright: basic, reportIncompatibleMethodOverride=false, reportOverlappingOverload=false
# pyright: reportInconsistentOverload=false

import datetime
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any as Untyped
from typing import BinaryIO, Generic, Literal, NoReturn, Self, TypeAlias, TypeVar, TypeVarTuple, overload

from numpy import dtype as _dtype
from numpy import ndarray

from sdk.graft.errors import ProxyTypeError as ProxyTypeError
from sdk.language.proxy import Proxy as _Base
from sdk.service import exceptions as exceptions
from sdk.service.estimates import Estimate
from sdk.service.tile_url import Scales
from sdk import numpy as numpy
from sdk import scenes as scenes
from sdk import widgets as widgets

from sdk.service.readers import AllAuthenticatedUsers as AllAuthenticatedUsers

from sdk.service.readers import Anybody as Anybody

from sdk.service.client import Client as Client

from sdk.service.job import Job as Job

from sdk.notebook.map import Map as Map

from sdk.service.readers import Organization as Organization

from sdk.service.readers import UserEmail as UserEmail

from sdk.service.versioned_graft import VersionedGraft as VersionedGraft

from sdk.contract.viz_option import VizOption as VizOption

from sdk.service.workflow import Workflow as Workflow

from sdk.notebook.layer import WorkflowsLayer as WorkflowsLayer

from sdk.service.xyz import XYZ as XYZ

from sdk.service.logs import XYZLogListener as XYZLogListener

from sdk.service.job import compute as compute

from sdk.service.inspection import inspect as inspect

from sdk.service.local_server import open as open

from sdk.service.publishing import publish as publish

from sdk.service.local_server import serve as serve

from sdk.service.publishing import use as use

from sdk.service.publishing import wmts_url as wmts_url

from sdk import interactive as interactive
from sdk import models as models
from sdk import result_types as result_types
from sdk import types as types

from sdk.interactive import map as map

T = TypeVar("T")
R = TypeVar("R")
K = TypeVar("K")
V = TypeVar("V")
Ts = TypeVarTuple("Ts")

BoolLike: TypeAlias = Bool | bool | Scalar

IntLike: TypeAlias = Int | int

FloatLike: TypeAlias = Int | Float | float | Scalar

NumberLike: TypeAlias = Bool | Int | Float | float

FloatListLike: TypeAlias = List[Float] | List[Int] | Sequence[float]

DTypeLike: TypeAlias = DType | str | type[Untyped] | _dtype[Untyped]

NumericLike: TypeAlias = (
    Bool
    | Int
    | Float
    | float
    | Scalar
    | Array
    | MaskedArray
    | list[Untyped]
    | tuple[Untyped, ...]
    | ndarray[Untyped, Untyped]
)

PlainArrayLike: TypeAlias = Array | list[Untyped] | tuple[Untyped, ...] | ndarray[Untyped, Untyped]

ArrayLike: TypeAlias = Array | MaskedArray | float | list[Untyped] | tuple[Untyped, ...] | ndarray[Untyped, Untyped]

ScalarOrArrayLike: TypeAlias = (
    Array | MaskedArray | Scalar | float | list[Untyped] | tuple[Untyped, ...] | ndarray[Untyped, Untyped]
)

ArraysLike: TypeAlias = List[Array] | List[MaskedArray] | list[Untyped] | tuple[Untyped, ...]

AxesLike: TypeAlias = Int | List[Int] | int | Sequence[int] | None

ShapeLike: TypeAlias = Int | List[Int] | int | Sequence[int]

StrLike: TypeAlias = Str | str

StrListLike: TypeAlias = List[Str] | Sequence[str]

DatetimeLike: TypeAlias = Datetime | datetime.datetime | datetime.date | str

class _Proxy(_Base):
    def compute(
        self,
        geoctx: object = None,
        format: str | Mapping[str, object] = "pyarrow",
        destination: str | Mapping[str, object] = "download",
        file: str | os.PathLike[str] | BinaryIO | None = None,
        timeout: float | None = None,
        block: bool = True,
        progress_bar: bool | None = None,
        cache: bool = True,
        client: Client | None = None,
        num_retries: int | None = None,
        **arguments: Untyped,
    ) -> Untyped:
        """Compute the value as a job of the server, as `wf.compute` does."""

    def estimate(self, geoctx: object = None, client: Client | None = None, **arguments: Untyped) -> Estimate:
        """Return what it would take to compute the value, before anything runs."""

    def inspect(
        self,
        geoctx: object = None,
        format: str | Mapping[str, object] = "pyarrow",
        file: str | os.PathLike[str] | BinaryIO | None = None,
        cache: bool = True,
        timeout: float | None = 60,
        client: Client | None = None,
        **arguments: Untyped,
    ) -> Untyped:
        """Compute the value now, on the server, as `wf.inspect` does."""

    def publish(
        self,
        id: str,
        version: str,
        title: str = "",
        description: str = "",
        labels: Mapping[str, str] | None = None,
        tags: Sequence[str] | None = None,
        docstring: str = "",
        version_labels: Mapping[str, str] | None = None,
        viz_options: Sequence[VizOption] | None = None,
        client: Client | None = None,
    ) -> Workflow:
        """Publish the object as a version of a workflow, as `wf.publish` does."""

class _Imagery(_Proxy): ...
class _Shape(_Proxy): ...

class _Incomparable:
    """What == and != of values give that have nothing to do with each other: an error."""

    def __bool__(self) -> NoReturn: ...

class _Unpacked(Image):
    """An image, if one name was given, else a tuple of images."""

    def __iter__(self) -> Iterator[Image]: ...

class _UnpackedCollection(ImageCollection):
    def __iter__(self) -> Iterator[ImageCollection]: ...

class _Callable(Function, Generic[T]):
    """A function whose result's type is known."""

    def __call__(self, *args: object, **kwargs: object) -> T: ...

class Any(_Proxy):
    """A value of unknown type, such as an own field of an image's properties."""

    def __init__(self, value: object) -> None: ...
    def cast(self, cls: type[T]) -> T:
        """Return the same value as a proxy of a type that you know it to have."""

    def __getattr__(self, attr: str) -> Any: ...
    def __getitem__(self, item: object) -> Any: ...
    def __call__(self, *args: object, **kwargs: object) -> Untyped:
        """Raise TypeError: an Any has to be cast to a Function first."""

    def __reversed__(self) -> Any: ...
    def contains(self, other: object) -> Bool:
        """Return whether the value is in the container: an element of a list, a key of a dict, a part of a text."""

    def length(self) -> Int:
        """Return the number of elements, of keys, of characters."""

    def __add__(self, other: object) -> Any: ...
    def __radd__(self, other: object) -> Any: ...
    def __sub__(self, other: object) -> Any: ...
    def __rsub__(self, other: object) -> Any: ...
    def __mul__(self, other: object) -> Any: ...
    def __rmul__(self, other: object) -> Any: ...
    def __truediv__(self, other: object) -> Any: ...
    def __rtruediv__(self, other: object) -> Any: ...
    def __floordiv__(self, other: object) -> Any: ...
    def __rfloordiv__(self, other: object) -> Any: ...
    def __mod__(self, other: object) -> Any: ...
    def __rmod__(self, other: object) -> Any: ...
    def __divmod__(self, other: object) -> Any: ...
    def __rdivmod__(self, other: object) -> Any: ...
    def __pow__(self, other: object) -> Any: ...
    def __rpow__(self, other: object) -> Any: ...
    def __and__(self, other: object) -> Any: ...
    def __rand__(self, other: object) -> Any: ...
    def __or__(self, other: object) -> Any: ...
    def __ror__(self, other: object) -> Any: ...
    def __xor__(self, other: object) -> Any: ...
    def __rxor__(self, other: object) -> Any: ...
    def __lshift__(self, other: object) -> Any: ...
    def __rlshift__(self, other: object) -> Any: ...
    def __rshift__(self, other: object) -> Any: ...
    def __rrshift__(self, other: object) -> Any: ...
    def __lt__(self, other: object) -> Bool: ...
    def __le__(self, other: object) -> Bool: ...
    def __gt__(self, other: object) -> Bool: ...
    def __ge__(self, other: object) -> Bool: ...
    def __eq__(self, other: object) -> Bool: ...
    def __ne__(self, other: object) -> Bool: ...
    def __neg__(self) -> Any: ...
    def __pos__(self) -> Any: ...
    def __abs__(self) -> Any: ...
    def __invert__(self) -> Any: ...

class Array(_Proxy):
    """An array of booleans, integers or floating-point numbers, with NumPy's semantics."""

    @property
    def dtype(self) -> DType:
        """The data type of the elements."""

    @property
    def ndim(self) -> Int:
        """The number of axes."""

    @property
    def shape(self) -> List[Int]:
        """The lengths of the axes."""

    @property
    def size(self) -> Int:
        """The number of elements."""

    @property
    def literal_value(self) -> Untyped:
        """The number or nested lists that the array was made from; None if it is computed."""

    def astype(self, dtype: DTypeLike) -> Array:
        """Return the elements as another data type."""

    def flatten(self) -> Array:
        """Return the elements along one axis, row by row."""

    def reshape(self, *newshape: Untyped) -> Self:
        """Return the same elements in another shape, given as numbers or as a list."""

    def __getitem__(self, idx: Untyped) -> Self:
        """The elements at an index: a number, a slice, an ellipsis, None, a list or array of numbers or booleans, or a tuple of such, as in NumPy."""

    def to_imagery(self, properties: Untyped = None, bandinfo: Untyped = None) -> Untyped:
        """Return the images whose pixels on the grid that is computed are the elements of an array: (band, y, x) is one image, (image, band, y, x) are several."""

    @overload
    def min(self, axis: None = None) -> Scalar:
        """The least element over some axes."""

    @overload
    def min(self, axis: ShapeLike) -> Array: ...
    @overload
    def max(self, axis: None = None) -> Scalar:
        """The greatest element over some axes."""

    @overload
    def max(self, axis: ShapeLike) -> Array: ...
    @overload
    def mean(self, axis: None = None) -> Scalar:
        """The mean over some axes."""

    @overload
    def mean(self, axis: ShapeLike) -> Array: ...
    @overload
    def median(self, axis: None = None) -> Scalar:
        """The median over some axes."""

    @overload
    def median(self, axis: ShapeLike) -> Array: ...
    @overload
    def sum(self, axis: None = None) -> Scalar:
        """The sum over some axes."""

    @overload
    def sum(self, axis: ShapeLike) -> Array: ...
    @overload
    def std(self, axis: None = None) -> Scalar:
        """The standard deviation over some axes, of the population."""

    @overload
    def std(self, axis: ShapeLike) -> Array: ...
    def __init__(self, arr: Untyped) -> None:
        """An array of nested lists of booleans, integers or floats."""

    @overload
    def __add__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __add__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __add__(self, other: Any) -> Any: ...
    @overload
    def __radd__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __radd__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __sub__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __sub__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __sub__(self, other: Any) -> Any: ...
    @overload
    def __rsub__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __rsub__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __mul__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __mul__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __mul__(self, other: Any) -> Any: ...
    @overload
    def __rmul__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __rmul__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __truediv__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __truediv__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __truediv__(self, other: Any) -> Any: ...
    @overload
    def __rtruediv__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __rtruediv__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __floordiv__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __floordiv__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __floordiv__(self, other: Any) -> Any: ...
    @overload
    def __rfloordiv__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __rfloordiv__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __mod__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __mod__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __mod__(self, other: Any) -> Any: ...
    @overload
    def __rmod__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __rmod__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __pow__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __pow__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __pow__(self, other: Any) -> Any: ...
    @overload
    def __rpow__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __rpow__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __and__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __and__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __and__(self, other: Any) -> Any: ...
    @overload
    def __rand__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __rand__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __or__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __or__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __or__(self, other: Any) -> Any: ...
    @overload
    def __ror__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __ror__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __xor__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __xor__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __xor__(self, other: Any) -> Any: ...
    @overload
    def __rxor__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __rxor__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __lt__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __lt__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __lt__(self, other: Any) -> Bool: ...
    @overload
    def __le__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __le__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __le__(self, other: Any) -> Bool: ...
    @overload
    def __gt__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __gt__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __gt__(self, other: Any) -> Bool: ...
    @overload
    def __ge__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __ge__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __ge__(self, other: Any) -> Bool: ...
    @overload
    def __eq__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __eq__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __eq__(self, other: Any) -> Bool: ...
    @overload
    def __eq__(self, other: object) -> _Incomparable: ...
    @overload
    def __ne__(self, other: BoolLike | IntLike | Float | float | Scalar | PlainArrayLike) -> Array: ...
    @overload
    def __ne__(self, other: MaskedArray) -> MaskedArray: ...
    @overload
    def __ne__(self, other: Any) -> Bool: ...
    @overload
    def __ne__(self, other: object) -> _Incomparable: ...
    def __neg__(self) -> Array: ...
    def __pos__(self) -> Array: ...
    def __abs__(self) -> Array: ...
    def __invert__(self) -> Array: ...

class Bool(_Proxy):
    """A truth value. `&`, `|`, `^` and `~` combine them; `wf.ifelse` chooses by one."""

    def __init__(self, obj: object) -> None: ...
    @property
    def literal_value(self) -> Untyped:
        """The Python value that the proxy was made from; None when it is computed."""

    @overload
    def __and__(self, other: BoolLike) -> Bool: ...
    @overload
    def __and__(self, other: Any) -> Any: ...
    def __rand__(self, other: BoolLike) -> Bool: ...
    @overload
    def __or__(self, other: BoolLike) -> Bool: ...
    @overload
    def __or__(self, other: Any) -> Any: ...
    def __ror__(self, other: BoolLike) -> Bool: ...
    @overload
    def __xor__(self, other: BoolLike) -> Bool: ...
    @overload
    def __xor__(self, other: Any) -> Any: ...
    def __rxor__(self, other: BoolLike) -> Bool: ...
    @overload
    def __eq__(self, other: BoolLike) -> Bool: ...
    @overload
    def __eq__(self, other: Any) -> Bool: ...
    @overload
    def __eq__(self, other: object) -> _Incomparable: ...
    @overload
    def __ne__(self, other: BoolLike) -> Bool: ...
    @overload
    def __ne__(self, other: Any) -> Bool: ...
    @overload
    def __ne__(self, other: object) -> _Incomparable: ...
    def __invert__(self) -> Bool: ...

class DType(_Proxy):
    """The type of an array's elements: Python's `bool`, `int` or `float`, one of NumPy, or its name."""

    def __init__(self, type_: DTypeLike) -> None:
        """The data type of that name: of booleans, integers or floating-point numbers of up to 64 bits."""

class Datetime(_Proxy):
    """A point in time, in UTC. Text (ISO 8601), Python's dates and datetimes, and seconds since 1970 become one."""

    def __init__(
        self,
        year: IntLike,
        month: IntLike = 1,
        day: IntLike = 1,
        hour: IntLike = 0,
        minute: IntLike = 0,
        second: IntLike = 0,
        microsecond: IntLike = 0,
    ) -> None: ...
    @classmethod
    def from_string(cls, string: StrLike) -> Self:
        """Return the point in time that an ISO 8601 text says; in UTC when it names no zone."""

    @classmethod
    def from_timestamp(cls, seconds: FloatLike) -> Self:
        """Return the point in time that is so many seconds after 1970-01-01 UTC."""

    def is_between(self, start: DatetimeLike, end: DatetimeLike, inclusive: BoolLike = True) -> Bool:
        """Return whether start <= self <= end, or start < self < end when not inclusive."""

    @property
    def year(self) -> Int:
        """The year."""

    @property
    def month(self) -> Int:
        """The month, 1 to 12."""

    @property
    def day(self) -> Int:
        """The day of the month, from 1."""

    @property
    def hour(self) -> Int:
        """The hour, 0 to 23."""

    @property
    def minute(self) -> Int:
        """The minute, 0 to 59."""

    @property
    def second(self) -> Int:
        """The second, 0 to 59."""

    @property
    def microsecond(self) -> Int:
        """The microsecond, 0 to 999999."""

    @overload
    def __add__(self, other: Timedelta | datetime.timedelta) -> Datetime: ...
    @overload
    def __add__(self, other: Any) -> Any: ...
    def __radd__(self, other: Timedelta | datetime.timedelta) -> Datetime: ...
    @overload
    def __sub__(self, other: Timedelta | datetime.timedelta) -> Datetime: ...
    @overload
    def __sub__(self, other: DatetimeLike) -> Timedelta: ...
    @overload
    def __sub__(self, other: Any) -> Any: ...
    def __rsub__(self, other: DatetimeLike) -> Timedelta: ...
    @overload
    def __floordiv__(self, other: Timedelta | datetime.timedelta) -> Datetime: ...
    @overload
    def __floordiv__(self, other: Any) -> Any: ...
    @overload
    def __mod__(self, other: Timedelta | datetime.timedelta) -> Timedelta: ...
    @overload
    def __mod__(self, other: Any) -> Any: ...
    @overload
    def __divmod__(self, other: Timedelta | datetime.timedelta) -> Tuple[Datetime, Timedelta]: ...
    @overload
    def __divmod__(self, other: Any) -> Any: ...
    @overload
    def __lt__(self, other: DatetimeLike) -> Bool: ...
    @overload
    def __lt__(self, other: Any) -> Bool: ...
    @overload
    def __le__(self, other: DatetimeLike) -> Bool: ...
    @overload
    def __le__(self, other: Any) -> Bool: ...
    @overload
    def __gt__(self, other: DatetimeLike) -> Bool: ...
    @overload
    def __gt__(self, other: Any) -> Bool: ...
    @overload
    def __ge__(self, other: DatetimeLike) -> Bool: ...
    @overload
    def __ge__(self, other: Any) -> Bool: ...
    @overload
    def __eq__(self, other: DatetimeLike) -> Bool: ...
    @overload
    def __eq__(self, other: Any) -> Bool: ...
    @overload
    def __eq__(self, other: object) -> _Incomparable: ...
    @overload
    def __ne__(self, other: DatetimeLike) -> Bool: ...
    @overload
    def __ne__(self, other: Any) -> Bool: ...
    @overload
    def __ne__(self, other: object) -> _Incomparable: ...

class Dict(_Proxy, Generic[K, V]):
    """A dict whose keys have one type, and its values one."""

    @property
    def key_type(self) -> type[_Proxy]:
        """The proxy type of the keys."""

    @property
    def value_type(self) -> type[_Proxy]:
        """The proxy type of the values."""

    def __getitem__(self, key: object) -> V: ...
    def get(self, key: object, default: object) -> V:
        """Return the element at an index (from the end when negative), of a slice, or of a key; else the default, or an error."""

    def contains(self, key: object) -> Bool:
        """Return whether the value is in the container: an element of a list, a key of a dict, a part of a text."""

    def length(self) -> Int:
        """Return the number of elements, of keys, of characters."""

    def keys(self) -> List[K]:
        """Return the keys as a List."""

    def values(self) -> List[V]:
        """Return the values as a List."""

    def items(self) -> List[Tuple[K, V]]:
        """Return the (key, value) pairs as a List of Tuples."""

    def __init__(self, *dct: object, **kwargs: object) -> None: ...
    @classmethod
    def from_pairs(cls, pairs: object) -> Self:
        """Return the dict of a list of (key, value) pairs."""

class EllipsisType(_Proxy):
    """The type of `wf.Ellipsis`, which stands in an index for all axes that it does not name."""

    def __init__(self) -> None: ...

class Feature(_Shape):
    """A geometry with properties."""

    @classmethod
    def from_geojson(cls, geojson: Mapping[str, Untyped]) -> Self:
        """Return the shape of a GeoJSON object, which becomes part of the graft as it is."""

    def rasterize(self, value: FloatLike | StrLike = 1, default_value: FloatLike = 1) -> Image:
        """Return an image of one band, `features`: the value in pixels whose centre lies in the shape or that a point or a line meets, masked outside. Of features, the value may name a property; those without a number there have the `default_value`. Where shapes overlap, their values are added up (`add`), or the last one counts (`replace`)."""

    def __init__(self, geometry: object, properties: object) -> None: ...
    def buffer(self, distance: FloatLike) -> Self:
        """Return the shape with everything within a distance, in degrees, around it; less than 0 shrinks polygons. Round corners have 16 vertices in a quarter of a circle. Collections become one geometry."""

    @property
    def geometry(self) -> Geometry:
        """The geometry."""

    @property
    def properties(self) -> Dict[Str, Any]:
        """What is known of the feature."""

class FeatureCollection(_Shape):
    """Features in order."""

    @overload
    def __getitem__(self, item: slice) -> Self: ...
    @overload
    def __getitem__(self, item: IntLike) -> Feature: ...
    def __reversed__(self) -> Self: ...
    def length(self) -> Int:
        """Return the number of elements, of keys, of characters."""

    def contains(self, other: object) -> Bool:
        """Return whether the value is in the container: an element of a list, a key of a dict, a part of a text."""

    @overload
    def map(self, func: Callable[[Feature], Feature]) -> Self:
        """Return what the function gives for each element, as a List. The function is called once, now, with a proxy that stands for every element."""

    @overload
    def map(self, func: Callable[[Feature], R]) -> List[R]: ...
    def filter(self, func: Callable[[Feature], Untyped]) -> Self:
        """Return the elements for which the function gives True."""

    def sorted(self, key: Callable[[Feature], Untyped], reverse: BoolLike = False) -> Self:
        """Return the elements in ascending order of what the key function gives, or of themselves; equal ones stay in order."""

    @overload
    def reduce(self, func: Callable[[Feature, Feature], Feature]) -> Feature:
        """Return function(so far, element) from left to right; starts with `initial`, else with the first element."""

    @overload
    def reduce(self, func: Callable[[Int, Feature], Int], initial: int) -> Int: ...
    @overload
    def reduce(self, func: Callable[[Float, Feature], Float], initial: float) -> Float: ...
    @overload
    def reduce(self, func: Callable[[R, Feature], R], initial: R) -> R: ...
    @classmethod
    def from_geojson(cls, geojson: Mapping[str, Untyped]) -> Self:
        """Return the shape of a GeoJSON object, which becomes part of the graft as it is."""

    def rasterize(
        self, value: FloatLike | StrLike = 1, default_value: FloatLike = 1, merge_algorithm: StrLike = "add"
    ) -> Image:
        """Return an image of one band, `features`: the value in pixels whose centre lies in the shape or that a point or a line meets, masked outside. Of features, the value may name a property; those without a number there have the `default_value`. Where shapes overlap, their values are added up (`add`), or the last one counts (`replace`)."""

    def __init__(self, features: object) -> None: ...
    @classmethod
    def from_vector_id(cls, id: StrLike) -> FeatureCollection:
        """Return the features of a vector product of the catalog that meet the grid."""

    @property
    def features(self) -> List[Feature]:
        """The features, as a List."""

class Float(_Proxy):
    """A floating-point number, of 64 bits. Also casts: of an Int, of a Bool, of a Str."""

    def __init__(self, obj: object) -> None: ...
    @property
    def literal_value(self) -> Untyped:
        """The Python value that the proxy was made from; None when it is computed."""

    @overload
    def __add__(self, other: IntLike | Float | float) -> Float: ...
    @overload
    def __add__(self, other: Scalar) -> Scalar: ...
    @overload
    def __add__(self, other: Any) -> Any: ...
    @overload
    def __radd__(self, other: IntLike | Float | float) -> Float: ...
    @overload
    def __radd__(self, other: Scalar) -> Scalar: ...
    @overload
    def __sub__(self, other: IntLike | Float | float) -> Float: ...
    @overload
    def __sub__(self, other: Scalar) -> Scalar: ...
    @overload
    def __sub__(self, other: Any) -> Any: ...
    @overload
    def __rsub__(self, other: IntLike | Float | float) -> Float: ...
    @overload
    def __rsub__(self, other: Scalar) -> Scalar: ...
    @overload
    def __mul__(self, other: IntLike | Float | float) -> Float: ...
    @overload
    def __mul__(self, other: Scalar) -> Scalar: ...
    @overload
    def __mul__(self, other: Any) -> Any: ...
    @overload
    def __rmul__(self, other: IntLike | Float | float) -> Float: ...
    @overload
    def __rmul__(self, other: Scalar) -> Scalar: ...
    @overload
    def __floordiv__(self, other: IntLike | Float | float) -> Float: ...
    @overload
    def __floordiv__(self, other: Scalar) -> Scalar: ...
    @overload
    def __floordiv__(self, other: Any) -> Any: ...
    @overload
    def __rfloordiv__(self, other: IntLike | Float | float) -> Float: ...
    @overload
    def __rfloordiv__(self, other: Scalar) -> Scalar: ...
    @overload
    def __mod__(self, other: IntLike | Float | float) -> Float: ...
    @overload
    def __mod__(self, other: Scalar) -> Scalar: ...
    @overload
    def __mod__(self, other: Any) -> Any: ...
    @overload
    def __rmod__(self, other: IntLike | Float | float) -> Float: ...
    @overload
    def __rmod__(self, other: Scalar) -> Scalar: ...
    @overload
    def __pow__(self, other: IntLike | Float | float) -> Float: ...
    @overload
    def __pow__(self, other: Scalar) -> Scalar: ...
    @overload
    def __pow__(self, other: Any) -> Any: ...
    @overload
    def __rpow__(self, other: IntLike | Float | float) -> Float: ...
    @overload
    def __rpow__(self, other: Scalar) -> Scalar: ...
    @overload
    def __truediv__(self, other: IntLike | Float | float) -> Float: ...
    @overload
    def __truediv__(self, other: Scalar) -> Scalar: ...
    @overload
    def __truediv__(self, other: Any) -> Any: ...
    @overload
    def __rtruediv__(self, other: IntLike | Float | float) -> Float: ...
    @overload
    def __rtruediv__(self, other: Scalar) -> Scalar: ...
    @overload
    def __lt__(self, other: IntLike | Float | float | Scalar) -> Bool: ...
    @overload
    def __lt__(self, other: Any) -> Bool: ...
    @overload
    def __le__(self, other: IntLike | Float | float | Scalar) -> Bool: ...
    @overload
    def __le__(self, other: Any) -> Bool: ...
    @overload
    def __gt__(self, other: IntLike | Float | float | Scalar) -> Bool: ...
    @overload
    def __gt__(self, other: Any) -> Bool: ...
    @overload
    def __ge__(self, other: IntLike | Float | float | Scalar) -> Bool: ...
    @overload
    def __ge__(self, other: Any) -> Bool: ...
    @overload
    def __eq__(self, other: IntLike | Float | float | Scalar) -> Bool: ...
    @overload
    def __eq__(self, other: Any) -> Bool: ...
    @overload
    def __eq__(self, other: object) -> _Incomparable: ...
    @overload
    def __ne__(self, other: IntLike | Float | float | Scalar) -> Bool: ...
    @overload
    def __ne__(self, other: Any) -> Bool: ...
    @overload
    def __ne__(self, other: object) -> _Incomparable: ...
    def __neg__(self) -> Self: ...
    def __pos__(self) -> Self: ...
    def __abs__(self) -> Self: ...
    def __invert__(self) -> Self: ...
    @overload
    def __divmod__(self, other: IntLike | Float | float) -> Tuple[Float, Float]: ...
    @overload
    def __divmod__(self, other: Any) -> Any: ...
    def __rdivmod__(self, other: IntLike | Float | float) -> Tuple[Float, Float]: ...

class Function(_Proxy):
    """A function: `Function[Int, {"b": Float}, Bool]` takes an Int by position and a Float called b, and gives a Bool."""

    def __init__(self, function: object) -> None: ...
    @property
    def all_arg_types(self) -> tuple[type[_Proxy], ...]:
        """The types of all arguments, in order of position."""

    @overload
    @classmethod
    def from_callable(
        cls, func: Callable[..., Untyped], *arg_types: type[_Proxy], return_type: type[R]
    ) -> _Callable[R]:
        """Return a Python function as a Function; types that are not given are taken from its annotations."""

    @overload
    @classmethod
    def from_callable(
        cls, func: Callable[..., R], *arg_types: type[_Proxy], return_type: None = None
    ) -> _Callable[R]: ...
    @classmethod
    def from_object(cls, obj: R) -> _Callable[R]:
        """Return the function of the parameters that an object depends on."""

    def __call__(self, *args: object, **kwargs: object) -> Untyped:
        """Return what the function gives for these arguments, which become the types that it takes."""

    def __class_getitem__(cls, params: Untyped) -> type[Untyped]: ...

class GeoContext(_Proxy):
    """A grid of pixels: where, in which coordinates, and how fine."""

    def __init__(
        self,
        geometry: object = None,
        resolution: FloatLike | None = None,
        crs: StrLike | None = None,
        align_pixels: BoolLike | None = True,
        bounds: Tuple[Float, Float, Float, Float] | tuple[float, float, float, float] | None = None,
        bounds_crs: StrLike | None = "EPSG:4326",
        shape: Tuple[Int, Int] | tuple[int, int] | None = None,
        all_touched: BoolLike = False,
    ) -> None: ...
    @classmethod
    def from_xyz_tile(cls, x: IntLike, y: IntLike, z: IntLike) -> Self:
        """Return the grid of a Web Mercator tile of 256 x 256 pixels; y counts from the north."""

    @classmethod
    def from_dltile_key(cls, key: StrLike) -> Self:
        """Return the grid of a tile of a UTM zone: "tilesize:pad:resolution:zone:ti:tj"."""

    @classmethod
    def from_scenes(cls, ctx: object) -> Self:
        """Return the grid of an `AOI`, a `DLTile` or an `XYZTile` of `sdk.scenes`, or of an object with their fields."""

    def index_to_coords(self, row: IntLike, col: IntLike) -> Tuple[Float, Float]:
        """Return x and y of a pixel's upper left corner."""

    def coords_to_index(self, x: FloatLike, y: FloatLike) -> Tuple[Int, Int]:
        """Return row and column of the pixel at a point."""

    @property
    def geometry(self) -> Geometry:
        """The geometry outside of which everything is masked, else the outline of the bounds."""

    @property
    def resolution(self) -> Float:
        """The size of a pixel, in units of the crs."""

    @property
    def crs(self) -> Str:
        """The coordinate reference system of the pixels."""

    @property
    def align_pixels(self) -> Bool:
        """Whether edges are whole multiples of the resolution."""

    @property
    def bounds(self) -> Tuple[Float, Float, Float, Float]:
        """left, bottom, right, top, in bounds_crs."""

    @property
    def bounds_crs(self) -> Str:
        """The coordinate reference system of the bounds."""

    @property
    def shape(self) -> Tuple[Int, Int]:
        """Rows and columns, where they were given."""

    @property
    def arr_shape(self) -> Tuple[Int, Int]:
        """Rows and columns of the arrays that are computed."""

    @property
    def gdal_geotrans(self) -> Tuple[Float, Float, Float, Float, Float, Float]:
        """x of the left edge, pixel width, 0, y of the top edge, 0, minus the pixel height."""

    @property
    def projected_bounds(self) -> Tuple[Float, Float, Float, Float]:
        """left, bottom, right, top, in crs."""

class Geometry(_Shape):
    """A geometry in longitude and latitude: a point, a line, a polygon, or several of one kind."""

    @classmethod
    def from_geojson(cls, geojson: Mapping[str, Untyped]) -> Self:
        """Return the shape of a GeoJSON object, which becomes part of the graft as it is."""

    def rasterize(self, value: FloatLike = 1) -> Image:
        """Return an image of one band, `features`: the value in pixels whose centre lies in the shape or that a point or a line meets, masked outside. Of features, the value may name a property; those without a number there have the `default_value`. Where shapes overlap, their values are added up (`add`), or the last one counts (`replace`)."""

    def __init__(self, type: StrLike, coordinates: object) -> None: ...
    @classmethod
    def from_geo_interface(cls, obj: object) -> Geometry:
        """Return the geometry of an object with `__geo_interface__`, such as Shapely's."""

    def buffer(self, distance: FloatLike) -> Self:
        """Return the shape with everything within a distance, in degrees, around it; less than 0 shrinks polygons. Round corners have 16 vertices in a quarter of a circle. Collections become one geometry."""

    @property
    def type(self) -> Str:
        """The GeoJSON type: Point, Polygon and so on."""

    @property
    def coordinates(self) -> List[Any]:
        """The coordinates, as GeoJSON nests them."""

class GeometryCollection(_Shape):
    """Geometries of any kind, together."""

    @overload
    def __getitem__(self, item: slice) -> Self: ...
    @overload
    def __getitem__(self, item: IntLike) -> Geometry: ...
    def __reversed__(self) -> Self: ...
    def length(self) -> Int:
        """Return the number of elements, of keys, of characters."""

    def contains(self, other: object) -> Bool:
        """Return whether the value is in the container: an element of a list, a key of a dict, a part of a text."""

    @overload
    def map(self, func: Callable[[Geometry], Geometry]) -> Self:
        """Return what the function gives for each element, as a List. The function is called once, now, with a proxy that stands for every element."""

    @overload
    def map(self, func: Callable[[Geometry], R]) -> List[R]: ...
    def filter(self, func: Callable[[Geometry], Untyped]) -> Self:
        """Return the elements for which the function gives True."""

    def sorted(self, key: Callable[[Geometry], Untyped] | None = None, reverse: BoolLike = False) -> Self:
        """Return the elements in ascending order of what the key function gives, or of themselves; equal ones stay in order."""

    @overload
    def reduce(self, func: Callable[[Geometry, Geometry], Geometry]) -> Geometry:
        """Return function(so far, element) from left to right; starts with `initial`, else with the first element."""

    @overload
    def reduce(self, func: Callable[[Int, Geometry], Int], initial: int) -> Int: ...
    @overload
    def reduce(self, func: Callable[[Float, Geometry], Float], initial: float) -> Float: ...
    @overload
    def reduce(self, func: Callable[[R, Geometry], R], initial: R) -> R: ...
    @classmethod
    def from_geojson(cls, geojson: Mapping[str, Untyped]) -> Self:
        """Return the shape of a GeoJSON object, which becomes part of the graft as it is."""

    def rasterize(self, value: FloatLike = 1) -> Image:
        """Return an image of one band, `features`: the value in pixels whose centre lies in the shape or that a point or a line meets, masked outside. Of features, the value may name a property; those without a number there have the `default_value`. Where shapes overlap, their values are added up (`add`), or the last one counts (`replace`)."""

    def __init__(self, geometries: object, type: StrLike = "GeometryCollection") -> None: ...
    def buffer(self, distance: FloatLike) -> Geometry:
        """Return the shape with everything within a distance, in degrees, around it; less than 0 shrinks polygons. Round corners have 16 vertices in a quarter of a circle. Collections become one geometry."""

    @property
    def type(self) -> Str:
        """GeometryCollection."""

    @property
    def geometries(self) -> List[Geometry]:
        """The geometries."""

class Image(_Imagery):
    """An image of the catalog, or one that is computed. Pixels are only read when it is computed on some grid."""

    def concat(self, *imagery: _Imagery) -> ImageCollection:
        """Return a collection of all the images, one after the other; empty ones are left out."""

    @overload
    def __add__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __add__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __add__(self, other: Any) -> Any: ...
    @overload
    def __radd__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __radd__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __sub__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __sub__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __sub__(self, other: Any) -> Any: ...
    @overload
    def __rsub__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __rsub__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __mul__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __mul__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __mul__(self, other: Any) -> Any: ...
    @overload
    def __rmul__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __rmul__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __truediv__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __truediv__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __truediv__(self, other: Any) -> Any: ...
    @overload
    def __rtruediv__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __rtruediv__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __floordiv__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __floordiv__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __floordiv__(self, other: Any) -> Any: ...
    @overload
    def __rfloordiv__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __rfloordiv__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __mod__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __mod__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __mod__(self, other: Any) -> Any: ...
    @overload
    def __rmod__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __rmod__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __pow__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __pow__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __pow__(self, other: Any) -> Any: ...
    @overload
    def __rpow__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __rpow__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __and__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __and__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __and__(self, other: Any) -> Any: ...
    @overload
    def __rand__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __rand__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __or__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __or__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __or__(self, other: Any) -> Any: ...
    @overload
    def __ror__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __ror__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __xor__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __xor__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __xor__(self, other: Any) -> Any: ...
    @overload
    def __rxor__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __rxor__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __lshift__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __lshift__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __lshift__(self, other: Any) -> Any: ...
    @overload
    def __rlshift__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __rlshift__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __rshift__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __rshift__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __rshift__(self, other: Any) -> Any: ...
    @overload
    def __rrshift__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __rrshift__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __lt__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __lt__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __lt__(self, other: Any) -> Bool: ...
    @overload
    def __le__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __le__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __le__(self, other: Any) -> Bool: ...
    @overload
    def __gt__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __gt__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __gt__(self, other: Any) -> Bool: ...
    @overload
    def __ge__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __ge__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __ge__(self, other: Any) -> Bool: ...
    @overload
    def __eq__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __eq__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __eq__(self, other: Any) -> Bool: ...
    @overload
    def __eq__(self, other: object) -> _Incomparable: ...
    @overload
    def __ne__(self, other: ImageCollection) -> ImageCollection: ...
    @overload
    def __ne__(self, other: Image | IntLike | Float | float | BoolLike) -> Image: ...
    @overload
    def __ne__(self, other: Any) -> Bool: ...
    @overload
    def __ne__(self, other: object) -> _Incomparable: ...
    def __neg__(self) -> Self: ...
    def __pos__(self) -> Self: ...
    def __abs__(self) -> Self: ...
    def __invert__(self) -> Self: ...
    def hillshade(self, azimuth: FloatLike = 315.0, altitude: FloatLike = 45.0, z_factor: FloatLike = 1.0) -> Self:
        """Return the shaded relief of heights: each band from 1, in the shadow, to 255, facing the light."""

    def slope(self, unit: StrLike = "degrees", z_factor: FloatLike = 1.0) -> Self:
        """Return the slope of heights, in degrees or percent: 45 degrees are 100 percent."""

    def aspect(self) -> Self:
        """Return where the ground faces, of heights: degrees clockwise from the north, from 0 to less than 360."""

    @overload
    def min(
        self,
        axis: None | tuple[Literal["bands"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["bands"]] = None,
    ) -> Float:
        """The least valid value."""

    @overload
    def min(self, axis: Literal["pixels"] | tuple[Literal["pixels"]]) -> Dict[Str, Float]: ...
    @overload
    def min(self, axis: Literal["bands"] | tuple[Literal["bands"]]) -> Image: ...
    @overload
    def min(self, axis: list[Literal["bands", "pixels"]]) -> Untyped: ...
    @overload
    def max(
        self,
        axis: None | tuple[Literal["bands"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["bands"]] = None,
    ) -> Float:
        """The greatest valid value."""

    @overload
    def max(self, axis: Literal["pixels"] | tuple[Literal["pixels"]]) -> Dict[Str, Float]: ...
    @overload
    def max(self, axis: Literal["bands"] | tuple[Literal["bands"]]) -> Image: ...
    @overload
    def max(self, axis: list[Literal["bands", "pixels"]]) -> Untyped: ...
    @overload
    def mean(
        self,
        axis: None | tuple[Literal["bands"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["bands"]] = None,
    ) -> Float:
        """The mean of the valid values."""

    @overload
    def mean(self, axis: Literal["pixels"] | tuple[Literal["pixels"]]) -> Dict[Str, Float]: ...
    @overload
    def mean(self, axis: Literal["bands"] | tuple[Literal["bands"]]) -> Image: ...
    @overload
    def mean(self, axis: list[Literal["bands", "pixels"]]) -> Untyped: ...
    @overload
    def median(
        self,
        axis: None | tuple[Literal["bands"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["bands"]] = None,
    ) -> Float:
        """The median of the valid values."""

    @overload
    def median(self, axis: Literal["pixels"] | tuple[Literal["pixels"]]) -> Dict[Str, Float]: ...
    @overload
    def median(self, axis: Literal["bands"] | tuple[Literal["bands"]]) -> Image: ...
    @overload
    def median(self, axis: list[Literal["bands", "pixels"]]) -> Untyped: ...
    @overload
    def sum(
        self,
        axis: None | tuple[Literal["bands"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["bands"]] = None,
    ) -> Float:
        """The sum of the valid values."""

    @overload
    def sum(self, axis: Literal["pixels"] | tuple[Literal["pixels"]]) -> Dict[Str, Float]: ...
    @overload
    def sum(self, axis: Literal["bands"] | tuple[Literal["bands"]]) -> Image: ...
    @overload
    def sum(self, axis: list[Literal["bands", "pixels"]]) -> Untyped: ...
    @overload
    def std(
        self,
        axis: None | tuple[Literal["bands"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["bands"]] = None,
    ) -> Float:
        """The standard deviation, of the population, of the valid values."""

    @overload
    def std(self, axis: Literal["pixels"] | tuple[Literal["pixels"]]) -> Dict[Str, Float]: ...
    @overload
    def std(self, axis: Literal["bands"] | tuple[Literal["bands"]]) -> Image: ...
    @overload
    def std(self, axis: list[Literal["bands", "pixels"]]) -> Untyped: ...
    @overload
    def count(
        self,
        axis: None | tuple[Literal["bands"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["bands"]] = None,
    ) -> Float:
        """The number of valid values."""

    @overload
    def count(self, axis: Literal["pixels"] | tuple[Literal["pixels"]]) -> Dict[Str, Float]: ...
    @overload
    def count(self, axis: Literal["bands"] | tuple[Literal["bands"]]) -> Image: ...
    @overload
    def count(self, axis: list[Literal["bands", "pixels"]]) -> Untyped: ...
    @overload
    def percentile(
        self,
        q: FloatLike,
        axis: None | tuple[Literal["bands"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["bands"]] = None,
    ) -> Float:
        """The percentile `q` of the valid values; between two of them in proportion, as NumPy has it. A `q` that is
        not 0 to 100 is an error."""

    @overload
    def percentile(self, q: FloatLike, axis: Literal["pixels"] | tuple[Literal["pixels"]]) -> Dict[Str, Float]: ...
    @overload
    def percentile(self, q: FloatLike, axis: Literal["bands"] | tuple[Literal["bands"]]) -> Image: ...
    @overload
    def percentile(self, q: FloatLike, axis: list[Literal["bands", "pixels"]]) -> Untyped: ...
    @overload
    def reduction(
        self,
        operation: StrLike,
        axis: None | tuple[Literal["bands"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["bands"]] = None,
    ) -> Float:
        """Return the reduction of that name over an axis; the name may be a Str that is computed."""

    @overload
    def reduction(self, operation: StrLike, axis: Literal["pixels"] | tuple[Literal["pixels"]]) -> Dict[Str, Float]: ...
    @overload
    def reduction(self, operation: StrLike, axis: Literal["bands"] | tuple[Literal["bands"]]) -> Image: ...
    @overload
    def reduction(self, operation: StrLike, axis: list[Literal["bands", "pixels"]]) -> Untyped: ...
    def value_at(self, x: FloatLike, y: FloatLike) -> Dict[Str, Float]:
        """Return the values at a point, by band; x and y are in the coordinates of the GeoContext that is computed."""

    def index_to_coords(self, row: IntLike, col: IntLike) -> Tuple[Float, Float]:
        """Return x and y of a pixel's upper left corner, in the coordinates of the GeoContext that is computed."""

    def coords_to_index(self, x: FloatLike, y: FloatLike) -> Tuple[Int, Int]:
        """Return row and column of the pixel at a point in these coordinates; beyond the grid they go on counting."""

    @property
    def bandinfo(self) -> Dict[Str, _KnownDict1]:
        """What is known of each band, by its name: id, name, data_range, and further fields."""

    @property
    def ndarray(self) -> MaskedArray:
        """The pixels of the grid that is computed, as an array (band, y, x), of a collection (image, band, y, x). In a map layer they are those of one tile."""

    def with_bandinfo(self, band: StrLike, **bandinfo: Untyped) -> Self:
        """Return the imagery with these fields of a band's bandinfo set."""

    def without_bandinfo(self, band: StrLike, *bandinfo_keys: StrLike) -> Self:
        """Return the imagery without these fields of a band's bandinfo."""

    def log(self) -> Image:
        """The natural logarithm; masked where not positive."""

    def log2(self) -> Image:
        """The logarithm to base 2; masked where not positive."""

    def log10(self) -> Image:
        """The logarithm to base 10; masked where not positive."""

    def log1p(self) -> Image:
        """log(1 + x), precise near 0; masked where not above -1."""

    def sqrt(self) -> Image:
        """The square root; masked where negative."""

    def cos(self) -> Image:
        """The cosine of radians."""

    def arccos(self) -> Image:
        """The inverse cosine in radians; masked beyond -1 to 1."""

    def sin(self) -> Image:
        """The sine of radians."""

    def arcsin(self) -> Image:
        """The inverse sine in radians; masked beyond -1 to 1."""

    def tan(self) -> Image:
        """The tangent of radians."""

    def arctan(self) -> Image:
        """The inverse tangent, in radians."""

    def exp(self) -> Image:
        """e to the power of x; masked where that is too large."""

    def square(self) -> Image:
        """x * x."""

    @overload
    def mask(self, mask: Image | _Shape, replace: BoolLike = False) -> Image:
        """Return the imagery masked where the one-band `mask` is True, or not 0, besides where it is masked already; by a geometry or features, outside of them."""

    @overload
    def mask(self, mask: _Imagery | _Shape, replace: BoolLike = False) -> ImageCollection: ...
    def getmask(self) -> Self:
        """Return one boolean band, `mask`: True where any band is masked."""

    def clip_values(
        self, min: FloatLike | FloatListLike | None = None, max: FloatLike | FloatListLike | None = None
    ) -> Self:
        """Return the imagery with values less than `min` or more than `max` set to these; one each, or one per band."""

    def scale_values(
        self,
        range_min: FloatLike,
        range_max: FloatLike,
        domain_min: FloatLike | None = None,
        domain_max: FloatLike | None = None,
    ) -> Self:
        """Return the imagery scaled so that the domain becomes the range; without a domain, each band's own extent."""

    def colormap(
        self, named_colormap: StrLike = "viridis", vmin: FloatLike | None = None, vmax: FloatLike | None = None
    ) -> Self:
        """Return the bands red, green and blue, 0 to 1, of a colormap of Matplotlib's, for imagery of one band."""

    def fill(self, value: FloatLike) -> Self:
        """Return the imagery with a value where it is masked."""

    def classify(self, bins: FloatListLike | Mapping[float, float], labels: FloatListLike | None = None) -> Self:
        """Return the class of each value: 0 below the first of `bins`, 1 from it to below the second, and so on."""

    def remap(
        self,
        values: FloatListLike | Mapping[float, float],
        to: FloatListLike | None = None,
        default: FloatLike | None = None,
    ) -> Self:
        """Return the imagery with each of some values replaced by that at the same place of the list `to`."""

    def with_resampler(self, resampler: StrLike) -> Self:
        """Return the imagery made of images that are read with another resampler."""

    def distance(self, max_distance: FloatLike) -> Self:
        """Return how far the nearest pixel is that is True, or not 0, in metres; masked beyond `max_distance` of them."""

    def focal(self, operation: StrLike, size: IntLike | Kernel = 3) -> Self:
        """Return a reduction of the pixels around each: min, max, mean, median, std or majority."""

    @property
    def nbands(self) -> Int:
        """The number of bands; 0 of empty imagery."""

    def pick_bands(self, bands: StrLike | StrListLike, allow_missing: BoolLike = False) -> Self:
        """Return the bands of these names, in this order; names are a list, or a text with spaces between them."""

    def unpack_bands(self, bands: str | list[str] | tuple[str, ...]) -> _Unpacked:
        """Return a Python tuple of imagery, one for each name; of one name, that imagery."""

    def __iter__(self) -> Iterator[Untyped]: ...
    def rename_bands(self, *new_positional_names: StrLike, **new_names: StrLike) -> Self:
        """Return the imagery with other names: of all bands in order, or of some as `old="new"`. Bands that are not there, another number of names than bands, and names that are then there twice are errors."""

    def map_bands(self, func: Callable[[Str, Self], Untyped]) -> Untyped:
        """Return what func(name, imagery of one band) gives for each band: imagery, or a Dict by the bands' names."""

    @overload
    def concat_bands(self, other_image: Image) -> Image:
        """Return the bands of both; of equal names the second gets `_1`. With empty imagery the result is empty."""

    @overload
    def concat_bands(self, other_image: _Imagery) -> ImageCollection: ...
    def expression(self, expression: str) -> Self:
        """Return what an expression gives, whose names are bands: the graft that the operators would make."""

    def spectral_index(self, *names: StrLike) -> Self:
        """Return spectral indices of reflectances, 0 to 1, by their names, each a band called so."""

    def __init__(self) -> None: ...
    @classmethod
    def from_id(
        cls, image_id: StrLike, resampler: StrLike | None = None, processing_level: StrLike | None = None
    ) -> Self:
        """Return the image of the catalog with this id, `product:image`."""

    @classmethod
    def from_scene(cls, scene: object) -> Self:
        """Return the image of the catalog that a scene describes, an object with `properties["id"]`, or with an `id`."""

    @property
    def properties(self) -> _KnownDict2:
        """What is known of the image: id, date, product, crs, geotrans, and further fields."""

    def with_properties(self, /, **properties: Untyped) -> Self:
        """Return the image with these properties set."""

    def without_properties(self, *property_keys: StrLike) -> Self:
        """Return the image without these properties."""

    def zonal(
        self, features: FeatureCollection | Mapping[str, object], operations: StrLike | StrListLike = "mean"
    ) -> FeatureCollection:
        """Return the features with statistics of their pixels as properties, `BAND_OPERATION` for each band."""

    def replace_empty_with(self, fill: Image | FloatLike, mask: BoolLike = True, bandinfo: Any | None = None) -> Image:
        """Return the imagery or, if it is empty, the fill: imagery, or a number in the bands that `bandinfo` names."""

    def tile_layer(
        self,
        name: str | None = None,
        scales: Scales | None = None,
        colormap: str | None = None,
        checkerboard: bool = True,
        log_level: int = 10,
        **parameter_overrides: Untyped,
    ) -> WorkflowsLayer:
        """Return the image as a layer for a map of ipyleaflet."""

    def visualize(
        self,
        name: str,
        scales: Scales | None = None,
        colormap: str | None = None,
        checkerboard: bool = True,
        log_level: int = 10,
        map: Map | None = None,
        **parameter_overrides: Untyped,
    ) -> WorkflowsLayer:
        """Draw the image on a map, `wf.map` by default, as the layer of a name: a new one, or what it shows now."""

    def as_leaflet_layer(self) -> WorkflowsLayer:
        """Return the imagery as a layer, as maps of ipyleaflet ask for it in `map.add(image)`."""

class ImageCollection(_Imagery):
    """Images in order, with the same bands."""

    @overload
    def __getitem__(self, item: slice) -> Self: ...
    @overload
    def __getitem__(self, item: IntLike) -> Image: ...
    def __reversed__(self) -> Self: ...
    def length(self) -> Int:
        """Return the number of elements, of keys, of characters."""

    def contains(self, other: object) -> Bool:
        """Return whether the value is in the container: an element of a list, a key of a dict, a part of a text."""

    @overload
    def map(self, func: Callable[[Image], Image]) -> Self:
        """Return what the function gives for each image: images as an ImageCollection, without empty ones; other values as a List."""

    @overload
    def map(self, func: Callable[[Image], R]) -> List[R]: ...
    def filter(self, func: Callable[[Image], Untyped]) -> Self:
        """Return the elements for which the function gives True."""

    def sorted(self, key: Callable[[Image], Untyped], reverse: BoolLike = False) -> Self:
        """Return the elements in ascending order of what the key function gives, or of themselves; equal ones stay in order."""

    @overload
    def reduce(self, func: Callable[[Image, Image], Image]) -> Image:
        """Return function(so far, element) from left to right; starts with `initial`, else with the first element."""

    @overload
    def reduce(self, func: Callable[[Int, Image], Int], initial: int) -> Int: ...
    @overload
    def reduce(self, func: Callable[[Float, Image], Float], initial: float) -> Float: ...
    @overload
    def reduce(self, func: Callable[[R, Image], R], initial: R) -> R: ...
    def concat(self, *imagery: _Imagery) -> ImageCollection:
        """Return a collection of all the images, one after the other; empty ones are left out."""

    @overload
    def __add__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __add__(self, other: Any) -> Any: ...
    def __radd__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __sub__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __sub__(self, other: Any) -> Any: ...
    def __rsub__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __mul__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __mul__(self, other: Any) -> Any: ...
    def __rmul__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __truediv__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __truediv__(self, other: Any) -> Any: ...
    def __rtruediv__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __floordiv__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __floordiv__(self, other: Any) -> Any: ...
    def __rfloordiv__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __mod__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __mod__(self, other: Any) -> Any: ...
    def __rmod__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __pow__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __pow__(self, other: Any) -> Any: ...
    def __rpow__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __and__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __and__(self, other: Any) -> Any: ...
    def __rand__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __or__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __or__(self, other: Any) -> Any: ...
    def __ror__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __xor__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __xor__(self, other: Any) -> Any: ...
    def __rxor__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __lshift__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __lshift__(self, other: Any) -> Any: ...
    def __rlshift__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __rshift__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __rshift__(self, other: Any) -> Any: ...
    def __rrshift__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __lt__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __lt__(self, other: Any) -> Bool: ...
    @overload
    def __le__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __le__(self, other: Any) -> Bool: ...
    @overload
    def __gt__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __gt__(self, other: Any) -> Bool: ...
    @overload
    def __ge__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __ge__(self, other: Any) -> Bool: ...
    @overload
    def __eq__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __eq__(self, other: Any) -> Bool: ...
    @overload
    def __eq__(self, other: object) -> _Incomparable: ...
    @overload
    def __ne__(self, other: ImageCollection | Image | IntLike | Float | float | BoolLike) -> ImageCollection: ...
    @overload
    def __ne__(self, other: Any) -> Bool: ...
    @overload
    def __ne__(self, other: object) -> _Incomparable: ...
    def __neg__(self) -> Self: ...
    def __pos__(self) -> Self: ...
    def __abs__(self) -> Self: ...
    def __invert__(self) -> Self: ...
    def hillshade(self, azimuth: FloatLike = 315.0, altitude: FloatLike = 45.0, z_factor: FloatLike = 1.0) -> Self:
        """Return the shaded relief of heights: each band from 1, in the shadow, to 255, facing the light."""

    def slope(self, unit: StrLike = "degrees", z_factor: FloatLike = 1.0) -> Self:
        """Return the slope of heights, in degrees or percent: 45 degrees are 100 percent."""

    def aspect(self) -> Self:
        """Return where the ground faces, of heights: degrees clockwise from the north, from 0 to less than 360."""

    def argmin(self, property: StrLike = "date") -> Image:
        """Return for each pixel a property of the image in which it is least; the first of equal ones."""

    def argmax(self, property: StrLike = "date") -> Image:
        """Return for each pixel a property of the image in which it is greatest; the first of equal ones."""

    def quality_mosaic(self, band: StrLike) -> Untyped:
        """Return for each pixel all bands of the image in which a band is greatest, as `sortby_composite` does."""

    def linear_trend(self, axis: StrLike = "images") -> Untyped:
        """Return the line of least squares through the values of each pixel: `BAND_slope`, `BAND_offset` of each band."""

    def harmonic(self, order: IntLike = 1) -> Untyped:
        """Return the yearly waves of least squares through the values of each pixel, up to an order, 1 to 6."""

    def interval_composite(self, interval: StrLike | Timedelta, reduction: StrLike = "median") -> Untyped:
        """Return an image for each interval of time that has images: these, reduced by `mosaic` or a reduction."""

    @overload
    def min(
        self,
        axis: None
        | tuple[Literal["bands"], Literal["images"], Literal["pixels"]]
        | tuple[Literal["bands"], Literal["pixels"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"], Literal["pixels"]]
        | tuple[Literal["images"], Literal["pixels"], Literal["bands"]]
        | tuple[Literal["pixels"], Literal["bands"], Literal["images"]]
        | tuple[Literal["pixels"], Literal["images"], Literal["bands"]] = None,
    ) -> Float:
        """The least valid value."""

    @overload
    def min(
        self,
        axis: Literal["images"]
        | tuple[Literal["images"]]
        | tuple[Literal["bands"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"]],
    ) -> Image: ...
    @overload
    def min(self, axis: Literal["bands"] | tuple[Literal["bands"]]) -> ImageCollection: ...
    @overload
    def min(self, axis: Literal["pixels"] | tuple[Literal["pixels"]]) -> List[Dict[Str, Float]]: ...
    @overload
    def min(
        self, axis: tuple[Literal["images"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["images"]]
    ) -> Dict[Str, Float]: ...
    @overload
    def min(
        self, axis: tuple[Literal["bands"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["bands"]]
    ) -> List[Float]: ...
    @overload
    def min(self, axis: list[Literal["images", "bands", "pixels"]]) -> Untyped: ...
    @overload
    def max(
        self,
        axis: None
        | tuple[Literal["bands"], Literal["images"], Literal["pixels"]]
        | tuple[Literal["bands"], Literal["pixels"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"], Literal["pixels"]]
        | tuple[Literal["images"], Literal["pixels"], Literal["bands"]]
        | tuple[Literal["pixels"], Literal["bands"], Literal["images"]]
        | tuple[Literal["pixels"], Literal["images"], Literal["bands"]] = None,
    ) -> Float:
        """The greatest valid value."""

    @overload
    def max(
        self,
        axis: Literal["images"]
        | tuple[Literal["images"]]
        | tuple[Literal["bands"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"]],
    ) -> Image: ...
    @overload
    def max(self, axis: Literal["bands"] | tuple[Literal["bands"]]) -> ImageCollection: ...
    @overload
    def max(self, axis: Literal["pixels"] | tuple[Literal["pixels"]]) -> List[Dict[Str, Float]]: ...
    @overload
    def max(
        self, axis: tuple[Literal["images"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["images"]]
    ) -> Dict[Str, Float]: ...
    @overload
    def max(
        self, axis: tuple[Literal["bands"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["bands"]]
    ) -> List[Float]: ...
    @overload
    def max(self, axis: list[Literal["images", "bands", "pixels"]]) -> Untyped: ...
    @overload
    def mean(
        self,
        axis: None
        | tuple[Literal["bands"], Literal["images"], Literal["pixels"]]
        | tuple[Literal["bands"], Literal["pixels"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"], Literal["pixels"]]
        | tuple[Literal["images"], Literal["pixels"], Literal["bands"]]
        | tuple[Literal["pixels"], Literal["bands"], Literal["images"]]
        | tuple[Literal["pixels"], Literal["images"], Literal["bands"]] = None,
    ) -> Float:
        """The mean of the valid values."""

    @overload
    def mean(
        self,
        axis: Literal["images"]
        | tuple[Literal["images"]]
        | tuple[Literal["bands"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"]],
    ) -> Image: ...
    @overload
    def mean(self, axis: Literal["bands"] | tuple[Literal["bands"]]) -> ImageCollection: ...
    @overload
    def mean(self, axis: Literal["pixels"] | tuple[Literal["pixels"]]) -> List[Dict[Str, Float]]: ...
    @overload
    def mean(
        self, axis: tuple[Literal["images"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["images"]]
    ) -> Dict[Str, Float]: ...
    @overload
    def mean(
        self, axis: tuple[Literal["bands"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["bands"]]
    ) -> List[Float]: ...
    @overload
    def mean(self, axis: list[Literal["images", "bands", "pixels"]]) -> Untyped: ...
    @overload
    def median(
        self,
        axis: None
        | tuple[Literal["bands"], Literal["images"], Literal["pixels"]]
        | tuple[Literal["bands"], Literal["pixels"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"], Literal["pixels"]]
        | tuple[Literal["images"], Literal["pixels"], Literal["bands"]]
        | tuple[Literal["pixels"], Literal["bands"], Literal["images"]]
        | tuple[Literal["pixels"], Literal["images"], Literal["bands"]] = None,
    ) -> Float:
        """The median of the valid values."""

    @overload
    def median(
        self,
        axis: Literal["images"]
        | tuple[Literal["images"]]
        | tuple[Literal["bands"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"]],
    ) -> Image: ...
    @overload
    def median(self, axis: Literal["bands"] | tuple[Literal["bands"]]) -> ImageCollection: ...
    @overload
    def median(self, axis: Literal["pixels"] | tuple[Literal["pixels"]]) -> List[Dict[Str, Float]]: ...
    @overload
    def median(
        self, axis: tuple[Literal["images"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["images"]]
    ) -> Dict[Str, Float]: ...
    @overload
    def median(
        self, axis: tuple[Literal["bands"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["bands"]]
    ) -> List[Float]: ...
    @overload
    def median(self, axis: list[Literal["images", "bands", "pixels"]]) -> Untyped: ...
    @overload
    def sum(
        self,
        axis: None
        | tuple[Literal["bands"], Literal["images"], Literal["pixels"]]
        | tuple[Literal["bands"], Literal["pixels"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"], Literal["pixels"]]
        | tuple[Literal["images"], Literal["pixels"], Literal["bands"]]
        | tuple[Literal["pixels"], Literal["bands"], Literal["images"]]
        | tuple[Literal["pixels"], Literal["images"], Literal["bands"]] = None,
    ) -> Float:
        """The sum of the valid values."""

    @overload
    def sum(
        self,
        axis: Literal["images"]
        | tuple[Literal["images"]]
        | tuple[Literal["bands"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"]],
    ) -> Image: ...
    @overload
    def sum(self, axis: Literal["bands"] | tuple[Literal["bands"]]) -> ImageCollection: ...
    @overload
    def sum(self, axis: Literal["pixels"] | tuple[Literal["pixels"]]) -> List[Dict[Str, Float]]: ...
    @overload
    def sum(
        self, axis: tuple[Literal["images"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["images"]]
    ) -> Dict[Str, Float]: ...
    @overload
    def sum(
        self, axis: tuple[Literal["bands"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["bands"]]
    ) -> List[Float]: ...
    @overload
    def sum(self, axis: list[Literal["images", "bands", "pixels"]]) -> Untyped: ...
    @overload
    def std(
        self,
        axis: None
        | tuple[Literal["bands"], Literal["images"], Literal["pixels"]]
        | tuple[Literal["bands"], Literal["pixels"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"], Literal["pixels"]]
        | tuple[Literal["images"], Literal["pixels"], Literal["bands"]]
        | tuple[Literal["pixels"], Literal["bands"], Literal["images"]]
        | tuple[Literal["pixels"], Literal["images"], Literal["bands"]] = None,
    ) -> Float:
        """The standard deviation, of the population, of the valid values."""

    @overload
    def std(
        self,
        axis: Literal["images"]
        | tuple[Literal["images"]]
        | tuple[Literal["bands"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"]],
    ) -> Image: ...
    @overload
    def std(self, axis: Literal["bands"] | tuple[Literal["bands"]]) -> ImageCollection: ...
    @overload
    def std(self, axis: Literal["pixels"] | tuple[Literal["pixels"]]) -> List[Dict[Str, Float]]: ...
    @overload
    def std(
        self, axis: tuple[Literal["images"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["images"]]
    ) -> Dict[Str, Float]: ...
    @overload
    def std(
        self, axis: tuple[Literal["bands"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["bands"]]
    ) -> List[Float]: ...
    @overload
    def std(self, axis: list[Literal["images", "bands", "pixels"]]) -> Untyped: ...
    @overload
    def count(
        self,
        axis: None
        | tuple[Literal["bands"], Literal["images"], Literal["pixels"]]
        | tuple[Literal["bands"], Literal["pixels"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"], Literal["pixels"]]
        | tuple[Literal["images"], Literal["pixels"], Literal["bands"]]
        | tuple[Literal["pixels"], Literal["bands"], Literal["images"]]
        | tuple[Literal["pixels"], Literal["images"], Literal["bands"]] = None,
    ) -> Float:
        """The number of valid values."""

    @overload
    def count(
        self,
        axis: Literal["images"]
        | tuple[Literal["images"]]
        | tuple[Literal["bands"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"]],
    ) -> Image: ...
    @overload
    def count(self, axis: Literal["bands"] | tuple[Literal["bands"]]) -> ImageCollection: ...
    @overload
    def count(self, axis: Literal["pixels"] | tuple[Literal["pixels"]]) -> List[Dict[Str, Float]]: ...
    @overload
    def count(
        self, axis: tuple[Literal["images"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["images"]]
    ) -> Dict[Str, Float]: ...
    @overload
    def count(
        self, axis: tuple[Literal["bands"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["bands"]]
    ) -> List[Float]: ...
    @overload
    def count(self, axis: list[Literal["images", "bands", "pixels"]]) -> Untyped: ...
    @overload
    def percentile(
        self,
        q: FloatLike,
        axis: None
        | tuple[Literal["bands"], Literal["images"], Literal["pixels"]]
        | tuple[Literal["bands"], Literal["pixels"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"], Literal["pixels"]]
        | tuple[Literal["images"], Literal["pixels"], Literal["bands"]]
        | tuple[Literal["pixels"], Literal["bands"], Literal["images"]]
        | tuple[Literal["pixels"], Literal["images"], Literal["bands"]] = None,
    ) -> Float:
        """The percentile `q` of the valid values; between two of them in proportion, as NumPy has it. A `q` that is
        not 0 to 100 is an error."""

    @overload
    def percentile(
        self,
        q: FloatLike,
        axis: Literal["images"]
        | tuple[Literal["images"]]
        | tuple[Literal["bands"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"]],
    ) -> Image: ...
    @overload
    def percentile(self, q: FloatLike, axis: Literal["bands"] | tuple[Literal["bands"]]) -> ImageCollection: ...
    @overload
    def percentile(
        self, q: FloatLike, axis: Literal["pixels"] | tuple[Literal["pixels"]]
    ) -> List[Dict[Str, Float]]: ...
    @overload
    def percentile(
        self,
        q: FloatLike,
        axis: tuple[Literal["images"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["images"]],
    ) -> Dict[Str, Float]: ...
    @overload
    def percentile(
        self,
        q: FloatLike,
        axis: tuple[Literal["bands"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["bands"]],
    ) -> List[Float]: ...
    @overload
    def percentile(self, q: FloatLike, axis: list[Literal["images", "bands", "pixels"]]) -> Untyped: ...
    @overload
    def reduction(
        self,
        operation: StrLike,
        axis: None
        | tuple[Literal["bands"], Literal["images"], Literal["pixels"]]
        | tuple[Literal["bands"], Literal["pixels"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"], Literal["pixels"]]
        | tuple[Literal["images"], Literal["pixels"], Literal["bands"]]
        | tuple[Literal["pixels"], Literal["bands"], Literal["images"]]
        | tuple[Literal["pixels"], Literal["images"], Literal["bands"]] = None,
    ) -> Float:
        """Return the reduction of that name over an axis; the name may be a Str that is computed."""

    @overload
    def reduction(
        self,
        operation: StrLike,
        axis: Literal["images"]
        | tuple[Literal["images"]]
        | tuple[Literal["bands"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"]],
    ) -> Image: ...
    @overload
    def reduction(self, operation: StrLike, axis: Literal["bands"] | tuple[Literal["bands"]]) -> ImageCollection: ...
    @overload
    def reduction(
        self, operation: StrLike, axis: Literal["pixels"] | tuple[Literal["pixels"]]
    ) -> List[Dict[Str, Float]]: ...
    @overload
    def reduction(
        self,
        operation: StrLike,
        axis: tuple[Literal["images"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["images"]],
    ) -> Dict[Str, Float]: ...
    @overload
    def reduction(
        self,
        operation: StrLike,
        axis: tuple[Literal["bands"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["bands"]],
    ) -> List[Float]: ...
    @overload
    def reduction(self, operation: StrLike, axis: list[Literal["images", "bands", "pixels"]]) -> Untyped: ...
    def value_at(self, x: FloatLike, y: FloatLike) -> List[Dict[Str, Float]]:
        """Return the values at a point, by band; x and y are in the coordinates of the GeoContext that is computed."""

    def index_to_coords(self, row: IntLike, col: IntLike) -> Tuple[Float, Float]:
        """Return x and y of a pixel's upper left corner, in the coordinates of the GeoContext that is computed."""

    def coords_to_index(self, x: FloatLike, y: FloatLike) -> Tuple[Int, Int]:
        """Return row and column of the pixel at a point in these coordinates; beyond the grid they go on counting."""

    @property
    def bandinfo(self) -> Dict[Str, _KnownDict1]:
        """What is known of each band, by its name: id, name, data_range, and further fields."""

    @property
    def ndarray(self) -> MaskedArray:
        """The pixels of the grid that is computed, as an array (band, y, x), of a collection (image, band, y, x). In a map layer they are those of one tile."""

    def with_bandinfo(self, band: StrLike, **bandinfo: Untyped) -> Self:
        """Return the imagery with these fields of a band's bandinfo set."""

    def without_bandinfo(self, band: StrLike, *bandinfo_keys: StrLike) -> Self:
        """Return the imagery without these fields of a band's bandinfo."""

    def log(self) -> ImageCollection:
        """The natural logarithm; masked where not positive."""

    def log2(self) -> ImageCollection:
        """The logarithm to base 2; masked where not positive."""

    def log10(self) -> ImageCollection:
        """The logarithm to base 10; masked where not positive."""

    def log1p(self) -> ImageCollection:
        """log(1 + x), precise near 0; masked where not above -1."""

    def sqrt(self) -> ImageCollection:
        """The square root; masked where negative."""

    def cos(self) -> ImageCollection:
        """The cosine of radians."""

    def arccos(self) -> ImageCollection:
        """The inverse cosine in radians; masked beyond -1 to 1."""

    def sin(self) -> ImageCollection:
        """The sine of radians."""

    def arcsin(self) -> ImageCollection:
        """The inverse sine in radians; masked beyond -1 to 1."""

    def tan(self) -> ImageCollection:
        """The tangent of radians."""

    def arctan(self) -> ImageCollection:
        """The inverse tangent, in radians."""

    def exp(self) -> ImageCollection:
        """e to the power of x; masked where that is too large."""

    def square(self) -> ImageCollection:
        """x * x."""

    def mask(self, mask: _Imagery | _Shape, replace: BoolLike = False) -> ImageCollection:
        """Return the imagery masked where the one-band `mask` is True, or not 0, besides where it is masked already; by a geometry or features, outside of them."""

    def getmask(self) -> Self:
        """Return one boolean band, `mask`: True where any band is masked."""

    def clip_values(
        self, min: FloatLike | FloatListLike | None = None, max: FloatLike | FloatListLike | None = None
    ) -> Self:
        """Return the imagery with values less than `min` or more than `max` set to these; one each, or one per band."""

    def scale_values(
        self,
        range_min: FloatLike,
        range_max: FloatLike,
        domain_min: FloatLike | None = None,
        domain_max: FloatLike | None = None,
    ) -> Self:
        """Return the imagery scaled so that the domain becomes the range; without a domain, each band's own extent."""

    def colormap(
        self, named_colormap: StrLike = "viridis", vmin: FloatLike | None = None, vmax: FloatLike | None = None
    ) -> Self:
        """Return the bands red, green and blue, 0 to 1, of a colormap of Matplotlib's, for imagery of one band."""

    def fill(self, value: FloatLike) -> Self:
        """Return the imagery with a value where it is masked."""

    def classify(self, bins: FloatListLike | Mapping[float, float], labels: FloatListLike | None = None) -> Self:
        """Return the class of each value: 0 below the first of `bins`, 1 from it to below the second, and so on."""

    def remap(
        self,
        values: FloatListLike | Mapping[float, float],
        to: FloatListLike | None = None,
        default: FloatLike | None = None,
    ) -> Self:
        """Return the imagery with each of some values replaced by that at the same place of the list `to`."""

    def with_resampler(self, resampler: StrLike) -> Self:
        """Return the imagery made of images that are read with another resampler."""

    def distance(self, max_distance: FloatLike) -> Self:
        """Return how far the nearest pixel is that is True, or not 0, in metres; masked beyond `max_distance` of them."""

    def focal(self, operation: StrLike, size: IntLike | Kernel = 3) -> Self:
        """Return a reduction of the pixels around each: min, max, mean, median, std or majority."""

    @property
    def nbands(self) -> Int:
        """The number of bands; 0 of empty imagery."""

    def pick_bands(self, bands: StrLike | StrListLike, allow_missing: BoolLike = False) -> Self:
        """Return the bands of these names, in this order; names are a list, or a text with spaces between them."""

    def unpack_bands(self, bands: str | list[str] | tuple[str, ...]) -> _UnpackedCollection:
        """Return a Python tuple of imagery, one for each name; of one name, that imagery."""

    def __iter__(self) -> Iterator[Untyped]: ...
    def rename_bands(self, *new_positional_names: StrLike, **new_names: StrLike) -> Self:
        """Return the imagery with other names: of all bands in order, or of some as `old="new"`. Bands that are not there, another number of names than bands, and names that are then there twice are errors."""

    def map_bands(self, func: Callable[[Str, Self], Untyped]) -> Untyped:
        """Return what func(name, imagery of one band) gives for each band: imagery, or a Dict by the bands' names."""

    def concat_bands(self, other: _Imagery) -> ImageCollection:
        """Return the bands of both; of equal names the second gets `_1`. With empty imagery the result is empty."""

    def expression(self, expression: str) -> Self:
        """Return what an expression gives, whose names are bands: the graft that the operators would make."""

    def spectral_index(self, *names: StrLike) -> Self:
        """Return spectral indices of reflectances, 0 to 1, by their names, each a band called so."""

    def __init__(self, images: object) -> None: ...
    @classmethod
    def from_id(
        cls,
        product_id: StrLike,
        start_datetime: DatetimeLike | None = None,
        end_datetime: DatetimeLike | None = None,
        limit: IntLike | None = None,
        resampler: StrLike | None = None,
        processing_level: StrLike | None = None,
    ) -> Self:
        """Return the images of a product that meet the grid, start <= date < end, in order of date."""

    @property
    def properties(self) -> List[_KnownDict3]:
        """What is known of each image, as a List: id, product, date, crs, geotrans, and further fields."""

    def head(self, n: IntLike) -> Self:
        """Return the first `n` images, or all there are."""

    def tail(self, n: IntLike) -> Self:
        """Return the last `n` images, or all there are."""

    def partition(self, i: IntLike) -> Tuple[ImageCollection, ImageCollection]:
        """Return the images before index `i`, and those from it on."""

    def mosaic(self, reverse: BoolLike = False) -> Image:
        """Return per pixel the last valid value, so that the last image is on top; with `reverse` the first."""

    def map_window(
        self, func: Callable[[ImageCollection, Image, ImageCollection], Untyped], back: IntLike = 0, fwd: IntLike = 0
    ) -> Untyped:
        """Return func(the `back` images before, image, the `fwd` images after), for each image that has these. A window that is longer than the collection is an error."""

    def sortby_composite(self, band: StrLike | ImageCollection, operation: StrLike = "argmax") -> Image:
        """Return per pixel the image in which a band is greatest (argmax) or least (argmin); the first of equal ones."""

    @overload
    def groupby(self, func: Callable[[Image], K], dates: None = None) -> ImageCollectionGroupby[K]:
        """Return the images in groups, in ascending order, by what a function gives for each, or by fields of their dates. Each image gets its group as `properties["group"]`."""

    @overload
    def groupby(self, func: None = None, *, dates: str) -> ImageCollectionGroupby[Int]: ...
    @overload
    def groupby(self, func: None = None, *, dates: tuple[str, ...] | list[str]) -> ImageCollectionGroupby[Untyped]: ...
    def replace_empty_with(
        self, fill: _Imagery | FloatLike, mask: BoolLike = True, bandinfo: Any | None = None
    ) -> ImageCollection:
        """Return the imagery or, if it is empty, the fill: imagery, or a number in the bands that `bandinfo` names."""

    def tile_layer(
        self,
        name: str | None = None,
        scales: Scales | None = None,
        colormap: str | None = None,
        reduction: str | None = "mosaic",
        checkerboard: bool = True,
        log_level: int = 10,
        **parameter_overrides: Untyped,
    ) -> WorkflowsLayer:
        """Return the imagery as a layer for a map of ipyleaflet, made one image of by the reduction."""

    def visualize(
        self,
        name: str,
        scales: Scales | None = None,
        colormap: str | None = None,
        reduction: str | None = "mosaic",
        checkerboard: bool = True,
        log_level: int = 10,
        map: Map | None = None,
        **parameter_overrides: Untyped,
    ) -> WorkflowsLayer:
        """Draw the imagery on a map, `wf.map` by default, as the layer of a name: a new one, or what it shows now."""

    def as_leaflet_layer(self) -> WorkflowsLayer:
        """Return the imagery as a layer, as maps of ipyleaflet ask for it in `map.add(image)`."""

class ImageCollectionGroupby(_Proxy, Generic[K]):
    """Images in groups, as `ImageCollection.groupby` gives them."""

    @classmethod
    def of(cls, imgs: _Proxy, func: Callable[..., Untyped]) -> Untyped:
        """Return the images in groups by what the function gives for each."""

    def __init__(self, imgs: _Proxy, func: Callable[..., Untyped]) -> None: ...
    @property
    def key_type(self) -> type[_Proxy]:
        """The type of the groups' keys."""

    @property
    def groups(self) -> Dict[K, ImageCollection]:
        """The groups: a Dict from each key to its images."""

    def __getitem__(self, idx: object) -> ImageCollection: ...
    def one(self) -> Tuple[K, ImageCollection]:
        """Return the first key and its images."""

    @overload
    def map(self, func: Callable[[K, ImageCollection], Image]) -> ImageCollection:
        """Return what function(key, images) gives for each group: imagery as one collection, other values as a Dict."""

    @overload
    def map(self, func: Callable[[K, ImageCollection], ImageCollection]) -> ImageCollection: ...
    @overload
    def map(self, func: Callable[[K, ImageCollection], R]) -> Dict[K, R]: ...
    def mosaic(self, reverse: BoolLike = False) -> ImageCollection:
        """Return the mosaic of each group."""

    @overload
    def min(
        self,
        axis: None
        | tuple[Literal["bands"], Literal["images"], Literal["pixels"]]
        | tuple[Literal["bands"], Literal["pixels"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"], Literal["pixels"]]
        | tuple[Literal["images"], Literal["pixels"], Literal["bands"]]
        | tuple[Literal["pixels"], Literal["bands"], Literal["images"]]
        | tuple[Literal["pixels"], Literal["images"], Literal["bands"]] = None,
    ) -> Dict[K, Float]:
        """Return `ImageCollection.min` of each group: of imagery one collection, of numbers a Dict."""

    @overload
    def min(
        self,
        axis: Literal["images"]
        | tuple[Literal["images"]]
        | tuple[Literal["bands"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"]],
    ) -> ImageCollection: ...
    @overload
    def min(self, axis: Literal["bands"] | tuple[Literal["bands"]]) -> ImageCollection: ...
    @overload
    def min(self, axis: Literal["pixels"] | tuple[Literal["pixels"]]) -> Dict[K, List[Dict[Str, Float]]]: ...
    @overload
    def min(
        self, axis: tuple[Literal["images"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["images"]]
    ) -> Dict[K, Dict[Str, Float]]: ...
    @overload
    def min(
        self, axis: tuple[Literal["bands"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["bands"]]
    ) -> Dict[K, List[Float]]: ...
    @overload
    def min(self, axis: list[Literal["images", "bands", "pixels"]]) -> Untyped: ...
    @overload
    def max(
        self,
        axis: None
        | tuple[Literal["bands"], Literal["images"], Literal["pixels"]]
        | tuple[Literal["bands"], Literal["pixels"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"], Literal["pixels"]]
        | tuple[Literal["images"], Literal["pixels"], Literal["bands"]]
        | tuple[Literal["pixels"], Literal["bands"], Literal["images"]]
        | tuple[Literal["pixels"], Literal["images"], Literal["bands"]] = None,
    ) -> Dict[K, Float]:
        """Return `ImageCollection.max` of each group: of imagery one collection, of numbers a Dict."""

    @overload
    def max(
        self,
        axis: Literal["images"]
        | tuple[Literal["images"]]
        | tuple[Literal["bands"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"]],
    ) -> ImageCollection: ...
    @overload
    def max(self, axis: Literal["bands"] | tuple[Literal["bands"]]) -> ImageCollection: ...
    @overload
    def max(self, axis: Literal["pixels"] | tuple[Literal["pixels"]]) -> Dict[K, List[Dict[Str, Float]]]: ...
    @overload
    def max(
        self, axis: tuple[Literal["images"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["images"]]
    ) -> Dict[K, Dict[Str, Float]]: ...
    @overload
    def max(
        self, axis: tuple[Literal["bands"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["bands"]]
    ) -> Dict[K, List[Float]]: ...
    @overload
    def max(self, axis: list[Literal["images", "bands", "pixels"]]) -> Untyped: ...
    @overload
    def mean(
        self,
        axis: None
        | tuple[Literal["bands"], Literal["images"], Literal["pixels"]]
        | tuple[Literal["bands"], Literal["pixels"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"], Literal["pixels"]]
        | tuple[Literal["images"], Literal["pixels"], Literal["bands"]]
        | tuple[Literal["pixels"], Literal["bands"], Literal["images"]]
        | tuple[Literal["pixels"], Literal["images"], Literal["bands"]] = None,
    ) -> Dict[K, Float]:
        """Return `ImageCollection.mean` of each group: of imagery one collection, of numbers a Dict."""

    @overload
    def mean(
        self,
        axis: Literal["images"]
        | tuple[Literal["images"]]
        | tuple[Literal["bands"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"]],
    ) -> ImageCollection: ...
    @overload
    def mean(self, axis: Literal["bands"] | tuple[Literal["bands"]]) -> ImageCollection: ...
    @overload
    def mean(self, axis: Literal["pixels"] | tuple[Literal["pixels"]]) -> Dict[K, List[Dict[Str, Float]]]: ...
    @overload
    def mean(
        self, axis: tuple[Literal["images"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["images"]]
    ) -> Dict[K, Dict[Str, Float]]: ...
    @overload
    def mean(
        self, axis: tuple[Literal["bands"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["bands"]]
    ) -> Dict[K, List[Float]]: ...
    @overload
    def mean(self, axis: list[Literal["images", "bands", "pixels"]]) -> Untyped: ...
    @overload
    def median(
        self,
        axis: None
        | tuple[Literal["bands"], Literal["images"], Literal["pixels"]]
        | tuple[Literal["bands"], Literal["pixels"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"], Literal["pixels"]]
        | tuple[Literal["images"], Literal["pixels"], Literal["bands"]]
        | tuple[Literal["pixels"], Literal["bands"], Literal["images"]]
        | tuple[Literal["pixels"], Literal["images"], Literal["bands"]] = None,
    ) -> Dict[K, Float]:
        """Return `ImageCollection.median` of each group: of imagery one collection, of numbers a Dict."""

    @overload
    def median(
        self,
        axis: Literal["images"]
        | tuple[Literal["images"]]
        | tuple[Literal["bands"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"]],
    ) -> ImageCollection: ...
    @overload
    def median(self, axis: Literal["bands"] | tuple[Literal["bands"]]) -> ImageCollection: ...
    @overload
    def median(self, axis: Literal["pixels"] | tuple[Literal["pixels"]]) -> Dict[K, List[Dict[Str, Float]]]: ...
    @overload
    def median(
        self, axis: tuple[Literal["images"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["images"]]
    ) -> Dict[K, Dict[Str, Float]]: ...
    @overload
    def median(
        self, axis: tuple[Literal["bands"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["bands"]]
    ) -> Dict[K, List[Float]]: ...
    @overload
    def median(self, axis: list[Literal["images", "bands", "pixels"]]) -> Untyped: ...
    @overload
    def sum(
        self,
        axis: None
        | tuple[Literal["bands"], Literal["images"], Literal["pixels"]]
        | tuple[Literal["bands"], Literal["pixels"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"], Literal["pixels"]]
        | tuple[Literal["images"], Literal["pixels"], Literal["bands"]]
        | tuple[Literal["pixels"], Literal["bands"], Literal["images"]]
        | tuple[Literal["pixels"], Literal["images"], Literal["bands"]] = None,
    ) -> Dict[K, Float]:
        """Return `ImageCollection.sum` of each group: of imagery one collection, of numbers a Dict."""

    @overload
    def sum(
        self,
        axis: Literal["images"]
        | tuple[Literal["images"]]
        | tuple[Literal["bands"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"]],
    ) -> ImageCollection: ...
    @overload
    def sum(self, axis: Literal["bands"] | tuple[Literal["bands"]]) -> ImageCollection: ...
    @overload
    def sum(self, axis: Literal["pixels"] | tuple[Literal["pixels"]]) -> Dict[K, List[Dict[Str, Float]]]: ...
    @overload
    def sum(
        self, axis: tuple[Literal["images"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["images"]]
    ) -> Dict[K, Dict[Str, Float]]: ...
    @overload
    def sum(
        self, axis: tuple[Literal["bands"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["bands"]]
    ) -> Dict[K, List[Float]]: ...
    @overload
    def sum(self, axis: list[Literal["images", "bands", "pixels"]]) -> Untyped: ...
    @overload
    def std(
        self,
        axis: None
        | tuple[Literal["bands"], Literal["images"], Literal["pixels"]]
        | tuple[Literal["bands"], Literal["pixels"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"], Literal["pixels"]]
        | tuple[Literal["images"], Literal["pixels"], Literal["bands"]]
        | tuple[Literal["pixels"], Literal["bands"], Literal["images"]]
        | tuple[Literal["pixels"], Literal["images"], Literal["bands"]] = None,
    ) -> Dict[K, Float]:
        """Return `ImageCollection.std` of each group: of imagery one collection, of numbers a Dict."""

    @overload
    def std(
        self,
        axis: Literal["images"]
        | tuple[Literal["images"]]
        | tuple[Literal["bands"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"]],
    ) -> ImageCollection: ...
    @overload
    def std(self, axis: Literal["bands"] | tuple[Literal["bands"]]) -> ImageCollection: ...
    @overload
    def std(self, axis: Literal["pixels"] | tuple[Literal["pixels"]]) -> Dict[K, List[Dict[Str, Float]]]: ...
    @overload
    def std(
        self, axis: tuple[Literal["images"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["images"]]
    ) -> Dict[K, Dict[Str, Float]]: ...
    @overload
    def std(
        self, axis: tuple[Literal["bands"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["bands"]]
    ) -> Dict[K, List[Float]]: ...
    @overload
    def std(self, axis: list[Literal["images", "bands", "pixels"]]) -> Untyped: ...
    @overload
    def count(
        self,
        axis: None
        | tuple[Literal["bands"], Literal["images"], Literal["pixels"]]
        | tuple[Literal["bands"], Literal["pixels"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"], Literal["pixels"]]
        | tuple[Literal["images"], Literal["pixels"], Literal["bands"]]
        | tuple[Literal["pixels"], Literal["bands"], Literal["images"]]
        | tuple[Literal["pixels"], Literal["images"], Literal["bands"]] = None,
    ) -> Dict[K, Float]:
        """Return `ImageCollection.count` of each group: of imagery one collection, of numbers a Dict."""

    @overload
    def count(
        self,
        axis: Literal["images"]
        | tuple[Literal["images"]]
        | tuple[Literal["bands"], Literal["images"]]
        | tuple[Literal["images"], Literal["bands"]],
    ) -> ImageCollection: ...
    @overload
    def count(self, axis: Literal["bands"] | tuple[Literal["bands"]]) -> ImageCollection: ...
    @overload
    def count(self, axis: Literal["pixels"] | tuple[Literal["pixels"]]) -> Dict[K, List[Dict[Str, Float]]]: ...
    @overload
    def count(
        self, axis: tuple[Literal["images"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["images"]]
    ) -> Dict[K, Dict[Str, Float]]: ...
    @overload
    def count(
        self, axis: tuple[Literal["bands"], Literal["pixels"]] | tuple[Literal["pixels"], Literal["bands"]]
    ) -> Dict[K, List[Float]]: ...
    @overload
    def count(self, axis: list[Literal["images", "bands", "pixels"]]) -> Untyped: ...

class Int(_Proxy):
    """An integer. Also casts: of a Float, whose fraction is cut off, of a Bool, of a Str."""

    def __init__(self, obj: object) -> None: ...
    @property
    def literal_value(self) -> Untyped:
        """The Python value that the proxy was made from; None when it is computed."""

    @overload
    def __add__(self, other: IntLike) -> Int: ...
    @overload
    def __add__(self, other: Float | float) -> Float: ...
    @overload
    def __add__(self, other: Scalar) -> Scalar: ...
    @overload
    def __add__(self, other: Any) -> Any: ...
    @overload
    def __radd__(self, other: IntLike) -> Int: ...
    @overload
    def __radd__(self, other: Float | float) -> Float: ...
    @overload
    def __radd__(self, other: Scalar) -> Scalar: ...
    @overload
    def __sub__(self, other: IntLike) -> Int: ...
    @overload
    def __sub__(self, other: Float | float) -> Float: ...
    @overload
    def __sub__(self, other: Scalar) -> Scalar: ...
    @overload
    def __sub__(self, other: Any) -> Any: ...
    @overload
    def __rsub__(self, other: IntLike) -> Int: ...
    @overload
    def __rsub__(self, other: Float | float) -> Float: ...
    @overload
    def __rsub__(self, other: Scalar) -> Scalar: ...
    @overload
    def __mul__(self, other: IntLike) -> Int: ...
    @overload
    def __mul__(self, other: Float | float) -> Float: ...
    @overload
    def __mul__(self, other: Scalar) -> Scalar: ...
    @overload
    def __mul__(self, other: Any) -> Any: ...
    @overload
    def __rmul__(self, other: IntLike) -> Int: ...
    @overload
    def __rmul__(self, other: Float | float) -> Float: ...
    @overload
    def __rmul__(self, other: Scalar) -> Scalar: ...
    @overload
    def __floordiv__(self, other: IntLike) -> Int: ...
    @overload
    def __floordiv__(self, other: Float | float) -> Float: ...
    @overload
    def __floordiv__(self, other: Scalar) -> Scalar: ...
    @overload
    def __floordiv__(self, other: Any) -> Any: ...
    @overload
    def __rfloordiv__(self, other: IntLike) -> Int: ...
    @overload
    def __rfloordiv__(self, other: Float | float) -> Float: ...
    @overload
    def __rfloordiv__(self, other: Scalar) -> Scalar: ...
    @overload
    def __mod__(self, other: IntLike) -> Int: ...
    @overload
    def __mod__(self, other: Float | float) -> Float: ...
    @overload
    def __mod__(self, other: Scalar) -> Scalar: ...
    @overload
    def __mod__(self, other: Any) -> Any: ...
    @overload
    def __rmod__(self, other: IntLike) -> Int: ...
    @overload
    def __rmod__(self, other: Float | float) -> Float: ...
    @overload
    def __rmod__(self, other: Scalar) -> Scalar: ...
    @overload
    def __pow__(self, other: IntLike) -> Int: ...
    @overload
    def __pow__(self, other: Float | float) -> Float: ...
    @overload
    def __pow__(self, other: Scalar) -> Scalar: ...
    @overload
    def __pow__(self, other: Any) -> Any: ...
    @overload
    def __rpow__(self, other: IntLike) -> Int: ...
    @overload
    def __rpow__(self, other: Float | float) -> Float: ...
    @overload
    def __rpow__(self, other: Scalar) -> Scalar: ...
    @overload
    def __truediv__(self, other: IntLike | Float | float) -> Float: ...
    @overload
    def __truediv__(self, other: Scalar) -> Scalar: ...
    @overload
    def __truediv__(self, other: Any) -> Any: ...
    @overload
    def __rtruediv__(self, other: IntLike | Float | float) -> Float: ...
    @overload
    def __rtruediv__(self, other: Scalar) -> Scalar: ...
    @overload
    def __lt__(self, other: IntLike | Float | float | Scalar) -> Bool: ...
    @overload
    def __lt__(self, other: Any) -> Bool: ...
    @overload
    def __le__(self, other: IntLike | Float | float | Scalar) -> Bool: ...
    @overload
    def __le__(self, other: Any) -> Bool: ...
    @overload
    def __gt__(self, other: IntLike | Float | float | Scalar) -> Bool: ...
    @overload
    def __gt__(self, other: Any) -> Bool: ...
    @overload
    def __ge__(self, other: IntLike | Float | float | Scalar) -> Bool: ...
    @overload
    def __ge__(self, other: Any) -> Bool: ...
    @overload
    def __eq__(self, other: IntLike | Float | float | Scalar) -> Bool: ...
    @overload
    def __eq__(self, other: Any) -> Bool: ...
    @overload
    def __eq__(self, other: object) -> _Incomparable: ...
    @overload
    def __ne__(self, other: IntLike | Float | float | Scalar) -> Bool: ...
    @overload
    def __ne__(self, other: Any) -> Bool: ...
    @overload
    def __ne__(self, other: object) -> _Incomparable: ...
    def __neg__(self) -> Self: ...
    def __pos__(self) -> Self: ...
    def __abs__(self) -> Self: ...
    def __invert__(self) -> Self: ...
    @overload
    def __and__(self, other: IntLike) -> Int: ...
    @overload
    def __and__(self, other: Any) -> Any: ...
    def __rand__(self, other: IntLike) -> Int: ...
    @overload
    def __or__(self, other: IntLike) -> Int: ...
    @overload
    def __or__(self, other: Any) -> Any: ...
    def __ror__(self, other: IntLike) -> Int: ...
    @overload
    def __xor__(self, other: IntLike) -> Int: ...
    @overload
    def __xor__(self, other: Any) -> Any: ...
    def __rxor__(self, other: IntLike) -> Int: ...
    @overload
    def __lshift__(self, other: IntLike) -> Int: ...
    @overload
    def __lshift__(self, other: Any) -> Any: ...
    def __rlshift__(self, other: IntLike) -> Int: ...
    @overload
    def __rshift__(self, other: IntLike) -> Int: ...
    @overload
    def __rshift__(self, other: Any) -> Any: ...
    def __rrshift__(self, other: IntLike) -> Int: ...
    @overload
    def __divmod__(self, other: IntLike) -> Tuple[Int, Int]: ...
    @overload
    def __divmod__(self, other: Float | float) -> Tuple[Float, Float]: ...
    @overload
    def __divmod__(self, other: Any) -> Any: ...
    @overload
    def __rdivmod__(self, other: IntLike) -> Tuple[Int, Int]: ...
    @overload
    def __rdivmod__(self, other: Float | float) -> Tuple[Float, Float]: ...

class Kernel(_Proxy):
    """The weights of a convolution."""

    def __init__(self, dims: Tuple[Int, Int] | tuple[int, int], data: FloatListLike) -> None:
        """Weights in `dims` (rows, columns), given row by row."""

    @property
    def dims(self) -> Tuple[Int, Int]:
        """Rows and columns."""

    @property
    def data(self) -> List[Float]:
        """The weights, row by row from the upper left."""

class KnownDict(_Proxy, Generic[K, V]):
    """A dict some of whose keys are known, with the types of their values; others have the general type."""

    @property
    def key_type(self) -> type[_Proxy]:
        """The proxy type of the keys."""

    @property
    def value_type(self) -> type[_Proxy]:
        """The proxy type of the values."""

    def __getitem__(self, key: object) -> V: ...
    def get(self, key: object, default: object) -> V:
        """Return the element at an index (from the end when negative), of a slice, or of a key; else the default, or an error."""

    def contains(self, key: object) -> Bool:
        """Return whether the value is in the container: an element of a list, a key of a dict, a part of a text."""

    def length(self) -> Int:
        """Return the number of elements, of keys, of characters."""

    def keys(self) -> List[K]:
        """Return the keys as a List."""

    def values(self) -> List[V]:
        """Return the values as a List."""

    def items(self) -> List[Tuple[K, V]]:
        """Return the (key, value) pairs as a List of Tuples."""

    def __init__(self, *args: object, **kwargs: object) -> None: ...

class List(_Proxy, Generic[T]):
    """A list whose elements have one type."""

    @overload
    def __getitem__(self, item: slice) -> Self: ...
    @overload
    def __getitem__(self, item: IntLike) -> T: ...
    def __reversed__(self) -> Self: ...
    def length(self) -> Int:
        """Return the number of elements, of keys, of characters."""

    def contains(self, other: object) -> Bool:
        """Return whether the value is in the container: an element of a list, a key of a dict, a part of a text."""

    def map(self, func: Callable[[T], R]) -> List[R]:
        """Return what the function gives for each element, as a List. The function is called once, now, with a proxy that stands for every element."""

    def filter(self, func: Callable[[T], Untyped]) -> Self:
        """Return the elements for which the function gives True."""

    def sorted(self, key: Callable[[T], Untyped] | None = None, reverse: BoolLike = False) -> Self:
        """Return the elements in ascending order of what the key function gives, or of themselves; equal ones stay in order."""

    @overload
    def reduce(self, func: Callable[[T, T], T]) -> T:
        """Return function(so far, element) from left to right; starts with `initial`, else with the first element."""

    @overload
    def reduce(self, func: Callable[[Int, T], Int], initial: int) -> Int: ...
    @overload
    def reduce(self, func: Callable[[Float, T], Float], initial: float) -> Float: ...
    @overload
    def reduce(self, func: Callable[[R, T], R], initial: R) -> R: ...
    def __init__(self, iterable: object) -> None: ...
    @overload
    def __add__(self, other: List[T]) -> List[T]: ...
    @overload
    def __add__(self, other: Any) -> Any: ...
    def __radd__(self, other: List[T]) -> List[T]: ...
    @overload
    def __mul__(self, other: IntLike) -> List[T]: ...
    @overload
    def __mul__(self, other: Any) -> Any: ...
    def __rmul__(self, other: IntLike) -> List[T]: ...
    @overload
    def __lt__(self, other: List[T]) -> Bool: ...
    @overload
    def __lt__(self, other: Any) -> Bool: ...
    @overload
    def __le__(self, other: List[T]) -> Bool: ...
    @overload
    def __le__(self, other: Any) -> Bool: ...
    @overload
    def __gt__(self, other: List[T]) -> Bool: ...
    @overload
    def __gt__(self, other: Any) -> Bool: ...
    @overload
    def __ge__(self, other: List[T]) -> Bool: ...
    @overload
    def __ge__(self, other: Any) -> Bool: ...
    @overload
    def __eq__(self, other: List[T]) -> Bool: ...
    @overload
    def __eq__(self, other: Any) -> Bool: ...
    @overload
    def __eq__(self, other: object) -> _Incomparable: ...
    @overload
    def __ne__(self, other: List[T]) -> Bool: ...
    @overload
    def __ne__(self, other: Any) -> Bool: ...
    @overload
    def __ne__(self, other: object) -> _Incomparable: ...

class MaskedArray(_Proxy):
    """An array some elements of which are missing: those where the mask is True. Semantics are those of `numpy.ma`."""

    @property
    def dtype(self) -> DType:
        """The data type of the elements."""

    @property
    def ndim(self) -> Int:
        """The number of axes."""

    @property
    def shape(self) -> List[Int]:
        """The lengths of the axes."""

    @property
    def size(self) -> Int:
        """The number of elements."""

    @property
    def literal_value(self) -> Untyped:
        """The number or nested lists that the array was made from; None if it is computed."""

    def astype(self, dtype: DTypeLike) -> MaskedArray:
        """Return the elements as another data type."""

    def flatten(self) -> MaskedArray:
        """Return the elements along one axis, row by row."""

    def reshape(self, *newshape: Untyped) -> Self:
        """Return the same elements in another shape, given as numbers or as a list."""

    def __getitem__(self, idx: Untyped) -> Self:
        """The elements at an index: a number, a slice, an ellipsis, None, a list or array of numbers or booleans, or a tuple of such, as in NumPy."""

    def to_imagery(self, properties: Untyped = None, bandinfo: Untyped = None) -> Untyped:
        """Return the images whose pixels on the grid that is computed are the elements of an array: (band, y, x) is one image, (image, band, y, x) are several."""

    @overload
    def min(self, axis: None = None) -> Scalar:
        """The least element over some axes."""

    @overload
    def min(self, axis: ShapeLike) -> MaskedArray: ...
    @overload
    def max(self, axis: None = None) -> Scalar:
        """The greatest element over some axes."""

    @overload
    def max(self, axis: ShapeLike) -> MaskedArray: ...
    @overload
    def mean(self, axis: None = None) -> Scalar:
        """The mean over some axes."""

    @overload
    def mean(self, axis: ShapeLike) -> MaskedArray: ...
    @overload
    def median(self, axis: None = None) -> Scalar:
        """The median over some axes."""

    @overload
    def median(self, axis: ShapeLike) -> MaskedArray: ...
    @overload
    def sum(self, axis: None = None) -> Scalar:
        """The sum over some axes."""

    @overload
    def sum(self, axis: ShapeLike) -> MaskedArray: ...
    @overload
    def std(self, axis: None = None) -> Scalar:
        """The standard deviation over some axes, of the population."""

    @overload
    def std(self, axis: ShapeLike) -> MaskedArray: ...
    def __init__(self, data: Untyped, mask: Untyped = False, fill_value: Untyped = None) -> None:
        """An array with a mask: where that is True, elements are missing."""

    @classmethod
    def from_numpy(cls, arr: Untyped) -> MaskedArray:
        """Return an array of `numpy.ma`, its numbers, mask and fill value, as a proxy."""

    def compressed(self) -> Array:
        """Return the elements that are not missing, along one axis."""

    def getdata(self) -> Array:
        """Return the elements without the mask, those below it too."""

    def getmaskarray(self) -> Array:
        """Return the mask as an array of booleans, True where elements are missing."""

    def filled(self, fill_value: Untyped = None) -> Array:
        """Return the elements with a value in place of those that are missing; None is the array's own `fill_value`."""

    def count(self, axis: Untyped = None) -> Untyped:
        """Return how many elements are not missing, over some axes."""

    @overload
    def __add__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __add__(self, other: Any) -> Any: ...
    def __radd__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __sub__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __sub__(self, other: Any) -> Any: ...
    def __rsub__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __mul__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __mul__(self, other: Any) -> Any: ...
    def __rmul__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __truediv__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __truediv__(self, other: Any) -> Any: ...
    def __rtruediv__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __floordiv__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __floordiv__(self, other: Any) -> Any: ...
    def __rfloordiv__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __mod__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __mod__(self, other: Any) -> Any: ...
    def __rmod__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __pow__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __pow__(self, other: Any) -> Any: ...
    def __rpow__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __and__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __and__(self, other: Any) -> Any: ...
    def __rand__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __or__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __or__(self, other: Any) -> Any: ...
    def __ror__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __xor__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __xor__(self, other: Any) -> Any: ...
    def __rxor__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __lt__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __lt__(self, other: Any) -> Bool: ...
    @overload
    def __le__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __le__(self, other: Any) -> Bool: ...
    @overload
    def __gt__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __gt__(self, other: Any) -> Bool: ...
    @overload
    def __ge__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __ge__(self, other: Any) -> Bool: ...
    @overload
    def __eq__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __eq__(self, other: Any) -> Bool: ...
    @overload
    def __eq__(self, other: object) -> _Incomparable: ...
    @overload
    def __ne__(
        self, other: BoolLike | IntLike | Float | float | Scalar | MaskedArray | PlainArrayLike
    ) -> MaskedArray: ...
    @overload
    def __ne__(self, other: Any) -> Bool: ...
    @overload
    def __ne__(self, other: object) -> _Incomparable: ...
    def __neg__(self) -> MaskedArray: ...
    def __pos__(self) -> MaskedArray: ...
    def __abs__(self) -> MaskedArray: ...
    def __invert__(self) -> MaskedArray: ...

class NoneType(_Proxy):
    """None."""

    def __init__(self, obj: object) -> None: ...
    @property
    def literal_value(self) -> Untyped:
        """The Python value that the proxy was made from; None when it is computed."""

class Scalar(_Proxy):
    """A number that is left of an array, with a data type of NumPy: what `Array.mean()` gives."""

    def __init__(self, obj: Untyped) -> None:
        """A number as NumPy's scalar."""

    @overload
    def __add__(self, other: Scalar | BoolLike | IntLike | Float | float) -> Scalar: ...
    @overload
    def __add__(self, other: Any) -> Any: ...
    def __radd__(self, other: Scalar | BoolLike | IntLike | Float | float) -> Scalar: ...
    @overload
    def __sub__(self, other: Scalar | BoolLike | IntLike | Float | float) -> Scalar: ...
    @overload
    def __sub__(self, other: Any) -> Any: ...
    def __rsub__(self, other: Scalar | BoolLike | IntLike | Float | float) -> Scalar: ...
    @overload
    def __mul__(self, other: Scalar | BoolLike | IntLike | Float | float) -> Scalar: ...
    @overload
    def __mul__(self, other: Any) -> Any: ...
    def __rmul__(self, other: Scalar | BoolLike | IntLike | Float | float) -> Scalar: ...
    @overload
    def __truediv__(self, other: Scalar | BoolLike | IntLike | Float | float) -> Scalar: ...
    @overload
    def __truediv__(self, other: Any) -> Any: ...
    def __rtruediv__(self, other: Scalar | BoolLike | IntLike | Float | float) -> Scalar: ...
    @overload
    def __floordiv__(self, other: Scalar | BoolLike | IntLike | Float | float) -> Scalar: ...
    @overload
    def __floordiv__(self, other: Any) -> Any: ...
    def __rfloordiv__(self, other: Scalar | BoolLike | IntLike | Float | float) -> Scalar: ...
    @overload
    def __mod__(self, other: Scalar | BoolLike | IntLike | Float | float) -> Scalar: ...
    @overload
    def __mod__(self, other: Any) -> Any: ...
    def __rmod__(self, other: Scalar | BoolLike | IntLike | Float | float) -> Scalar: ...
    @overload
    def __pow__(self, other: Scalar | BoolLike | IntLike | Float | float) -> Scalar: ...
    @overload
    def __pow__(self, other: Any) -> Any: ...
    def __rpow__(self, other: Scalar | BoolLike | IntLike | Float | float) -> Scalar: ...
    @overload
    def __lt__(self, other: Scalar | BoolLike | IntLike | Float | float) -> Bool: ...
    @overload
    def __lt__(self, other: Any) -> Bool: ...
    @overload
    def __le__(self, other: Scalar | BoolLike | IntLike | Float | float) -> Bool: ...
    @overload
    def __le__(self, other: Any) -> Bool: ...
    @overload
    def __gt__(self, other: Scalar | BoolLike | IntLike | Float | float) -> Bool: ...
    @overload
    def __gt__(self, other: Any) -> Bool: ...
    @overload
    def __ge__(self, other: Scalar | BoolLike | IntLike | Float | float) -> Bool: ...
    @overload
    def __ge__(self, other: Any) -> Bool: ...
    @overload
    def __eq__(self, other: Scalar | BoolLike | IntLike | Float | float) -> Bool: ...
    @overload
    def __eq__(self, other: Any) -> Bool: ...
    @overload
    def __eq__(self, other: object) -> _Incomparable: ...
    @overload
    def __ne__(self, other: Scalar | BoolLike | IntLike | Float | float) -> Bool: ...
    @overload
    def __ne__(self, other: Any) -> Bool: ...
    @overload
    def __ne__(self, other: object) -> _Incomparable: ...
    def __neg__(self) -> Scalar: ...
    def __pos__(self) -> Scalar: ...
    def __abs__(self) -> Scalar: ...

class Slice(_Proxy):
    """The indices from `start` up to, not including, `stop`, each `step`th of them: what `start:stop:step` stands for."""

    def __init__(
        self, start: IntLike | None = None, stop: IntLike | None = None, step: IntLike | None = None
    ) -> None: ...
    @classmethod
    def from_slice(cls, obj: slice) -> Slice:
        """Return Python's slice as a proxy."""

    @property
    def literal_value(self) -> slice | None:
        """The slice as Python has it; None if a part of it is computed."""

class Str(_Proxy):
    """A text. Its methods are those of Python's str."""

    def __init__(self, obj: object) -> None: ...
    @property
    def literal_value(self) -> Untyped:
        """The Python value that the proxy was made from; None when it is computed."""

    def __getitem__(self, idx: object) -> Str: ...
    def __reversed__(self) -> Str: ...
    def length(self) -> Int:
        """Return the number of elements, of keys, of characters."""

    def contains(self, other: StrLike) -> Bool:
        """Return whether the value is in the container: an element of a list, a key of a dict, a part of a text."""

    def format(self, *args: object, **kwargs: object) -> Str:
        """The text with its {fields} filled in."""

    def capitalize(self) -> Str:
        """Return the text with its first character in upper case and the rest in lower case."""

    def center(self, width: IntLike, fillchar: StrLike = " ") -> Str:
        """Return the text in the middle of `width` characters."""

    def count(self, sub: StrLike) -> Int:
        """Return how often `sub` is in the text, without overlap."""

    def endswith(self, suffix: StrLike) -> Bool:
        """Return whether the text ends with `suffix`."""

    def expandtabs(self, tabsize: IntLike = 8) -> Str:
        """Return the text with tabs filled up with spaces."""

    def find(self, sub: StrLike) -> Int:
        """Return where `sub` is first in the text; -1 where it is not."""

    def isalnum(self) -> Bool:
        """Return whether all characters are letters or digits, and there is one."""

    def isalpha(self) -> Bool:
        """Return whether all characters are letters, and there is one."""

    def isdigit(self) -> Bool:
        """Return whether all characters are digits, and there is one."""

    def islower(self) -> Bool:
        """Return whether all letters are in lower case, and there is one."""

    def isspace(self) -> Bool:
        """Return whether all characters are white space, and there is one."""

    def istitle(self) -> Bool:
        """Return whether each word starts in upper case and goes on in lower case."""

    def isupper(self) -> Bool:
        """Return whether all letters are in upper case, and there is one."""

    def join(self, strings: StrListLike) -> Str:
        """Return the strings joined, with this text between them."""

    def ljust(self, width: IntLike, fillchar: StrLike = " ") -> Str:
        """Return the text at the left of `width` characters."""

    def lower(self) -> Str:
        """Return the text in lower case."""

    def lstrip(self, chars: StrLike | None = None) -> Str:
        """Return the text without these characters, or white space, at its start."""

    def partition(self, sep: StrLike) -> Tuple[Str, Str, Str]:
        """Return what is before the first `sep`, it, and what is after it."""

    def replace(self, old: StrLike, new: StrLike, count: IntLike = -1) -> Str:
        """Return the text with the first `count` of `old`, or all, replaced by `new`."""

    def rfind(self, sub: StrLike) -> Int:
        """Return where `sub` is last in the text; -1 where it is not."""

    def rjust(self, width: IntLike, fillchar: StrLike = " ") -> Str:
        """Return the text at the right of `width` characters."""

    def rpartition(self, sep: StrLike) -> Tuple[Str, Str, Str]:
        """Return what is before the last `sep`, it, and what is after it."""

    def rsplit(self, sep: StrLike | None = None, maxsplit: IntLike = -1) -> List[Str]:
        """Return the parts between `sep`, or white space; at most `maxsplit` splits, from the right."""

    def rstrip(self, chars: StrLike | None = None) -> Str:
        """Return the text without these characters, or white space, at its end."""

    def split(self, sep: StrLike | None = None, maxsplit: IntLike = -1) -> List[Str]:
        """Return the parts between `sep`, or white space; at most `maxsplit` splits."""

    def splitlines(self) -> List[Str]:
        """Return the lines."""

    def startswith(self, prefix: StrLike) -> Bool:
        """Return whether the text starts with `prefix`."""

    def strip(self, chars: StrLike | None = None) -> Str:
        """Return the text without these characters, or white space, at both ends."""

    def swapcase(self) -> Str:
        """Return the text with upper and lower case swapped."""

    def title(self) -> Str:
        """Return the text with each word starting in upper case."""

    def upper(self) -> Str:
        """Return the text in upper case."""

    def zfill(self, width: IntLike) -> Str:
        """Return the text filled up to `width` characters with zeros, after a sign."""

    @overload
    def __add__(self, other: StrLike) -> Str: ...
    @overload
    def __add__(self, other: Any) -> Any: ...
    def __radd__(self, other: StrLike) -> Str: ...
    @overload
    def __mul__(self, other: IntLike) -> Str: ...
    @overload
    def __mul__(self, other: Any) -> Any: ...
    def __rmul__(self, other: IntLike) -> Str: ...
    @overload
    def __lt__(self, other: StrLike) -> Bool: ...
    @overload
    def __lt__(self, other: Any) -> Bool: ...
    @overload
    def __le__(self, other: StrLike) -> Bool: ...
    @overload
    def __le__(self, other: Any) -> Bool: ...
    @overload
    def __gt__(self, other: StrLike) -> Bool: ...
    @overload
    def __gt__(self, other: Any) -> Bool: ...
    @overload
    def __ge__(self, other: StrLike) -> Bool: ...
    @overload
    def __ge__(self, other: Any) -> Bool: ...
    @overload
    def __eq__(self, other: StrLike) -> Bool: ...
    @overload
    def __eq__(self, other: Any) -> Bool: ...
    @overload
    def __eq__(self, other: object) -> _Incomparable: ...
    @overload
    def __ne__(self, other: StrLike) -> Bool: ...
    @overload
    def __ne__(self, other: Any) -> Bool: ...
    @overload
    def __ne__(self, other: object) -> _Incomparable: ...

class Struct(_Proxy):
    """A record: `Struct[{"a": Int, "b": Str}]` has an Int called a and a Str called b."""

    def __init__(self, **kwargs: object) -> None: ...
    def __getattr__(self, name: str) -> Untyped: ...
    def __class_getitem__(cls, params: Untyped) -> type[Untyped]: ...

class Timedelta(_Proxy):
    """A span of time."""

    def __init__(
        self,
        days: FloatLike = 0,
        seconds: FloatLike = 0,
        microseconds: FloatLike = 0,
        milliseconds: FloatLike = 0,
        minutes: FloatLike = 0,
        hours: FloatLike = 0,
        weeks: FloatLike = 0,
    ) -> None: ...
    def total_seconds(self) -> Float:
        """Return the length in seconds."""

    @property
    def days(self) -> Int:
        """The whole days; less than 0 of a span back in time."""

    @property
    def seconds(self) -> Int:
        """The seconds beyond the whole days, 0 to 86399."""

    @property
    def microseconds(self) -> Int:
        """The microseconds beyond the whole seconds, 0 to 999999."""

    @overload
    def __add__(self, other: Timedelta | datetime.timedelta) -> Timedelta: ...
    @overload
    def __add__(self, other: DatetimeLike) -> Datetime: ...
    @overload
    def __add__(self, other: Any) -> Any: ...
    @overload
    def __radd__(self, other: Timedelta | datetime.timedelta) -> Timedelta: ...
    @overload
    def __radd__(self, other: DatetimeLike) -> Datetime: ...
    @overload
    def __rsub__(self, other: Timedelta | datetime.timedelta) -> Timedelta: ...
    @overload
    def __rsub__(self, other: DatetimeLike) -> Datetime: ...
    @overload
    def __sub__(self, other: Timedelta | datetime.timedelta) -> Timedelta: ...
    @overload
    def __sub__(self, other: Any) -> Any: ...
    @overload
    def __mod__(self, other: Timedelta | datetime.timedelta) -> Timedelta: ...
    @overload
    def __mod__(self, other: Any) -> Any: ...
    @overload
    def __mul__(self, other: IntLike | Float | float) -> Timedelta: ...
    @overload
    def __mul__(self, other: Any) -> Any: ...
    def __rmul__(self, other: IntLike | Float | float) -> Timedelta: ...
    @overload
    def __truediv__(self, other: Timedelta | datetime.timedelta) -> Float: ...
    @overload
    def __truediv__(self, other: IntLike | Float | float) -> Timedelta: ...
    @overload
    def __truediv__(self, other: Any) -> Any: ...
    @overload
    def __floordiv__(self, other: Timedelta | datetime.timedelta) -> Int: ...
    @overload
    def __floordiv__(self, other: IntLike) -> Timedelta: ...
    @overload
    def __floordiv__(self, other: Any) -> Any: ...
    def __neg__(self) -> Timedelta: ...
    def __pos__(self) -> Timedelta: ...
    def __abs__(self) -> Timedelta: ...
    @overload
    def __lt__(self, other: Timedelta | datetime.timedelta) -> Bool: ...
    @overload
    def __lt__(self, other: Any) -> Bool: ...
    @overload
    def __le__(self, other: Timedelta | datetime.timedelta) -> Bool: ...
    @overload
    def __le__(self, other: Any) -> Bool: ...
    @overload
    def __gt__(self, other: Timedelta | datetime.timedelta) -> Bool: ...
    @overload
    def __gt__(self, other: Any) -> Bool: ...
    @overload
    def __ge__(self, other: Timedelta | datetime.timedelta) -> Bool: ...
    @overload
    def __ge__(self, other: Any) -> Bool: ...
    @overload
    def __eq__(self, other: Timedelta | datetime.timedelta) -> Bool: ...
    @overload
    def __eq__(self, other: Any) -> Bool: ...
    @overload
    def __eq__(self, other: object) -> _Incomparable: ...
    @overload
    def __ne__(self, other: Timedelta | datetime.timedelta) -> Bool: ...
    @overload
    def __ne__(self, other: Any) -> Bool: ...
    @overload
    def __ne__(self, other: object) -> _Incomparable: ...

class Tuple(_Proxy, tuple[*Ts], Generic[*Ts]):
    """A tuple. Its length is known, so it can be unpacked, iterated and indexed like Python's."""

    def __init__(self, iterable: object) -> None: ...
    def length(self) -> Int:
        """Return the number of elements, of keys, of characters."""

    def __add__(self, other: object) -> Untyped: ...
    def __radd__(self, other: object) -> Untyped: ...
    @overload
    def __lt__(self, other: Tuple[*Ts]) -> Bool: ...
    @overload
    def __lt__(self, other: Any) -> Bool: ...
    @overload
    def __le__(self, other: Tuple[*Ts]) -> Bool: ...
    @overload
    def __le__(self, other: Any) -> Bool: ...
    @overload
    def __gt__(self, other: Tuple[*Ts]) -> Bool: ...
    @overload
    def __gt__(self, other: Any) -> Bool: ...
    @overload
    def __ge__(self, other: Tuple[*Ts]) -> Bool: ...
    @overload
    def __ge__(self, other: Any) -> Bool: ...
    @overload
    def __eq__(self, other: Tuple[*Ts]) -> Bool: ...
    @overload
    def __eq__(self, other: Any) -> Bool: ...
    @overload
    def __eq__(self, other: object) -> _Incomparable: ...
    @overload
    def __ne__(self, other: Tuple[*Ts]) -> Bool: ...
    @overload
    def __ne__(self, other: Any) -> Bool: ...
    @overload
    def __ne__(self, other: object) -> _Incomparable: ...

class _KnownDict1(KnownDict[Str, Any]):
    @overload
    def __getitem__(self, key: Literal["id"]) -> Str: ...
    @overload
    def __getitem__(self, key: Literal["name"]) -> Str: ...
    @overload
    def __getitem__(self, key: Literal["data_range"]) -> Tuple[Float, Float]: ...
    @overload
    def __getitem__(self, key: StrLike) -> Any: ...

class _KnownDict2(KnownDict[Str, Any]):
    @overload
    def __getitem__(self, key: Literal["id"]) -> Str: ...
    @overload
    def __getitem__(self, key: Literal["date"]) -> Datetime: ...
    @overload
    def __getitem__(self, key: Literal["product"]) -> Str: ...
    @overload
    def __getitem__(self, key: Literal["crs"]) -> Str: ...
    @overload
    def __getitem__(self, key: Literal["geotrans"]) -> Tuple[Float, Float, Float, Float, Float, Float]: ...
    @overload
    def __getitem__(self, key: StrLike) -> Any: ...

class _KnownDict3(KnownDict[Str, Any]):
    @overload
    def __getitem__(self, key: Literal["id"]) -> Str: ...
    @overload
    def __getitem__(self, key: Literal["product"]) -> Str: ...
    @overload
    def __getitem__(self, key: Literal["date"]) -> Datetime: ...
    @overload
    def __getitem__(self, key: Literal["crs"]) -> Str: ...
    @overload
    def __getitem__(self, key: Literal["geotrans"]) -> Tuple[Float, Float, Float, Float, Float, Float]: ...
    @overload
    def __getitem__(self, key: StrLike) -> Any: ...

Ellipsis: EllipsisType

@overload
def arccos(obj: FloatLike) -> Float:
    """The inverse cosine in radians; masked beyond -1 to 1."""

@overload
def arccos(obj: Image | FloatLike) -> Image: ...
@overload
def arccos(obj: _Imagery | FloatLike) -> ImageCollection: ...
@overload
def arccos(obj: Any) -> Any: ...
@overload
def arcsin(obj: FloatLike) -> Float:
    """The inverse sine in radians; masked beyond -1 to 1."""

@overload
def arcsin(obj: Image | FloatLike) -> Image: ...
@overload
def arcsin(obj: _Imagery | FloatLike) -> ImageCollection: ...
@overload
def arcsin(obj: Any) -> Any: ...
@overload
def arctan(obj: FloatLike) -> Float:
    """The inverse tangent, in radians."""

@overload
def arctan(obj: Image | FloatLike) -> Image: ...
@overload
def arctan(obj: _Imagery | FloatLike) -> ImageCollection: ...
@overload
def arctan(obj: Any) -> Any: ...
@overload
def arctan2(y: NumberLike, x: NumberLike) -> Float:
    """Return the angle of the point (x, y) in radians, from -pi to pi."""

@overload
def arctan2(y: Image | NumberLike, x: Image | NumberLike) -> Image: ...
@overload
def arctan2(y: _Imagery | NumberLike, x: _Imagery | NumberLike) -> ImageCollection: ...
def concat(*imagery: _Imagery) -> ImageCollection:
    """Return a collection of all the images, one after the other; empty ones are left out."""

@overload
def conv2d(obj: Image, filt: Kernel) -> Image:
    """Return imagery whose pixels are the sums of those around each, times the weights of a kernel."""

@overload
def conv2d(obj: _Imagery, filt: Kernel) -> ImageCollection: ...
@overload
def cos(obj: FloatLike) -> Float:
    """The cosine of radians."""

@overload
def cos(obj: Image | FloatLike) -> Image: ...
@overload
def cos(obj: _Imagery | FloatLike) -> ImageCollection: ...
@overload
def cos(obj: Any) -> Any: ...

e: Float

@overload
def exp(obj: FloatLike) -> Float:
    """e to the power of x; masked where that is too large."""

@overload
def exp(obj: Image | FloatLike) -> Image: ...
@overload
def exp(obj: _Imagery | FloatLike) -> ImageCollection: ...
@overload
def exp(obj: Any) -> Any: ...
def ifelse(condition: BoolLike, true_value: Untyped, false_value: Untyped) -> Untyped:
    """Return one of two values of the same type; the one that is not needed is not computed."""

inf: Float

def load_geojson(geojson: object) -> Untyped:
    """Return the shape that a GeoJSON object, or one with `__geo_interface__`, stands for, by its type."""

def load_geojson_file(path: str | Path) -> Untyped:
    """Return the shape that a GeoJSON file holds, by its type."""

@overload
def log(obj: FloatLike) -> Float:
    """The natural logarithm; masked where not positive."""

@overload
def log(obj: Image | FloatLike) -> Image: ...
@overload
def log(obj: _Imagery | FloatLike) -> ImageCollection: ...
@overload
def log(obj: Any) -> Any: ...
@overload
def log10(obj: FloatLike) -> Float:
    """The logarithm to base 10; masked where not positive."""

@overload
def log10(obj: Image | FloatLike) -> Image: ...
@overload
def log10(obj: _Imagery | FloatLike) -> ImageCollection: ...
@overload
def log10(obj: Any) -> Any: ...
@overload
def log1p(obj: FloatLike) -> Float:
    """log(1 + x), precise near 0; masked where not above -1."""

@overload
def log1p(obj: Image | FloatLike) -> Image: ...
@overload
def log1p(obj: _Imagery | FloatLike) -> ImageCollection: ...
@overload
def log1p(obj: Any) -> Any: ...
@overload
def log2(obj: FloatLike) -> Float:
    """The logarithm to base 2; masked where not positive."""

@overload
def log2(obj: Image | FloatLike) -> Image: ...
@overload
def log2(obj: _Imagery | FloatLike) -> ImageCollection: ...
@overload
def log2(obj: Any) -> Any: ...

nan: Float

@overload
def normalized_difference(x: Image, y: Image) -> Image:
    """Return (x - y) / (x + y)."""

@overload
def normalized_difference(x: ImageCollection, y: Image | ImageCollection) -> ImageCollection: ...
@overload
def normalized_difference(x: Untyped, y: Untyped) -> Untyped: ...
def parameter(name: str, type_: type[T]) -> T:
    """Return a proxy for a value that is given by its name when the computation runs."""

pi: Float

def proxify(obj: object) -> _Proxy:
    """Return a Python value as a proxy of the type that fits it."""

def range(start: IntLike | None = None, stop: IntLike | None = None, step: IntLike = 1) -> List[Int]:
    """Return the integers from `start` up to, not including, `stop`, as a List; of one number, those from 0."""

@overload
def sin(obj: FloatLike) -> Float:
    """The sine of radians."""

@overload
def sin(obj: Image | FloatLike) -> Image: ...
@overload
def sin(obj: _Imagery | FloatLike) -> ImageCollection: ...
@overload
def sin(obj: Any) -> Any: ...
@overload
def sqrt(obj: FloatLike) -> Float:
    """The square root; masked where negative."""

@overload
def sqrt(obj: Image | FloatLike) -> Image: ...
@overload
def sqrt(obj: _Imagery | FloatLike) -> ImageCollection: ...
@overload
def sqrt(obj: Any) -> Any: ...
@overload
def square(obj: FloatLike) -> Float:
    """x * x."""

@overload
def square(obj: Image | FloatLike) -> Image: ...
@overload
def square(obj: _Imagery | FloatLike) -> ImageCollection: ...
@overload
def square(obj: Any) -> Any: ...
@overload
def tan(obj: FloatLike) -> Float:
    """The tangent of radians."""

@overload
def tan(obj: Image | FloatLike) -> Image: ...
@overload
def tan(obj: _Imagery | FloatLike) -> ImageCollection: ...
@overload
def tan(obj: Any) -> Any: ...
@overload
def where(condition: Image | NumberLike, x: Image | NumberLike, y: Image | NumberLike) -> Image:
    """Return imagery that is `x` where the condition is True, or not 0, else `y`; masked where the condition or the
    chosen one is."""

@overload
def where(condition: _Imagery | NumberLike, x: _Imagery | NumberLike, y: _Imagery | NumberLike) -> ImageCollection: ...
def zip(*sequences: Untyped) -> Untyped:
    """Return Tuples of the elements at the same place, as a List; as many as the shortest has. Lists, texts, collections (by image) and images (by band) can be zipped."""

__all__ = [
    "AllAuthenticatedUsers",
    "Any",
    "Anybody",
    "Array",
    "Bool",
    "Client",
    "DType",
    "Datetime",
    "Dict",
    "Ellipsis",
    "EllipsisType",
    "Feature",
    "FeatureCollection",
    "Float",
    "Function",
    "GeoContext",
    "Geometry",
    "GeometryCollection",
    "Image",
    "ImageCollection",
    "ImageCollectionGroupby",
    "Int",
    "Job",
    "Kernel",
    "KnownDict",
    "List",
    "MaskedArray",
    "NoneType",
    "Organization",
    "ProxyTypeError",
    "Scalar",
    "Slice",
    "Str",
    "Struct",
    "Timedelta",
    "Tuple",
    "UserEmail",
    "VersionedGraft",
    "VizOption",
    "Workflow",
    "XYZ",
    "XYZLogListener",
    "arccos",
    "arcsin",
    "arctan",
    "arctan2",
    "compute",
    "concat",
    "conv2d",
    "cos",
    "e",
    "exceptions",
    "exp",
    "ifelse",
    "inf",
    "inspect",
    "load_geojson",
    "load_geojson_file",
    "log",
    "log10",
    "log1p",
    "log2",
    "nan",
    "normalized_difference",
    "numpy",
    "open",
    "parameter",
    "pi",
    "proxify",
    "publish",
    "range",
    "scenes",
    "serve",
    "sin",
    "sqrt",
    "square",
    "tan",
    "use",
    "where",
    "widgets",
    "wmts_url",
    "zip",
]
