"""The credential: a secret of a known type, and the hosts that may be given it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from urllib.parse import urlsplit

from weft.credentials.events import CredentialChanged
from weft.engine.errors import NodeError
from weft.kernel.actor import Actor
from weft.kernel.aggregate import Aggregate
from weft.kernel.errors import FieldError, Invalid
from weft.kernel.ids import CredentialId, new_id
from weft.platform.http.headers import may_be_set
from weft.platform.http.urls import parse_host, parse_url, split_port

MAX_VALUE: Final = 8192
MAX_HOSTS: Final = 50


@dataclass(frozen=True, slots=True)
class CredentialType:
    """The fields of a type's `data`, which of them is the `secret`, and where it goes: to `host`, to the host of
    its `base_url`, or (neither) only to hosts that are named."""

    secret: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    host: str | None = None


TYPES: Final[Mapping[str, CredentialType]] = {
    "openai_compatible": CredentialType("api_key", ("base_url",), ("api_key",)),
    "openai": CredentialType("api_key", ("api_key",), host="api.openai.com"),
    "anthropic": CredentialType("api_key", ("api_key",), host="api.anthropic.com"),
    "bearer": CredentialType("token", ("token",)),
    "basic": CredentialType("password", ("username", "password")),
    "header": CredentialType("value", ("name", "value")),
}


class Credential(Aggregate):
    """Sealed by its repository on the way in, and opened only for a node, for its allowed hosts."""

    def __init__(
        self,
        credential_id: CredentialId,
        name: str,
        kind: str,
        data: Mapping[str, str],
        allowed_hosts: Sequence[str],
        created_at: datetime,
        updated_at: datetime,
        revision: int = 1,
    ) -> None:
        super().__init__()
        self.id = credential_id
        self.name = name
        self.type = kind
        self.data = dict(data)
        self.allowed_hosts = tuple(allowed_hosts)
        self.created_at = created_at
        self.updated_at = updated_at
        self.revision = revision

    @classmethod
    def create(
        cls,
        actor: Actor,
        name: str,
        kind: str,
        data: Mapping[str, str],
        allowed_hosts: Sequence[str] | None,
        now: datetime,
    ) -> "Credential":
        """A new credential. Raises Invalid with every field that is wrong."""
        hosts = _checked(name, kind, data, allowed_hosts)
        credential = cls(CredentialId(new_id()), name, kind, data, hosts, now, now)
        credential._changed(actor, "created")
        return credential

    def change(
        self,
        actor: Actor,
        now: datetime,
        *,
        name: str | None = None,
        data: Mapping[str, str | None] | None = None,
        allowed_hosts: Sequence[str] | None = None,
        default_hosts: bool = False,
    ) -> None:
        """Change what is given. `data` is merged (None takes a field away); hosts that were the default of the
        type follow a new `base_url`, and `default_hosts` goes back to it. A change of where the secret goes must
        bring the secret anew, or take it away: who may edit could else send it to a server of their own. Raises
        Invalid."""
        merged = {key: value for key, value in {**self.data, **(data or {})}.items() if value is not None}
        hosts = allowed_hosts
        if hosts is None and not default_hosts and self.allowed_hosts != _default_hosts(self.type, self.data):
            hosts = self.allowed_hosts
        checked = _checked(self.name if name is None else name, self.type, merged, hosts)
        self._require_secret(data or {}, merged, checked)
        self.allowed_hosts = checked
        self.name = self.name if name is None else name
        self.data = merged
        self.updated_at = now
        self.revision += 1
        self._changed(actor, "updated")

    def _require_secret(
        self, given: Mapping[str, str | None], merged: Mapping[str, str], hosts: tuple[str, ...]
    ) -> None:
        secret = TYPES[self.type].secret
        moved = merged.get("base_url") != self.data.get("base_url") or not set(hosts) <= set(self.allowed_hosts)
        if moved and self.data.get(secret) and secret not in given:
            message = f"Another base_url or more allowed_hosts need data.{secret} again: it would go elsewhere."
            raise Invalid("The credential is not right.", [FieldError(f"/data/{secret}", "secret_required", message)])

    def delete(self, actor: Actor) -> None:
        """Take it away; nodes that name it fail with `not_found` from then on."""
        self._changed(actor, "deleted")

    def _changed(self, actor: Actor, change: Literal["created", "updated", "deleted"]) -> None:
        self.record(
            CredentialChanged(
                workspace_id=actor.workspace_id,
                actor=actor.label,
                credential_id=self.id,
                credential_type=self.type,
                change=change,
                revision=self.revision,
            )
        )


def _checked(name: str, kind: str, data: Mapping[str, str], allowed_hosts: Sequence[str] | None) -> tuple[str, ...]:
    """The hosts that may be given the secret. Raises Invalid."""
    errors = []
    if not 1 <= len(name) <= 200 or "\0" in name:
        errors.append(FieldError("/name", "invalid_name", "name must have 1 to 200 characters."))
    if kind not in TYPES:
        message = f"type must be one of {', '.join(TYPES)}."
        raise Invalid("The credential is not right.", [*errors, FieldError("/type", "unknown_type", message)])
    errors += _data_errors(kind, data)
    hosts = _default_hosts(kind, data) if allowed_hosts is None else tuple(allowed_hosts)
    errors += _host_errors(kind, hosts, given=allowed_hosts is not None)
    if errors:
        raise Invalid("The credential is not right.", errors)
    return tuple(dict.fromkeys(host.lower() for host in hosts))


def _data_errors(kind: str, data: Mapping[str, str]) -> list[FieldError]:
    known = TYPES[kind]
    errors = [
        FieldError(f"/data/{field}", "required", f"A credential of type '{kind}' needs data.{field}.")
        for field in known.required
        if not data.get(field)
    ]
    for field, value in data.items():
        path = "/data/" + field.replace("~", "~0").replace("/", "~1")
        if field not in known.required + known.optional:
            errors.append(FieldError(path, "unknown_field", f"A credential of type '{kind}' has no such field."))
        elif len(value) > MAX_VALUE or any(character in value for character in "\0\r\n"):
            message = f"data.{field} must be one line of at most {MAX_VALUE} characters."
            errors.append(FieldError(path, "invalid_value", message))
        elif field == "base_url" and value and not _is_plain_url(value):
            message = "data.base_url must be an http or https URL without user name and password."
            errors.append(FieldError(path, "invalid_url", message))
        elif (kind, field) == ("header", "name") and not may_be_set(value):
            message = "data.name must be the name of a header, and none that the connection sets itself."
            errors.append(FieldError(path, "invalid_value", message))
    return errors


def _host_errors(kind: str, hosts: tuple[str, ...], *, given: bool) -> list[FieldError]:
    if not hosts and (given or (TYPES[kind].host is None and "base_url" not in TYPES[kind].required)):
        message = f"A credential of type '{kind}' must name the hosts that may be given it."
        return [FieldError("/allowed_hosts", "required", message)]
    if len(hosts) > MAX_HOSTS:
        return [FieldError("/allowed_hosts", "too_many", f"At most {MAX_HOSTS} hosts.")]
    message = "must be a host name or address, with a port if need be."
    return [
        FieldError(f"/allowed_hosts/{index}", "invalid_host", message)
        for index, host in enumerate(hosts)
        if not _is_host(host)
    ]


def _default_hosts(kind: str, data: Mapping[str, str]) -> tuple[str, ...]:
    if "base_url" in TYPES[kind].required:
        host = parse_url(data["base_url"]).host if _is_plain_url(data.get("base_url", "")) else ""
        return (f"[{host}]" if ":" in host else host,) if host else ()
    host = TYPES[kind].host or ""
    return (host,) if host else ()


def _is_plain_url(text: str) -> bool:
    try:
        target = parse_url(text)
    except NodeError:
        return False
    return not target.userinfo and not urlsplit(text).query and not urlsplit(text).fragment


def _is_host(text: str) -> bool:
    try:
        parse_host(split_port(text)[0])
    except ValueError:
        return False
    return len(text) <= 300
