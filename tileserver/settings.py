"""Settings: what an operator chooses, read once from the environment, a TOML file and the command line."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    IPvAnyNetwork,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from graft_eval.limits import Limits
from graft_eval.raster.access import RemoteAccess
from tileserver.setting_sources import check_environment, config_file, read_toml
from tileserver.setting_values import (
    Folder,
    check_database,
    check_issuer,
    check_positive,
    check_public_url,
    check_redis,
    check_signers,
    check_smtp,
    read_size,
    split,
)

__all__ = ["Settings", "usual_workers"]


def _default_data_dir() -> Path:
    return platformdirs.user_data_path("graftile", appauthor=False)


def _quarter_of_memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4


def _usable_cores() -> int:
    """Return the cores that this process may use: fewer than the machine's under `taskset`, or in a cpuset."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def usual_workers(cores: int) -> int:
    """Return how many processes make use of so many cores: threads of one are in each other's way already.

    >>> [usual_workers(cores) for cores in (1, 2, 4, 8, 12)]
    [1, 2, 4, 4, 6]
    """
    return max(min(cores, 4), cores // 2)


class Settings(BaseSettings):
    """All settings of a server, each from `GRAFTILE_<NAME>` or its name in the TOML file.

    The file is the one that `GRAFTILE_CONFIG` names, else `graftile.toml` in the data folder, else in the
    current one. What is given by code or the command line wins over the environment, that over the file.
    Limits are `GRAFTILE_LIMITS__SCENES=100`, and in the file a table `[limits]`.

    >>> Settings(port=8080, limits={"scenes": 100}).limits.scenes
    100
    """

    model_config = SettingsConfigDict(
        env_prefix="GRAFTILE_", env_nested_delimiter="__", env_ignore_empty=True, extra="forbid", frozen=True
    )

    host: str = Field(default="127.0.0.1", description="Address to bind; other machines reach any but a loopback one.")
    port: int = Field(default=8000, ge=0, le=65535, description="TCP port to bind; 0 takes a free one.")
    data_dir: Folder = Field(
        default_factory=_default_data_dir, description="Folder of all that the server keeps; made when missing."
    )
    database_url: Annotated[str, AfterValidator(check_database)] = Field(
        default="", description="SQLAlchemy URL of the database; empty is SQLite in the data folder."
    )
    public_url: Annotated[str, AfterValidator(check_public_url)] = Field(
        default="",
        description="Root of absolute URLs in answers; empty takes the request's Host.",
    )
    asset_roots: Annotated[tuple[Folder, ...], NoDecode, BeforeValidator(split("," + os.pathsep))] = Field(
        default=(), description="Folders besides those given to `catalog add` in which images' files may lie."
    )
    asset_hosts: Annotated[tuple[str, ...], NoDecode, BeforeValidator(split(","))] = Field(
        default=(),
        description="Hosts (`name` or `name:port`) that images' files and STAC documents may come from, and buckets "
        "(`s3://name`) of files.",
    )
    asset_signers: Annotated[tuple[str, ...], NoDecode, BeforeValidator(split(",")), AfterValidator(check_signers)] = (
        Field(
            default=(),
            description="Who gives tokens for files' hosts: `*.blob.core.windows.net=https://host/{account}/{container}`.",
        )
    )
    api_seconds: PositiveInt = Field(
        default=3600, description="Seconds after which what a STAC API has answered is asked for again."
    )
    api_items: PositiveInt = Field(
        default=5000, description="Items that one search of a STAC API may give; logs say where there are more."
    )
    auth: Literal["none", "token", "oidc"] = Field(
        default="none",
        description="How callers are identified: none (everyone is the local user), token (by tokens of `graftile "
        "token create`), or oidc (by tokens of the OpenID Connect issuer).",
    )
    allow_remote: bool = Field(
        default=False, description="Bind an address that other machines reach although auth is none."
    )
    oidc_issuer: Annotated[str, AfterValidator(check_issuer)] = Field(
        default="", description="URL of the issuer of tokens, as their claim `iss` says it."
    )
    oidc_audience: str = Field(default="", description="Audience that the tokens' claim `aud` must hold.")
    oidc_email_claim: str = Field(default="email", description="The tokens' claim that is the user's email address.")
    oidc_org_claim: str = Field(default="org", description="The tokens' claim that is the user's organization.")
    trusted_proxies: Annotated[tuple[IPvAnyNetwork, ...], NoDecode, BeforeValidator(split(","))] = Field(
        default=(),
        description="Addresses or networks of proxies whose Forwarded and X-Forwarded-* headers name the public URL.",
    )
    tile_matrix_sets: Annotated[tuple[Folder, ...], NoDecode, BeforeValidator(split("," + os.pathsep))] = Field(
        default=(), description="Files of OGC TileMatrixSet JSON, or folders of them, that WMTS serves, too."
    )
    cache_bytes: Annotated[int, BeforeValidator(read_size)] = Field(
        default_factory=_quarter_of_memory, ge=0, description="Memory for decoded blocks of images: bytes, or as `2GB`."
    )
    threads: PositiveInt = Field(
        default_factory=_usable_cores,
        description="Threads that evaluate, one more for callers who have nothing else under way, and as many that "
        "read local files; remote ones have 64 of their own.",
    )
    workers: PositiveInt = Field(
        default_factory=lambda: usual_workers(_usable_cores()),
        description="Processes that serve, one for each core up to 4, then for each 2; they share threads, memory, "
        "queue and rates evenly.",
    )
    queue: PositiveInt = Field(default=256, description="Requests that may wait for a thread; more are answered 503.")
    user_requests_per_second: NonNegativeFloat = Field(
        default=0.0, description="Requests that a user may send a second, those of 10 seconds at once; 0 is any number."
    )
    address_requests_per_second: NonNegativeFloat = Field(
        default=0.0, description="The same for an address, of callers who have not signed in."
    )
    access_log: bool = Field(default=False, description="Write a line of JSON to stdout for each request.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe level of what the server says of itself on stderr."
    )
    tile_seconds: PositiveFloat = Field(default=30.0, description="Longest time that one tile may take, in seconds.")
    inspect_seconds: PositiveFloat = Field(
        default=60.0, description="Longest time that one inspect may take, in seconds."
    )
    job_processes: NonNegativeInt = Field(
        default_factory=_usable_cores,
        description="Processes that compute jobs, started with the first; 0 leaves jobs to other servers.",
    )
    scheduler: str = Field(
        default="", description="Address of a Dask scheduler, as tcp://host:8786, whose workers compute jobs instead."
    )
    job_seconds: PositiveFloat = Field(default=1800.0, description="Longest time that one job may run, in seconds.")
    job_pixels: PositiveInt = Field(
        default=10_000_000_000, description="Pixels of all bands that one job may save, block by block."
    )
    user_jobs: PositiveInt = Field(default=120, description="Unfinished jobs that one user may have.")
    result_days: PositiveInt = Field(default=10, description="Days after which jobs and their results are deleted.")
    inspect_bytes: Annotated[PositiveInt, BeforeValidator(read_size)] = Field(
        default_factory=_quarter_of_memory, description="Memory for the results of all inspects together: as `2GB`."
    )
    export_roots: Annotated[tuple[Folder, ...], NoDecode, BeforeValidator(split("," + os.pathsep))] = Field(
        default=(), description="Folders below which results of jobs may be written (destination `file:///…`)."
    )
    export_urls: Annotated[tuple[str, ...], NoDecode, BeforeValidator(split(","))] = Field(
        default=(), description="URLs (`s3://bucket/prefix`, `gs:`, `az:`) below which results of jobs may be written."
    )
    smtp_url: Annotated[str, AfterValidator(check_smtp)] = Field(
        default="",
        repr=False,
        description="Mail server, `smtp://user:password@host:port` or `smtps:`; empty: no email.",
    )
    email_sender: str = Field(default="graftile@localhost", description="Address that email is sent from.")
    redis_url: Annotated[str, AfterValidator(check_redis)] = Field(
        default="",
        repr=False,
        description="Redis or Valkey, `redis://user:password@host:port/0`, `rediss:` or `unix:`, in which servers "
        "share the pictures that they draw; empty: each draws its own.",
    )
    body_bytes: Annotated[PositiveInt, BeforeValidator(read_size)] = Field(
        default=16 << 20, description="Largest body of a request: bytes, or as `16MiB`."
    )
    limits: Annotated[Limits, AfterValidator(check_positive)] = Field(
        default_factory=Limits, description="Bounds on what one evaluation may cost."
    )

    @model_validator(mode="after")
    def _check_auth(self) -> Settings:
        if self.auth == "oidc" and not (self.oidc_issuer and self.oidc_audience):
            raise ValueError("with auth = oidc, oidc_issuer and oidc_audience must be given")
        return self

    @property
    def access(self) -> RemoteAccess:
        """The other machines that files are read from."""
        signers = tuple((host.lower(), url) for host, _, url in (one.partition("=") for one in self.asset_signers))
        hosts = frozenset(host.lower() for host in self.asset_hosts)
        return RemoteAccess(hosts, signers, self.data_dir / "headers")

    @property
    def database(self) -> str:
        """The SQLAlchemy URL of the database in use."""
        return self.database_url or f"sqlite:///{self.data_dir / 'graftile.sqlite'}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: given values, the environment, the TOML file."""
        check_environment(settings_cls.model_fields)
        given: dict[str, Any] = {**env_settings(), **init_settings()}
        toml = InitSettingsSource(settings_cls, read_toml(cls.config_file(given.get("data_dir"))))
        return init_settings, env_settings, toml

    @staticmethod
    def config_file(data_dir: str | Path | None) -> Path:
        """Return the TOML file that is read with a data folder; None is the default one."""
        return config_file(Path(data_dir or _default_data_dir()).expanduser())
