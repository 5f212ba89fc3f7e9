"""What the command line says when something expected goes wrong: one line for each thing, and no trace."""

import sys

from weft.kernel.errors import Invalid, WeftError


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
    if isinstance(error, OSError) and error.filename is not None:
        print(f"error: {error.filename}: {error.strerror}", file=sys.stderr)
        return
    if error.__class__.__module__.startswith("sqlalchemy"):
        print(f"error: the database does not answer: {getattr(error, 'orig', error)}", file=sys.stderr)
        return
    print(f"error: {error}", file=sys.stderr)
