"""Whether what a graph refers to is there: one SELECT for each kind of thing it names."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Table, select

from weft.kernel.ids import parse_id
from weft.platform.unit_of_work import ReadScope, SqlUnitOfWork


class SqlReferences:
    """The port `References`. `tables` holds for each kind the table with `id` and `workspace_id`."""

    def __init__(self, scope: ReadScope | SqlUnitOfWork, tables: Mapping[str, Table]) -> None:
        self._scope = scope
        self._tables = tables

    async def unknown(self, kind: str, ids: Collection[str]) -> set[str]:
        table = self._tables.get(kind)
        if table is None:
            return set()
        known = {parsed for text in ids if (parsed := parse_id(text)) is not None}
        statement = select(table.c.id).where(table.c.workspace_id == self._scope.workspace_id, table.c.id.in_(known))
        if "deleted_at" in table.c:
            statement = statement.where(table.c.deleted_at.is_(None))
        found = {row.id for row in await self._rows(statement)} if known else set()
        return {text for text in ids if parse_id(text) not in found}

    async def _rows(self, statement: Any) -> Any:
        if isinstance(self._scope, ReadScope):
            return await self._scope.rows(statement)
        return (await (await self._scope.connection()).execute(statement)).all()
