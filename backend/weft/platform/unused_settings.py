"""Settings that are set and have no effect: said at the start and by `weft doctor`, never ignored in silence."""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from weft.platform.settings import BadSetting, Settings

LATER: Final = {
    "WEFT_REDIS_URL": "this version has no Redis: limits and the live feed are each process's own",
    "WEFT_MILVUS_URI": "this version has no knowledge bases",
    "WEFT_STORAGE_URL": "this version has no files, and keeps large values in the database",
    "WEFT_SMTP_URL": "this version sends no mail",
    "WEFT_RATE_LIMIT_HOOKS": "this version has no webhooks",
    "WEFT_MCP_STDIO_COMMANDS": "this version has no MCP, and starts no such command",
}
"""Settings of the contract that nothing reads yet, and what that means."""
_KNOWN: Final = frozenset(f"WEFT_{name.upper()}" for name in Settings.model_fields)
_CAPS: Final = "WEFT_LIMITS_"
_OTHERS: Final = ("WEFT_CREDENTIAL_", "WEFT_TEST_")
"""What begins so is read elsewhere."""
_LIKE: Final = 0.85


def without_effect(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """By name, why what is set has no effect: settings of later versions, and likely misspellings of others.

    `environment` stands for that of the process with `.env`. Raises BadSetting for a cap that there is not: who
    set it counts on a limit, and there would be none.
    """
    given = _environment() if environment is None else environment
    found: dict[str, str] = {}
    for name in sorted({name.upper() for name, value in given.items() if value}):
        if name in LATER:
            found[name] = LATER[name]
        elif name == "WEFT_EXPRESSION_ENV":
            found |= _never_seen(given.get(name, ""))
        elif not name.startswith("WEFT_") or name.startswith(_OTHERS) or name in _KNOWN:
            continue
        elif name.startswith(_CAPS):
            caps = ", ".join(sorted(known for known in _KNOWN if known.startswith(_CAPS)))
            raise BadSetting(f"{name}: there is no such cap on runs; there are {caps}")
        elif meant := get_close_matches(name, [*_KNOWN, *LATER], n=1, cutoff=_LIKE):
            found[name] = f"there is no such setting; did you mean {meant[0]}?"
    return found


def _never_seen(names: str) -> dict[str, str]:
    """What no expression sees, whoever lists it."""
    ours = [name for part in names.split(",") if (name := part.strip()).upper().startswith("WEFT_")]
    return {f"WEFT_EXPRESSION_ENV={name}": "expressions never see variables that begin with WEFT_" for name in ours}


def _environment() -> dict[str, str]:
    """The process's environment over `.env`, as the settings read them."""
    from dotenv import dotenv_values

    written = dotenv_values(".env") if Path(".env").is_file() else {}
    return {name: value or "" for name, value in {**written, **os.environ}.items()}
