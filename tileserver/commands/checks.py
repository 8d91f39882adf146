"""Checks of the machine and the installation, for `graftile doctor`."""

from __future__ import annotations

import os
import resource
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.request import getproxies, proxy_bypass

import click
import httpx2
import rasterio
from packaging.requirements import Requirement
from rasterio.errors import RasterioError
from rasterio.warp import transform

from graft_eval.raster.drivers import SERVED
from tileserver.commands.findings import Finding, fault, fine, warning
from tileserver.serving import check_address
from tileserver.setting_values import is_loopback
from tileserver.settings import Settings

__all__ = [
    "check_certificates", "check_gdal", "check_installation", "check_kernels", "check_memory", "check_network",
    "check_places", "check_port", "check_proxies",
]  # fmt: skip

MOUNTS: Final = Path("/proc/self/mountinfo")
MEMORY_LIMITS: Final = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
NETWORK: Final = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "glusterfs", "lustre", "beegfs", "afs", "fuse.")
CERTIFICATES: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "GDAL_CURL_CA_BUNDLE")
COMPILED: Final = "import sys; from graft_eval.kernels import warm; warm(lambda: sys.exit(3))"
UNCOMPILED: Final = 3
ROOM: Final = 1 << 30  # bytes that should be free in the data folder
OPEN_FILES: Final = 1024


def check_installation(settings: Settings) -> Iterator[Finding]:
    """Look for libraries that are missing or too old."""
    wrong = []
    for line in requires("graftile") or ():
        needed = Requirement(line)
        if needed.marker and not (needed.marker.evaluate({"extra": "server"}) or needed.marker.evaluate({"extra": ""})):
            continue
        try:
            if not needed.specifier.contains(found := version(needed.name), prereleases=True):
                wrong.append(f"{needed.name} is {found}, not {needed.specifier}")
        except PackageNotFoundError:
            wrong.append(f"{needed.name} is missing")
    if wrong:
        yield fault("; ".join(wrong), "pip install --upgrade 'graftile[server]'")
    else:
        yield fine(f"graftile {version('graftile')}, Python {sys.version.split()[0]}")


def check_gdal(settings: Settings) -> Iterator[Finding]:
    """Look whether GDAL has the drivers that are served, and PROJ its table of coordinate reference systems."""
    with rasterio.Env() as env:
        lacking = [name for name in SERVED if name not in env.drivers()]
    if lacking:
        skipped = os.environ.get("GDAL_SKIP")
        advice = f"unset GDAL_SKIP={skipped}" if skipped else "install rasterio from its wheels: pip install rasterio"
        yield (fault if "GTiff" in lacking else warning)(f"GDAL lacks the drivers {', '.join(lacking)}", advice)
    try:
        transform("EPSG:32633", "EPSG:4326", [500_000], [5_000_000])
    except (RasterioError, ValueError) as exc:
        named = [f"{name}={os.environ[name]}" for name in ("PROJ_DATA", "PROJ_LIB", "GDAL_DATA") if name in os.environ]
        advice = f"unset {' '.join(named)}" if named else "install rasterio from its wheels: pip install rasterio"
        yield fault(f"PROJ knows no coordinate reference system: {exc}", advice)
        return
    if not lacking:
        yield fine(f"GDAL {rasterio.__gdal_version__}, PROJ {rasterio.__proj_version__}")


def check_kernels(settings: Settings) -> Iterator[Finding]:
    """Look whether the kernels are compiled, in a process of its own."""
    done = subprocess.run([sys.executable, "-c", COMPILED], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        yield fine("compiled")
    elif done.returncode == UNCOMPILED:
        yield warning(
            "they are not compiled, so that the first start takes half a minute",
            "start the server once as its user, with NUMBA_CACHE_DIR set where its own folder cannot be written",
        )
    else:
        yield fault(f"they cannot be loaded: {done.stderr.strip().splitlines()[-1]}", "pip install --upgrade numba")


def check_network(settings: Settings) -> Iterator[Finding]:
    """Look whether an SQLite file lies on another machine, where its locks do not hold."""
    if not settings.database.startswith("sqlite"):
        return
    place = Path(settings.database.removeprefix("sqlite:///")).absolute()
    kind = _file_system_of(place)
    if kind.startswith(NETWORK):
        yield fault(
            f"{place} lies on a network file system ({kind}), where SQLite's locks do not hold",
            "move the data folder to a disk of this machine, or take PostgreSQL (database_url)",
        )
    else:
        yield fine(f"SQLite on {kind or 'an unknown file system'}")


def check_places(settings: Settings) -> Iterator[Finding]:
    """Look whether the folders of the settings are there, and the data folder can be written and has room."""
    for name in ("asset_roots", "tile_matrix_sets", "export_roots"):
        for folder in getattr(settings, name):
            if not os.access(folder, os.R_OK):
                advice = f"mount it, or let the server's user read it; else take it out of {name}"
                yield fault(f"{name} names {folder}, which is not there or cannot be read", advice)
    nearest = next(path for path in (settings.data_dir, *settings.data_dir.parents) if path.exists())
    if not os.access(nearest, os.W_OK) or os.statvfs(nearest).f_flag & os.ST_RDONLY or not nearest.is_dir():
        yield fault(f"{nearest} cannot be written", "give it to the user who serves, or choose another data_dir")
    elif (free := shutil.disk_usage(nearest).free) < ROOM:
        yield warning(f"{nearest} has {free / 1e6:,.0f} MB left", "make room: results of jobs and logs grow there")
    else:
        yield fine(f"{settings.data_dir}, {free / 1e9:,.0f} GB free")


def check_memory(settings: Settings) -> Iterator[Finding]:
    """Look whether the caches fit into the memory, and `ulimit -n` is enough."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for path in MEMORY_LIMITS:
        if path.exists() and (limit := path.read_text().strip()).isdecimal():
            memory = min(memory, int(limit))
    asked = settings.cache_bytes + settings.inspect_bytes
    told = f"cache_bytes and inspect_bytes are {asked / 1e9:,.1f} GB of {memory / 1e9:,.1f} GB"
    if asked > 0.8 * memory:
        yield fault(f"{told}: filled, they end the process", f"set each to {memory // 4 // 10**6}MB")
    else:
        yield fine(told)
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < OPEN_FILES:
        yield warning(f"ulimit -n is {soft}", "ulimit -n 65536, or LimitNOFILE=65536 in the unit of systemd")


def check_port(settings: Settings) -> Iterator[Finding]:
    """Look whether the port is free, or ours; and whether other machines may come in without signing in."""
    where = f"{settings.host} port {settings.port}"
    try:
        check_address(settings)
        yield fine(f"{where} is free")
    except click.ClickException as exc:
        said, _, advice = exc.message.rpartition(": ")
        yield fine(f"a server answers at {where}") if _is_ours(settings) else fault(said, advice)
    if settings.auth == "none" and not is_loopback(settings.host) and not settings.allow_remote:
        yield fault(f"other machines reach {settings.host}, and nobody needs to sign in", "auth = token or oidc")


def check_proxies(settings: Settings) -> Iterator[Finding]:
    """Look whether requests to this machine take a way around it, and whom the settings trust to say who asks."""
    found = {kind: url for kind, url in getproxies().items() if kind in ("http", "https", "all")}
    if found and not proxy_bypass("127.0.0.1"):
        yield fault(
            f"requests to this machine go through {', '.join(found.values())}",
            "NO_PROXY=localhost,127.0.0.1 in the environment",
        )
    else:
        yield fine(", ".join(found.values()) or "none")
    if wide := [str(network) for network in settings.trusted_proxies if "/0" in str(network)]:
        told = f"trusted_proxies is {', '.join(wide)}: anybody may choose the addresses in answers"
        yield fault(told, "name the proxy's own address")


def check_certificates(settings: Settings) -> Iterator[Finding]:
    """Look whether files of certificates that the environment names are there, and can be read as such."""
    named = {name: os.environ[name] for name in CERTIFICATES if os.environ.get(name)}
    broken = False
    for name, path in named.items():
        try:
            is_folder = os.path.isdir(path)
            ssl.create_default_context(cafile=None if is_folder else path, capath=path if is_folder else None)
        except OSError as exc:  # ssl.SSLError is one
            broken, reason = True, exc.strerror or str(exc)
            yield fault(f"{name} names {path}: {reason}", f"unset {name}, or name a file of certificates (PEM)")
    if not broken:
        default = ssl.get_default_verify_paths().cafile or "those of the libraries"
        yield fine(", ".join(f"{name}={path}" for name, path in named.items()) or default)


def _file_system_of(path: Path) -> str:
    """Return the kind of file system that a path lies on, as Linux says it; nothing where it does not."""
    if not MOUNTS.exists():
        return ""
    real, best, kind = os.path.realpath(path), "", ""
    for line in MOUNTS.read_text().splitlines():
        left, _, right = line.partition(" - ")
        mount = left.split()[4].replace("\\040", " ")
        if (real == mount or real.startswith(mount.rstrip("/") + "/")) and len(mount) >= len(best):
            best, kind = mount, right.split()[0]
    return kind


def _is_ours(settings: Settings) -> bool:
    host = "127.0.0.1" if _is_unspecified(settings.host) else settings.host
    try:
        answer = httpx2.get(f"http://{host}:{settings.port}/healthz", timeout=2, trust_env=False)
        return bool(answer.json() == {"status": "ok"})
    except (httpx2.HTTPError, ValueError):
        return False


def _is_unspecified(host: str) -> bool:
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False
