"""One typed settings object, from the environment (`WEFT_…`) and `.env`. docs/operating.md lists them."""

import re
import secrets
from functools import cached_property
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

if TYPE_CHECKING:
    from weft.engine.limits import Limits

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+")
_HOST = re.compile(r"\*|(\*\.)?[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
Words = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """Every knob, its default, and what it must be."""

    model_config = SettingsConfigDict(env_prefix="WEFT_", env_file=".env", extra="ignore", frozen=True)

    data_dir: Path = Path("data")
    database_url: str | None = None
    secret_key: str | None = None
    role: Literal["all", "api", "worker"] = "all"
    public_url: str | None = None
    allowed_hosts: Words = ()
    cors_origins: Words = ()
    metrics_public: bool = False
    trusted_proxies: Words = ()
    allow_private_hosts: Words = ()
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    signup: Literal["closed", "open"] = "closed"
    setup_token: str | None = None
    rate_limit: str = "6000/minute"
    rate_limit_anonymous: str = "600/minute"
    login_limit: str = "10/15 minutes"
    login_limit_address: str = "50/15 minutes"
    expression_env: Words = ()
    auto_migrate: bool = True
    drain_s: float = Field(default=30, ge=0, le=86_400)
    web_dir: Path | None = None
    password_hash_cost: Literal["normal", "low"] = "normal"  # noqa: S105 - a cost, not a secret
    limits_max_duration_s: float = Field(default=86_400, gt=0, allow_inf_nan=False)
    limits_max_node_runs: int = Field(default=100_000, gt=0)
    limits_max_tokens: int | None = Field(default=None, gt=0)
    limits_max_cost_usd: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    sandbox_processes: int | None = Field(default=None, ge=1, validation_alias=AliasChoices("WEFT_SANDBOX_PROCESSES"))

    @field_validator(
        "allowed_hosts", "cors_origins", "trusted_proxies", "allow_private_hosts", "expression_env", mode="before"
    )
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("database_url")
    @classmethod
    def _known_driver(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
            raise ValueError("must begin with sqlite+aiosqlite:/// or postgresql+asyncpg://")
        if value is not None and value.startswith("postgresql"):
            _check_postgresql(value)
        elif value is not None and ("?" in value or value.removeprefix("sqlite+aiosqlite:///") in ("", ":memory:")):
            raise ValueError("must name a file, without options: sqlite+aiosqlite:////var/lib/weft/weft.db")
        return value

    @field_validator("allowed_hosts")
    @classmethod
    def _host_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(not _HOST.fullmatch(name) for name in value):
            raise ValueError("must list host names such as weft.example.com or *.example.com, comma separated")
        return value

    @field_validator("public_url")
    @classmethod
    def _an_address(cls, value: str | None) -> str | None:
        if value is not None and not _is_origin(value.rstrip("/")):
            raise ValueError("must look like https://weft.example.com")
        return value

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(not _is_origin(origin) for origin in value):
            raise ValueError("must list origins such as https://app.example.com, comma separated")
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: str | None) -> str | None:
        if value is not None and any(len(part.strip()) < 32 for part in value.split(",")):
            raise ValueError("must have at least 32 characters (several keys: comma separated)")
        return value

    @field_validator("expression_env")
    @classmethod
    def _never_ours(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(not _VARIABLE.fullmatch(name) for name in value):
            raise ValueError("must list names of environment variables, comma separated")
        return tuple(name for name in value if not name.upper().startswith("WEFT_"))

    @field_validator("allow_private_hosts")
    @classmethod
    def _reachable(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        from weft.platform.http import PrivateHosts

        PrivateHosts.parse(value)
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for part in value:
            ip_network(part, strict=False)
        return value

    @field_validator("login_limit", "login_limit_address", mode="before")
    @classmethod
    def _in_the_usual_time(cls, value: Any) -> Any:
        return f"{value}/15 minutes" if str(value).isdecimal() else value

    @field_validator("rate_limit", "rate_limit_anonymous", "login_limit", "login_limit_address")
    @classmethod
    def _rate(cls, value: str) -> str:
        from limits import parse_many

        try:
            (limit,) = parse_many(value)  # `parse` would pass over all but the first
            if limit.amount > 0:
                return value
        except ValueError:
            pass
        raise ValueError("must look like '600/minute' or '10/15 minutes'")

    @property
    def database(self) -> str:
        """The SQLAlchemy URL: the given one, else SQLite in the data directory."""
        return self.database_url or f"sqlite+aiosqlite:///{(self.data_dir / 'weft.db').resolve()}"

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded default is used."""
        return self.database.startswith("sqlite")

    @cached_property
    def secret_keys(self) -> tuple[str, ...]:
        """The secrets, newest first: the given ones, else one generated into the data directory (mode 0600)."""
        if self.secret_key:
            return tuple(part.strip() for part in self.secret_key.split(","))
        path = self.data_dir / "secret.key"
        if not path.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48))
        return (path.read_text().strip(),)

    @property
    def caps(self) -> "Limits":
        """What no run's limits may pass."""
        from weft.engine.limits import Limits

        return Limits(
            self.limits_max_duration_s, self.limits_max_node_runs, self.limits_max_tokens, self.limits_max_cost_usd
        )

    def check_role(self) -> None:
        """Raises BadSetting for a role that no process of this version can have."""
        if self.role != "all":
            where = "With SQLite one process does it all" if self.is_sqlite else "This version"
            raise BadSetting(f"WEFT_ROLE: {where}: it must be 'all'")


def _is_origin(value: str) -> bool:
    """Whether `value` is scheme, host and perhaps a port that there can be."""
    if not _ORIGIN.fullmatch(value):
        return False
    try:
        parts = urlsplit(value)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _check_postgresql(value: str) -> None:
    """Raise ValueError for what the driver could not be called with."""
    import inspect

    import asyncpg
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        raise ValueError("must look like postgresql+asyncpg://user:password@host:5432/database") from None
    if unknown := set(url.query) - set(inspect.signature(asyncpg.connect).parameters):
        raise ValueError(f"has the option {min(unknown)[:50]!r}, which the driver does not know")


class BadSetting(Exception):
    """A setting that cannot be used: one line that names the variable and what it should be."""


def load_settings(**overrides: Any) -> Settings:
    """Read the settings. Raises BadSetting."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "?"
        name = name if name.startswith("WEFT_") else f"WEFT_{name}"
        raise BadSetting(f"{name}: {first['msg'].removeprefix('Value error, ')}") from None
