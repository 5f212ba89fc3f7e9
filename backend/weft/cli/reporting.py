"""What the command line says when something expected goes wrong: one line for each thing, and no trace."""

import errno
import sys
from pathlib import Path
from typing import Final

from weft.kernel.errors import Invalid, WeftError

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


def expected_errors() -> tuple[type[Exception], ...]:
    """What a user can bring about: told in a line, exit code 2."""
    from sqlalchemy.exc import DBAPIError

    from weft.engine.catalog import PluginBroken
    from weft.platform.data_lock import DataDirectoryLocked
    from weft.platform.migrations import SchemaOutdated
    from weft.platform.settings import BadSetting

    return (WeftError, BadSetting, PluginBroken, DataDirectoryLocked, SchemaOutdated, DBAPIError, OSError)


def tell_error(error: Exception) -> None:
    """Print `error` on stderr."""
    if isinstance(error, Invalid) and error.errors:
        for each in error.errors:
            hint = f" ({each.suggestion})" if each.suggestion else ""
            place = f"{each.path}: " if each.path else ""
            given = " (give it with --input)" if each.path.startswith("/inputs") and each.code == "missing" else ""
            print(f"error: {place}{each.message}{hint}{given}", file=sys.stderr)
        return
    print(f"error: {said_of(error)}", file=sys.stderr)


def said_of(error: Exception) -> str:
    """`error` in one line, with what to do about it where that is known."""
    if isinstance(error, OSError) and error.filename is not None:
        hint = " (WEFT_DATA_DIR names the data directory)" if _is_in_data_directory(str(error.filename)) else ""
        return f"{error.filename}: {error.strerror}{hint}"
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return f"the output cannot be written: {error.strerror}"
    if isinstance(error, OSError) or error.__class__.__module__.startswith("sqlalchemy"):
        cause = str(getattr(error, "orig", error)).splitlines()[0]
        return f"the database does not answer: {cause}; start it, or correct WEFT_DATABASE_URL"
    return str(error) or type(error).__name__


def _is_in_data_directory(path: str) -> bool:
    from weft.platform.settings import BadSetting, load_settings

    try:
        folder = load_settings().data_dir
    except BadSetting:
        return False
    return Path(path).absolute().is_relative_to(folder.absolute())
