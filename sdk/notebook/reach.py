"""Reaching a server of the kernel's machine from a browser that may be on another."""

from __future__ import annotations

from functools import cache
from ipaddress import ip_address
from urllib.parse import urlsplit

__all__ = ["make_reachable"]


def make_reachable(url: str) -> None:
    """Let the notebook's page fetch what is at a loopback address of the kernel's machine.

    The browser is on that machine at times, and at times it is not: JupyterHub, VS Code over SSH, Colab. Requests of
    the page to the server's port go through the connection that the notebook has with its kernel. Nothing happens
    for addresses that any machine reaches, and outside of notebooks.
    """
    parts = urlsplit(url)
    if parts.port and _is_loopback(parts.hostname or "") and _in_kernel():
        _bridge(parts.port)


@cache
def _bridge(port: int) -> None:
    import jupyter_loopback

    jupyter_loopback.enable_comm_bridge()
    jupyter_loopback.intercept_localhost(port)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _in_kernel() -> bool:
    from sdk.service.job_progress import in_notebook

    return in_notebook()
