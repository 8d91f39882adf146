"""Computation of proxy objects at once: one request, one answer."""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, BinaryIO
from urllib.parse import quote

from sdk.contract import arrow
from sdk.contract.formats import accept_of
from sdk.contract.results import ImageCollectionResult, ImageResult
from sdk.language.proxy import Proxy
from sdk.service.catalog_ids import catalog_ids
from sdk.service.client import TIME_LIMIT, Client, default_client
from sdk.service.exceptions import GraftileError, JobTimeoutError, RequestTimeout, ServiceUnavailable
from sdk.service.files import open_for_bytes
from sdk.service.requests import as_proxy, request_body

__all__ = ["inspect"]


def inspect(
    obj: Proxy | Sequence[Proxy],
    geoctx: object = None,
    format: str | Mapping[str, object] = "pyarrow",
    file: str | os.PathLike[str] | BinaryIO | None = None,
    cache: bool = True,
    timeout: float | None = 60,
    client: Client | None = None,
    **arguments: Any,
) -> Any:
    """Compute an object, or a list or tuple of objects, and return its value.

    `geoctx` is the grid of the pixels, as in `wf.compute`; what has nothing to do with places needs none.
    `arguments` are the values of the parameters that the object depends on, or of the arguments that it takes.

    In the format "pyarrow" numbers, strings, dates and containers are Python's, imagery is an `ImageResult` or an
    `ImageCollectionResult`; other formats give bytes. With `file`, a path or a file open for bytes, the bytes are
    written to it, and None is returned. A result without images is
    told by a warning, with the period that there is. Without `cache`, nothing that was computed before is used.

    Raises TypeError for what has no value to send and for arguments that do not exist or have another type,
    ValueError for arguments that are missing or depend on parameters, `JobTimeoutError` when `timeout` seconds
    pass, `JobComputeError` when the object cannot be computed.

        wf.inspect((image.mean(), wf.Int(1) + 1), geoctx)
        # (0.27, 2)
    """
    proxy = as_proxy(obj)
    accept = accept_of(format)
    body = request_body(proxy, geoctx, arguments)
    data = _fetch(client or default_client(), body, accept, cache, math.inf if timeout is None else timeout)
    if file is not None:
        with open_for_bytes(file) as target:
            target.write(data)
        return None
    if not accept.startswith(arrow.MEDIA_TYPE):
        return data
    value = arrow.read(data)
    if isinstance(value, (ImageResult, ImageCollectionResult)) and not value.bandinfo:
        warnings.warn(_explain_nothing(client or default_client(), body["graft"]), stacklevel=3)
    return list(value) if isinstance(obj, list) else value


def _explain_nothing(client: Client, graft: Mapping[str, Any]) -> str:
    """Say that a result has no images, and which periods its products have images of."""
    periods = []
    for kind, id in dict.fromkeys(catalog_ids(graft)):
        with suppress(GraftileError):
            record = client.get(f"/api/catalog/{kind}/{quote(id, safe=':')}")
            if first := record.get("start_datetime"):
                periods.append(f"{id} has images from {first[:10]} to {record['end_datetime'][:10]}")
    return f"the result is empty: no image is in this place and period{': ' if periods else ''}{', '.join(periods)}"


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
