"""A workflow as a file."""

import asyncio
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from weft.kernel.messages import Query
from weft.platform.unit_of_work import ReadScope
from weft.workflows.queries.resources import GetWorkflow, get_workflow
from weft.workflows.text import WorkflowFile, dump_workflow_file


@dataclass(frozen=True, slots=True)
class ExportWorkflow(Query[tuple[str, str]]):
    """The draft as canonical text."""

    workflow_id: UUID
    format: Literal["yaml", "json"] = "yaml"


async def export_workflow(query: ExportWorkflow, scope: ReadScope) -> tuple[str, str]:
    """The workflow's name and the text. Raises NotFound."""
    found = await get_workflow(GetWorkflow(query.workflow_id), scope)
    file = WorkflowFile(found.id, found.name, found.description, found.tags, found.settings, found.graph)
    return found.name, await asyncio.to_thread(dump_workflow_file, file, query.format)
