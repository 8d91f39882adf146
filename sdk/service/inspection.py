"""Computation of proxy objects at once: one request, one answer."""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

from sdk.contract import arrow
from sdk.contract.formats import accept_of
from sdk.language.function import Function
from sdk.language.generic import GenericProxy, type_name
from sdk.language.proxify import proxify
from sdk.language.proxy import TYPES, Proxy
from sdk.service.client import TIME_LIMIT, Client, default_client
from sdk.service.computation import Computation, arguments_json, geoctx_json
from sdk.service.exceptions import JobTimeoutError, RequestTimeout, ServiceUnavailable

__all__ = ["inspect"]


def inspect(
    obj: Proxy | Sequence[Proxy],
    geoctx: Proxy | None = None,
    format: str | Mapping[str, object] = "pyarrow",
    file: str | os.PathLike[str] | BinaryIO | None = None,
    cache: bool = True,
    timeout: float | None = 60,
    client: Client | None = None,
    **arguments: Any,
) -> Any:
    """Compute an object, or a list or tuple of objects, and return its value.

    `geoctx` is the GeoContext whose pixels are computed; what has nothing to do with places needs none.
    `arguments` are the values of the parameters that the object depends on, or of the arguments that it takes.

    In the format "pyarrow" numbers, strings, dates and containers are Python's, imagery is an `ImageResult` or an
    `ImageCollectionResult`; other formats give bytes. With `file`, a path or a file open for bytes, the bytes are
    written to it, and None is returned. Without `cache`, nothing that was computed before is used.

    Raises TypeError for what has no value to send and for arguments that do not exist or have another type,
    ValueError for arguments that are missing or depend on parameters, `JobTimeoutError` when `timeout` seconds
    pass, `JobComputeError` when the object cannot be computed.

        wf.inspect((image.mean(), wf.Int(1) + 1), geoctx)
        # (0.27, 2)
    """
    proxy = _as_proxy(obj)
    accept = accept_of(format)
    body = _body(proxy, geoctx, arguments)
    data = _fetch(client or default_client(), body, accept, cache, math.inf if timeout is None else timeout)
    if file is not None:
        return _write(data, file)
    if not accept.startswith(arrow.MEDIA_TYPE):
        return data
    value = arrow.read(data)
    return list(value) if isinstance(obj, list) else value


def _as_proxy(obj: object) -> Proxy:
    if isinstance(obj, (list, tuple)):
        proxies = [_as_proxy(item) for item in obj]
        tuple_type: Any = TYPES["Tuple"]
        return proxify(tuple_type[tuple(map(type, proxies))](proxies))
    if not isinstance(obj, Proxy):
        raise TypeError(f"a proxy object, or a list or tuple of them, can be computed, not {obj!r}")
    return obj


def _body(obj: Proxy, geoctx: Proxy | None, given: Mapping[str, object]) -> dict[str, Any]:
    if isinstance(obj, Function):
        _check_function(obj, given)
    computation = Computation.of(obj)
    kind: Any = type(computation.object)
    is_function = issubclass(kind, Function)
    _check_has_value(kind.return_type if is_function else kind)
    arguments = arguments_json(kind.kwarg_types if is_function else {}, given)
    missing = [name for name in computation.required if name not in arguments]
    if missing:
        raise ValueError(f"missing values for {', '.join(missing)}: give each as an argument by its name")
    return {**computation.to_json(), "arguments": arguments, "geoctx": geoctx_json(geoctx)}


def _check_function(function: Function, given: Mapping[str, object]) -> None:
    if function.arg_types:
        raise TypeError(
            f"{type_name(type(function))} takes arguments without names: call it, and compute what it gives"
        )
    missing = [name for name in function.kwarg_types if name not in given]
    if missing:
        raise TypeError(f"{type_name(type(function))} has no value without its arguments: {', '.join(missing)}")


def _check_has_value(kind: type[Proxy]) -> None:
    """TypeError for a type whose values cannot be sent, or of which it is not known whether they can."""
    name = type_name(kind)
    if not kind._row.sendable:
        raise TypeError(f"{name} cannot be computed: it has no value outside of a computation")
    if issubclass(kind, GenericProxy):
        parts = kind._made_of()
        if issubclass(kind, TYPES["KnownDict"]):
            parts = tuple(parts[0].values())  # the rest is metadata as catalogs have it: plain values
        for part in parts:
            if part is TYPES["Any"]:
                raise TypeError(f"{name} cannot be computed: say what is in it, instead of Any")
            _check_has_value(part)


def _fetch(client: Client, body: dict[str, Any], accept: str, cache: bool, timeout: float) -> bytes:
    headers = {"Accept": accept} if cache else {"Accept": accept, "Cache-Control": "no-cache"}
    try:
        answer = client.request("POST", "/api/inspect", body=body, headers=headers, timeout=timeout)
    except RequestTimeout as error:
        raise JobTimeoutError(f"the computation took longer than the timeout of {timeout:g} s") from error
    except ServiceUnavailable as error:
        if error.code != TIME_LIMIT:
            raise
        raise JobTimeoutError(str(error)) from error
    if lacking := answer.headers.get("Graftile-Partial"):
        reason = "they cannot be read, or are more than the server's limit: a smaller area or fewer dates have less"
        warnings.warn(f"the result lacks {lacking} scenes: {reason}", stacklevel=4)
    return answer.content


def _write(data: bytes, file: str | os.PathLike[str] | BinaryIO) -> None:
    if isinstance(file, (str, os.PathLike)):
        with open(file, "wb") as opened:
            opened.write(data)
    else:
        file.write(data)
