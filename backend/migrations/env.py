"""Alembic's environment: the connection comes from `weft.platform.migrations`, or from WEFT_DATABASE_URL."""

import asyncio

from alembic import context
from sqlalchemy import Connection

from weft.bootstrap import load_tables
from weft.platform.database import metadata, migration_engine
from weft.platform.settings import load_settings

load_tables()


def migrate(connection: Connection) -> None:
    """Run the chain on an open connection."""
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite"
    )
    with context.begin_transaction():
        context.run_migrations()


async def connect_and_migrate() -> None:
    """Run the chain on the configured database: for the `alembic` command."""
    engine = migration_engine(load_settings().database)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
        await connection.commit()
    await engine.dispose()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    asyncio.run(connect_and_migrate())
