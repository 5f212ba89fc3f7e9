"""`weft doctor`: every configured part, whether it works, and what to do where it does not."""

import asyncio
import importlib.util
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy import text

from weft.cli.reporting import said_of
from weft.engine.capabilities import Moment
from weft.gateways.rest import EXPORT
from weft.platform.database import Database
from weft.platform.migrations import SchemaOutdated, migrate
from weft.platform.sandbox.javascript import JavaScriptPool
from weft.platform.sandbox.python import PythonPool
from weft.platform.settings import Settings, load_settings
from weft.platform.unused_settings import without_effect


async def examine() -> int:
    """Print a line for each part; 0 where all that is needed works, else 1."""
    settings = load_settings()
    checks: list[tuple[str, Callable[[Settings], Awaitable[str]]]] = [
        ("settings", _settings),
        ("data directory", _data_directory),
        ("secret key", _secret_key),
        ("database", _database),
        ("schema", _schema),
        ("javascript", _javascript),
        ("python", _python),
        ("models", _models),
        ("web app", _web_app),
    ]
    failures = 0
    for name, check in checks:
        try:
            word = await asyncio.wait_for(check(settings), 20)
        except Exception as error:
            # The edge of a doctor: whatever is broken is what it is asked to tell.
            failures += 1
            word = f"FAILS: {said_of(error)}"
        print(f"{name:16} {word}", file=sys.stdout if "FAILS" not in word else sys.stderr)
    return 1 if failures else 0


async def _settings(_settings: Settings) -> str:
    idle = without_effect()
    return "; ".join(f"{name} has no effect: {why}" for name, why in idle.items()) or "all have their effect"


async def _data_directory(settings: Settings) -> str:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    probe = settings.data_dir / ".doctor"
    probe.write_text("x")
    probe.unlink()
    return f"writable: {settings.data_dir}"


async def _secret_key(settings: Settings) -> str:
    source = "WEFT_SECRET_KEY" if settings.secret_key else "generated in the data directory: keep a copy of it"
    return f"{len(settings.secret_keys)} ({source})"


async def _database(settings: Settings) -> str:
    database = Database(settings.database)
    try:
        async with database.read() as connection:
            version = "sqlite_version()" if settings.is_sqlite else "current_setting('server_version')"
            found = (await connection.execute(text(f"SELECT {version}"))).scalar()
    finally:
        await database.close()
    return f"{'SQLite' if settings.is_sqlite else 'PostgreSQL'} {found}"


async def _schema(settings: Settings) -> str:
    try:
        await migrate(settings.database, change=False)
    except SchemaOutdated:
        return "not up to date: 'weft serve' or 'weft migrate' brings it up"
    return "up to date"


async def _javascript(_settings: Settings) -> str:
    pool = JavaScriptPool(1)
    try:
        value = await pool.evaluate(["6 * 7"], {}, workspace="doctor", moment=Moment(0, 0))
    finally:
        await pool.close()
    return f"works: 6 * 7 = {value[0]}"


async def _python(_settings: Settings) -> str:
    pool = PythonPool(1)
    try:
        value = await pool.call("return 6 * 7", {}, workspace="doctor", timeout_s=5, memory_mb=64)
    finally:
        await pool.close()
    return f"works: 6 * 7 = {value}"


async def _models(_settings: Settings) -> str:
    installed = importlib.util.find_spec("litellm") is not None
    return "installed" if installed else "not installed: pip install 'weft[ai]' for nodes that call a model"


async def _web_app(settings: Settings) -> str:
    folder = settings.web_dir or Path(EXPORT)
    return f"built: {folder}" if (folder / "index.html").exists() else "not built: 'make web' builds it"
