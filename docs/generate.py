"""Writes docs/nodes.md from the node library, and the tables of settings in docs/operating.md and of the policy in
docs/concepts.md.

python docs/generate.py           write the pages anew
python docs/generate.py --check   change nothing; exit 1 where a page is not what would be written
"""

import ast
import inspect
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pydantic.fields import FieldInfo

import weft.nodes
from weft.engine import loops
from weft.engine.capabilities import Credentials, Http, JavaScript, Models, Parser
from weft.engine.catalog import load_catalog
from weft.engine.errors import ERROR_TYPES
from weft.engine.fields import Field, field_of, fields_of
from weft.engine.graph import Policy, Retry
from weft.engine.node import NodeType
from weft.platform.settings import Settings

DOCS = Path(__file__).parent
CATEGORIES: Final = ("control", "data", "integration", "ai")
CAPABILITIES: Final[dict[str, Any]] = {
    "http": Http,
    "javascript": JavaScript.call,
    "parser": Parser.parse,
    "python": JavaScript.call,  # whose errors are the same, as its docstring says
    "models": Models,
    "credential": Credentials,
    "evaluate": JavaScript.evaluate,
    "evaluate_all": JavaScript.evaluate,
    "evaluate_each": JavaScript.evaluate,
}
"""Members of `run`, and where their errors are written down."""

INTRODUCTION: Final = """# Node types

Written by `docs/generate.py` from the node library; `make docs` writes it anew.

In the tables, **template** means text with `{{ }}` in it; a field that is one whole `{{ }}` keeps the type of the
value. **expression** means JavaScript without braces; some see names beside those of the node's scope. **literal**
means that the field is taken as it is. A number or boolean can be given as one whole `{{ }}` too. A dash stands for
no default: the field must be given. See [concepts.md](concepts.md) for scopes and for the policy that every node has.

Every node also has the ports `error` and `compensate`. Beside the errors that are listed, any node can end with
`validation` (its rendered config is wrong), `expression` (a template failed), `timeout` (its policy's),
`output_too_large` (over 100 MiB), `interrupted` and `internal`.
"""

SETTINGS: Final[dict[str, str]] = {
    "data_dir": "Where SQLite, the generated secret key and the lock are",
    "database_url": "`postgresql+asyncpg://…` or `sqlite+aiosqlite:///…`; else SQLite in the data directory",
    "secret_key": "Text of 32 characters or more that seals credentials and signs sessions; several, comma separated: "
    "the first seals, all open. Else one is generated into the data directory",
    "role": "Must be `all` in this version",
    "public_url": "Where people reach Weft. Its host is allowed; set-up asks for a token unless it is this machine",
    "allowed_hosts": "Host names that are served, comma separated. Else `localhost`, `127.0.0.1`, `[::1]` and the host "
    "of `WEFT_PUBLIC_URL`; any when bound off loopback without one",
    "cors_origins": "Origins of other web pages that may call the API, comma separated",
    "metrics_public": "Serve `/metrics` without a credential",
    "trusted_proxies": "Addresses or networks whose `X-Forwarded-For` is believed, comma separated",
    "allow_private_hosts": "Hosts or networks that outgoing calls may reach though they are private, comma separated",
    "log_format": "`console` or `json`",
    "log_level": "`debug`, `info`, `warning` or `error`",
    "signup": "`open` lets anybody register, with a workspace of their own",
    "setup_token": "What the first owner's set-up must send. Else one is made and printed when Weft is bound off "
    "loopback",
    "rate_limit": "Requests of one signed-in user or key",
    "rate_limit_anonymous": "Requests of one address without a credential",
    "login_limit": "Failed sign-ins for one pair of account and address",
    "login_limit_address": "Failed sign-ins from one address, over all accounts",
    "expression_env": "Environment variables that expressions may read as `env.<name>`; never `WEFT_…`",
    "auto_migrate": "Bring the schema up to date at the start. `false`: refuse to start where it is not",
    "drain_s": "Seconds that running nodes get when Weft is stopped",
    "web_dir": "Where the built web app is; else `frontend/out` of the checkout",
    "password_hash_cost": "`normal` or `low`. `low` is for tests",
    "limits_max_duration_s": "Cap on a run's time, in seconds",
    "limits_max_node_runs": "Cap on the nodes that a run starts",
    "limits_max_tokens": "Cap on a run's tokens",
    "limits_max_cost_usd": "Cap on a run's cost, in USD",
    "sandbox_processes": "How many processes evaluate JavaScript, and how many run Python; else one for each core, at "
    "least two",
}


def settings_table() -> str:
    """One row for each setting. Raises KeyError where one has no description."""
    rows = ["| variable | default | meaning |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        rows.append(f"| `WEFT_{name.upper()}` | {_default(field.default)} | {SETTINGS[name]} |")
    unknown = SETTINGS.keys() - Settings.model_fields.keys()
    if unknown:
        raise KeyError(f"no such settings: {', '.join(unknown)}")
    return "\n".join(rows)


def _default(value: Any) -> str:
    if value is None or value == ():
        return "none"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{text}`"


def nodes_page() -> str:
    """All node types, by category."""
    catalog = sorted(load_catalog(weft.nodes), key=lambda found: found.type)
    catalog = [found for found in catalog if found.function.__module__.startswith("weft.")]
    parts = [INTRODUCTION]
    for category in CATEGORIES:
        chosen = [found for found in catalog if found.category == category]
        names = ", ".join(f"[{found.type}](#{found.type})" for found in chosen)
        parts.append(f"\n## {category.capitalize() if category != 'ai' else 'AI'}\n\n{names}\n")
        parts += [_node(found) for found in chosen]
    return "".join(parts)


def _node(node_type: NodeType) -> str:
    lines = [f"\n### {node_type.type}\n", f"{_flat(node_type.description)}\n"]
    lines.append(f"- Ports: {_ports(node_type)}")
    lines.append(f"- Effect: {_effect(node_type)}")
    lines.append(f"- Output: {_output(node_type)}")
    if alternatives := node_type.config_schema.get("x-one-of"):
        lines.append(
            f"- Exactly one of: {', '.join(' with '.join(f'`{name}`' for name in each) for each in alternatives)}"
        )
    errors = errors_of(node_type)
    lines.append(f"- Errors: {', '.join(f'`{name}`' for name in errors) if errors else 'none of its own'}")
    retry = node_type.retry.model_dump(exclude_unset=True)
    if retry:
        lines.append(f"- Retry, where the policy says nothing: `{json.dumps(retry)}`")
    if node_type.container:
        lines.append("- A container: nodes whose `parent` is this node are inside it")
    rows = list(_rows(fields_of(node_type), node_type.config_schema, ""))
    if rows:
        lines += ["", "| field | type | default | read as | meaning |", "| --- | --- | --- | --- | --- |", *rows]
    outputs = list(_output_rows(node_type.output_schema_for({})))
    if outputs:
        lines += ["", "| output | type | meaning |", "| --- | --- | --- |", *outputs]
    return "\n".join(lines) + "\n"


def _flat(text: str) -> str:
    return " ".join(text.split())


def _ports(node_type: NodeType) -> str:
    ports = ", ".join(f"`{port}`" for port in node_type.ports_for({})) or "none"
    if callable(node_type.ports):
        return _flat(inspect.getdoc(node_type.ports) or ports)
    return ports


def _effect(node_type: NodeType) -> str:
    if callable(node_type.effect):
        return _flat(inspect.getdoc(node_type.effect) or "follows from the config")
    return f"`{node_type.effect}`"


def _output(node_type: NodeType) -> str:
    schema = node_type.output_schema_for({})
    if node_type.output_schema_of is not None:
        return _flat(inspect.getdoc(node_type.output_schema_of) or "follows from the config")
    if not schema.get("properties"):
        return f"`{_kind(schema, schema)}`"
    required = schema.get("required", ())
    fields = [
        f"{name}{'' if name in required else '?'}: {_kind(each, schema)}"
        for name, each in schema["properties"].items()
    ]  # fmt: skip
    return f"`{{{', '.join(fields)}}}`"


def errors_of(node_type: NodeType) -> list[str]:
    """The error types that the node's own module raises, and those of the capabilities that it uses."""
    modules = [inspect.getmodule(node_type.function)] + ([loops] if node_type.type == "loop" else [])
    found: set[str] = set()
    for module in modules:
        assert module is not None
        for each in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(each, ast.Call) and getattr(each.func, "id", "") == "NodeError":
                found |= {part.value for part in each.args[:1] if isinstance(part, ast.Constant)}
            if isinstance(each, ast.Attribute) and getattr(each.value, "id", "") == "run":
                found |= _errors_in(CAPABILITIES.get(each.attr))
    return sorted(found & ERROR_TYPES - ({"internal"} if node_type.container else set()))


def _errors_in(capability: Any) -> set[str]:
    return set(re.findall(r"`(\w+)`", inspect.getsource(capability))) if capability else set()


def _rows(field: Field, root: dict[str, Any], prefix: str) -> Iterator[str]:
    for schema in field.schemas:
        for name, given in schema.get("properties", {}).items():
            below = field_of(field, name)
            path = f"{prefix}{name}"
            must = "—" if name in schema.get("required", ()) else f"`{json.dumps(_given_default(given))}`"
            read = _read_as(below, given, root)
            yield f"| `{path}` | {_type(given, root)} | {must} | {read} | {_meaning(_resolved(given, root))} |"
            yield from _inner(below, root, path)


def _output_rows(root: dict[str, Any], at: dict[str, Any] | None = None, prefix: str = "") -> Iterator[str]:
    """A row for each field of the output, and of the objects in it."""
    schema = root if at is None else at
    for name, given in schema.get("properties", {}).items():
        found = _resolved(given, root)
        path = f"{prefix}{name}"
        mark = "" if name in schema.get("required", ()) else "?"
        yield f"| `{path}{mark}` | {_type(given, root)} | {_meaning(found)} |"
        yield from _output_rows(root, found, f"{path}.")
        yield from _output_rows(root, _resolved(found.get("items", {}), root), f"{path}[].")


def _meaning(schema: dict[str, Any]) -> str:
    """What is said of a field, with an example where one is given. Raises KeyError where nothing is said."""
    examples = [f"`{_shown(example)}`" for example in schema.get("examples", ())]
    told = _flat(schema["description"]) + (f" Example: {', '.join(examples)}" if examples else "")
    return told.replace("|", "\\|")


def _shown(example: Any) -> str:
    return example if isinstance(example, str) else json.dumps(example)


def _resolved(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    """`schema` with what it refers to under what it says itself."""
    if "$ref" not in schema:
        return schema
    return {**root.get("$defs", {}).get(schema["$ref"].rsplit("/", 1)[-1], {}), **schema}


def _given_default(schema: dict[str, Any]) -> Any:
    if "default" in schema:
        return schema["default"]
    return {"object": {}, "array": []}.get(schema.get("type", ""))


def _inner(field: Field, root: dict[str, Any], path: str) -> Iterator[str]:
    """The rows of the objects inside: of a list, of a map, or the field itself."""
    if field.kind == "array":
        yield from _rows(field_of(field, 0), root, f"{path}[].")
    elif field.kind == "object":
        yield from _rows(field, root, f"{path}.")
        if not any(schema.get("properties") for schema in field.schemas):
            yield from _rows(field_of(field, "name"), root, f"{path}.<name>.")


def _type(schema: dict[str, Any], root: dict[str, Any]) -> str:
    return _kind(schema, root).replace("|", "\\|")


def _kind(schema: dict[str, Any], root: dict[str, Any]) -> str:
    schema = _resolved(schema, root)
    for word in ("anyOf", "oneOf"):
        if word in schema:
            kinds = dict.fromkeys(_kind(each, root) for each in schema[word])
            return " | ".join(kind for kind in kinds if word != "anyOf" or kind != "null") or "null"
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    kind = schema.get("type", "any")
    if kind == "array":
        return f"list of {_kind(schema.get('items', {}), root)}"
    return {"any": "any", "string": "text"}.get(kind, str(kind))


def _read_as(field: Field, schema: dict[str, Any], root: dict[str, Any]) -> str:
    if field.literal:
        return f"literal: the id of a {field.reference}" if field.reference else "literal"
    inner = field
    if field.kind == "object" and not any(each.get("properties") for each in field.schemas):
        inner = field_of(field, "name")
    elif field.kind == "array":
        inner = field_of(field, 0)
    if inner.expression:
        sees = f", also sees {', '.join(f'`{name}`' for name in sorted(inner.extra))}" if inner.extra else ""
        return f"expression{sees}{' and what is inside' if inner.round else ''}"
    if inner.schemas and any(each.get("properties") for each in inner.schemas):
        return "see below"
    return "template"


def pages() -> dict[Path, str]:
    """Each page that is written here, and what it should hold."""
    return {
        DOCS / "nodes.md": nodes_page(),
        DOCS / "operating.md": _with_table("operating.md", "settings", settings_table()),
        DOCS / "concepts.md": _with_table("concepts.md", "policy", policy_table()),
    }


def _with_table(page: str, name: str, table: str) -> str:
    """The page with `table` between its marks."""
    begin, end = f"<!-- {name}: written by docs/generate.py -->", f"<!-- end of {name} -->"
    before, _, rest = (DOCS / page).read_text("utf-8").partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{table}\n{end}{after}"


def _policy_row(name: str, field: FieldInfo) -> str:
    default = "see below" if field.default_factory else _default(field.default)
    meaning = _meaning({"description": field.description, "examples": field.examples or []})
    return f"| {name} | {default} | {meaning} |"


def policy_table() -> str:
    """One row for each field of a policy that validation takes, those of `retry` among them."""
    rows = ["| field | default | meaning |", "| --- | --- | --- |"]
    for name, field in Policy.model_fields.items():
        if name == "cache":
            continue
        rows.append(_policy_row(f"`{name}`", field))
        if name == "retry":
            rows += [_policy_row(f"`{each}` in `retry`", below) for each, below in Retry.model_fields.items()]
    return "\n".join(rows)


def main() -> int:
    """Write or check the pages. Returns the exit code."""
    stale = 0
    for path, text in pages().items():
        if path.exists() and path.read_text("utf-8") == text:
            continue
        if "--check" in sys.argv[1:]:
            print(f"{path.name} is not up to date: run 'make docs'")
            stale += 1
        else:
            path.write_text(text, "utf-8")
            print(f"{path.name} written")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
