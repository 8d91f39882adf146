"""Functions as values: Python callables traced into grafts."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self, TypeVar, overload

from sdk.graft.errors import ProxyTypeError
from sdk.graft.nodes import Apply, Argument, Builtin, Lambda, Node
from sdk.language.generic import GenericProxy, Params, concrete
from sdk.language.proxify import proxify
from sdk.language.proxy import Proxy, describe

__all__ = ["Function", "trace"]

R = TypeVar("R", bound=Proxy)


def trace(func: Callable[..., Any], types: tuple[type[Proxy], ...]) -> tuple[Function, type[Proxy]]:
    """Call a Python function once, with proxies of the types; return it as a Function, and the type that it gives.

    A `Function` is returned as it is, when it takes these types.
    """
    if isinstance(func, Function):
        expected = func.all_arg_types
        if len(expected) != len(types) or not all(map(_takes, expected, types)):
            given = ", ".join(type_.__name__ for type_ in types)
            raise ProxyTypeError(f"a function of ({given}) is needed, not {type(func).__name__}")
        return func, func.return_type
    names = _names(func, len(types))
    args = dict(zip(names, types, strict=True))
    body, result = _call(func, args, {})
    return concrete(Function, args, result)._from_node(body), result


def _takes(expected: type[Proxy], given: type[Proxy]) -> bool:
    return issubclass(given, expected) or expected.__name__ == "Any" or given.__name__ == "Any"


def _names(func: Callable[..., Any], count: int) -> list[str]:
    """Return the names of a callable's arguments; it must take exactly that many, each without a default."""
    if not callable(func):
        raise ProxyTypeError(f"a function is needed, not {describe(func)}")
    parameters = inspect.signature(func).parameters.values()
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise TypeError(f"a function of the language has named arguments, not {parameter}")
        if parameter.default is not parameter.empty:
            raise TypeError(f"the arguments of a function of the language have no defaults, as {parameter} has")
    names = [parameter.name for parameter in parameters]
    if len(names) != count:
        raise TypeError(f"the function must take {count} arguments, not {len(names)}: ({', '.join(names)})")
    return names


def _call(
    func: Callable[..., Any],
    args: Mapping[str, type[Proxy]],
    kwargs: Mapping[str, type[Proxy]],
    returns: Callable[[object], Proxy] = proxify,
) -> tuple[Lambda, type[Proxy]]:
    """Call a Python function with proxies for its arguments; return it as a node, and the type of what it gave."""
    arguments = {name: Argument(name, type_, bound=True) for name, type_ in {**args, **kwargs}.items()}
    proxies = {name: argument.type._from_node(argument) for name, argument in arguments.items()}
    result = returns(func(*(proxies[name] for name in args), **{name: proxies[name] for name in kwargs}))
    return Lambda(tuple(arguments.values()), result._node), type(result)


class Function(GenericProxy, sendable=False):
    """A function: `Function[Int, {"b": Float}, Bool]` takes an Int by position and a Float called b, and gives a Bool.

    It is made from a Python callable, which is called once with proxies, and may use any proxy around it;
    from another Function; or from the name of a builtin.

    >>> from sdk.language.primitives import Int
    >>> double = Function[{"a": Int}, Int](lambda a: a * 2)
    >>> double(4)
    <Int>
    """

    arg_types: ClassVar[tuple[type[Proxy], ...]] = ()
    kwarg_types: ClassVar[Mapping[str, type[Proxy]]] = {}
    return_type: ClassVar[type[Proxy]] = Proxy

    def __init_subclass__(cls, **row: Any) -> None:
        """Take the signature apart."""
        super().__init_subclass__(**row)
        if cls._params is not None:
            *args, cls.kwarg_types, cls.return_type = cls._params
            cls.arg_types = tuple(args)

    def __init__(self, function: object) -> None:
        self._made_of()
        if isinstance(function, str):
            self._node = Builtin(function)
        else:
            self._node = self._promote(function)._node

    @classmethod
    def _example(cls) -> str:
        return "Function[{'a': Int}, Float]"

    @classmethod
    def _check_params(cls, params: Params) -> None:
        if len(params) < 2 or not isinstance(params[-2], dict):
            raise TypeError(f"a Function is written as {cls._example()}: types, a dict of named types, what it gives")
        super()._check_params((*params[:-2], *params[-2].values(), params[-1]))

    @classmethod
    def _from_proxy(cls, value: Proxy) -> Self | None:
        if not isinstance(value, Function) or cls._params is None:
            return None
        same = len(value.all_arg_types) == len(cls._all()) and all(map(_takes, value.all_arg_types, cls._all()))
        if not same or not issubclass(value.return_type, cls.return_type):
            return None
        if not cls.kwarg_types or tuple(cls.kwarg_types) == tuple(value.kwarg_types):
            return cls._from_node(value._node)
        own = _arguments(cls)  # whoever calls it gives these names
        return cls._from_node(Lambda(own, value(*(argument.type._from_node(argument) for argument in own))._node))

    @classmethod
    def _promote(cls, value: object) -> Self:
        if callable(value) and not isinstance(value, Proxy):
            return cls._from_node(cls._traced(value))
        return super()._promote(value)

    @classmethod
    def _from_value(cls, value: object) -> Self | None:
        return cls._promote(value) if callable(value) else None

    @classmethod
    def _traced(cls, func: Callable[..., Any]) -> Node:
        cls._made_of()
        names = _names(func, len(cls._all()))[: len(cls.arg_types)]
        args = dict(zip(names, cls.arg_types, strict=True))
        return _call(func, args, cls.kwarg_types, cls.return_type._promote)[0]

    @classmethod
    def _all(cls) -> tuple[type[Proxy], ...]:
        return (*cls.arg_types, *cls.kwarg_types.values())

    @property
    def all_arg_types(self) -> tuple[type[Proxy], ...]:
        """The types of all arguments, in order of position."""
        return self._all()

    @overload
    @classmethod
    def from_callable(cls, func: Callable[..., Any], *arg_types: type[Proxy], return_type: type[R]) -> Any: ...
    @overload
    @classmethod
    def from_callable(cls, func: Callable[..., R], *arg_types: type[Proxy], return_type: None = None) -> Any: ...
    @classmethod
    def from_callable(
        cls, func: Callable[..., Any], *arg_types: type[Proxy], return_type: type[Proxy] | None = None
    ) -> Any:
        """Return a Python function as a Function; types that are not given are taken from its annotations.

        >>> from sdk.language.primitives import Float
        >>> Function.from_callable(lambda a, b: a**b, Float, Float)
        <Function[{'a': Float, 'b': Float}, Float]>
        """
        signature = inspect.signature(func, eval_str=True)
        annotated = [parameter.annotation for parameter in signature.parameters.values()]
        types = arg_types or tuple(annotated)
        names = _names(func, len(types))
        for name, type_ in zip(names, types, strict=True):
            if not (isinstance(type_, type) and issubclass(type_, Proxy)):
                raise TypeError(f"the argument {name!r} needs a proxy type: annotate it, or give the types")
        if return_type is None and signature.return_annotation is not signature.empty:
            return_type = signature.return_annotation
        kwarg_types = dict(zip(names, types, strict=True))
        if return_type is not None:
            return concrete(Function, kwarg_types, return_type)(func)
        body, result = _call(func, {}, kwarg_types)
        return concrete(Function, kwarg_types, result)._from_node(body)

    @classmethod
    def from_object(cls, obj: R) -> Any:
        """Return the function of the parameters that an object depends on.

        >>> from sdk import Float, parameter
        >>> Function.from_object(parameter("p", Float) * 2)
        <Function[{'p': Float}, Float]>
        """
        new = {param._name: param._argument for param in obj.params}
        types = {name: argument.type for name, argument in new.items()}
        if not isinstance(obj, Function):
            return concrete(Function, types, type(obj))._from_node(Lambda(tuple(new.values()), obj._node))
        if not new:
            return obj
        if clash := types.keys() & obj.kwarg_types.keys():
            raise ValueError(f"a parameter and an argument of the function have the same name: {', '.join(clash)}")
        signature = (*obj.arg_types, {**types, **obj.kwarg_types}, obj.return_type)
        return concrete(Function, *signature)._from_node(_with_parameters(obj, tuple(new.values())))

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Return what the function gives for these arguments, which become the types that it takes."""
        names = list(self.kwarg_types)
        positional, rest = args[: len(self.arg_types)], args[len(self.arg_types) :]
        given = dict(zip(names, rest, strict=False))
        problem = None
        if len(positional) < len(self.arg_types) or len(rest) > len(names):
            problem = f"takes {len(self.all_arg_types)} arguments, not {len(args) + len(kwargs)}"
        elif twice := given.keys() & kwargs.keys():
            problem = f"got {', '.join(sorted(twice))} twice"
        elif unknown := kwargs.keys() - set(names):
            problem = f"has no argument {', '.join(sorted(unknown))}"
        elif missing := [name for name in names if name not in given and name not in kwargs]:
            problem = f"misses {', '.join(missing)}"
        if problem:
            raise TypeError(f"{type(self).__name__} {problem}")
        by_position = [type_._promote(value)._node for type_, value in zip(self.arg_types, positional, strict=True)]
        given |= kwargs
        by_name = {name: type_._promote(given[name])._node for name, type_ in self.kwarg_types.items()}
        return self.return_type._from_node(Apply(self._node, tuple(by_position), by_name))


def _arguments(type_: type[Function]) -> tuple[Argument, ...]:
    """Return new arguments for a function of the type."""
    by_position = {f"arg_{i}": argument for i, argument in enumerate(type_.arg_types)}
    return tuple(Argument(name, kind, bound=True) for name, kind in (by_position | dict(type_.kwarg_types)).items())


def _with_parameters(function: Function, new: tuple[Argument, ...]) -> Lambda:
    """Return the node of a function that takes the new parameters before its own named ones."""
    count = len(function.arg_types)
    if isinstance(function._node, Lambda):
        own, result = function._node.parameters, function._node.result
    else:
        own = _arguments(type(function))
        named = {argument.name: argument for argument in own[count:]}
        result = Apply(function._node, own[:count], named)
    return Lambda((*own[:count], *new, *own[count:]), result)
