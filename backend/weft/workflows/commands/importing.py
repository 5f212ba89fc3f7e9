"""Workflows from files: imports and the starters."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from weft.engine.catalog import Catalog
from weft.kernel.actor import Actor
from weft.kernel.clock import Clock
from weft.kernel.errors import FieldError, Invalid
from weft.kernel.ids import new_id
from weft.kernel.messages import Command
from weft.workflows.domain import Workflow
from weft.workflows.domain.validation import validate, with_type_versions
from weft.workflows.ports import References, Workflows
from weft.workflows.starters import starters
from weft.workflows.text import WorkflowFile, load_workflow_file

FORMATS = ("auto", "weft", "dify", "n8n")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: the workflow, whether it is a new one, and a line for each node."""

    workflow: Workflow
    created: bool
    report: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ImportWorkflow(Command[Imported]):
    """Make or update a workflow from a file. `name` is the file's; `format` one of FORMATS."""

    text: bytes
    name: str = "workflow"
    format: str = "auto"


async def import_workflow(
    command: ImportWorkflow,
    actor: Actor,
    clock: Clock,
    workflows: Workflows,
    catalog: Catalog,
    references: References,
) -> Imported:
    """An id that this workspace has is updated in place (and restored where it was deleted); else it is the new
    workflow's, unless another workspace has it. Raises Invalid (`unsupported_format`, or what is wrong where)."""
    if command.format in ("dify", "n8n"):
        message = f"Files of {command.format} are not read yet."
        error = FieldError("/query/format", "unsupported_format", message)
        raise Invalid(message, [error], code="unsupported_format")
    file = await _load(command)
    settings, notes = await _without_unknown_workflow(file.settings, references)
    fields = {**_fields(file), "settings": settings}
    workflow, created = await _store(file.id, fields, actor, clock, workflows)
    report = await validate(workflow.graph, catalog, references.unknown)
    return Imported(workflow, created, notes + _report(workflow.graph, report))


@dataclass(frozen=True, slots=True)
class ImportStarters(Command[list[UUID]]):
    """Give a fresh workspace the starter workflows, published."""


async def import_starters(
    command: ImportStarters,
    actor: Actor,
    clock: Clock,
    workflows: Workflows,
    catalog: Catalog,
    references: References,
) -> list[UUID]:
    """The ids of the workflows, in the order of the files' names."""
    made = []
    for file in (await asyncio.to_thread(starters)).values():
        workflow = Workflow.create(actor.workspace_id, _fields(file), at=clock.now(), by=actor.label)
        await workflows.add(workflow)
        report = await validate(workflow.graph, catalog, references.unknown)
        if report.valid:
            version = workflow.publish(
                with_type_versions(workflow.graph, catalog),
                [],
                list(report.warnings),
                note="Starter",
                at=clock.now(),
                by=actor.label,
            )
            await workflows.add_version(version)
            await workflows.save(workflow)
        made.append(workflow.id)
    return made


async def _load(command: ImportWorkflow) -> WorkflowFile:
    try:
        return await asyncio.to_thread(load_workflow_file, command.text, command.name)
    except Invalid as error:
        foreign = any(found.code == "unsupported_format" for found in error.errors)
        raise Invalid(error.message, error.errors, code="unsupported_format" if foreign else None) from None


def _fields(file: WorkflowFile) -> dict[str, Any]:
    return {
        "name": file.name,
        "description": file.description,
        "tags": file.tags,
        "graph": file.graph,
        "settings": file.settings,
    }


async def _store(
    workflow_id: UUID | None, fields: dict[str, Any], actor: Actor, clock: Clock, workflows: Workflows
) -> tuple[Workflow, bool]:
    known = await workflows.find(workflow_id) if workflow_id else None
    if known is None and workflow_id is not None:
        workflow = Workflow.create(actor.workspace_id, fields, at=clock.now(), by=actor.label, workflow_id=workflow_id)
        if await workflows.add(workflow):
            return workflow, True
        known = await workflows.find(workflow_id)  # another import may have made it since
    if known is None:
        workflow = Workflow.create(actor.workspace_id, fields, at=clock.now(), by=actor.label, workflow_id=new_id())
        await workflows.add(workflow)
        return workflow, True
    known.restore(at=clock.now(), by=actor.label)
    if known.differs(fields):
        known.update(known.revision, fields, at=clock.now(), by=actor.label)
    await workflows.save(known)
    return known, False


async def _without_unknown_workflow(
    settings: dict[str, Any], references: References
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    handler = settings.get("error_workflow_id")
    if handler is None or not await references.unknown("workflow", [handler]):
        return settings, []
    message = f"settings.error_workflow_id is left out: this workspace has no workflow {handler}."
    kept = {key: value for key, value in settings.items() if key != "error_workflow_id"}
    return kept, [{"node": None, "status": "warning", "message": message}]


def _report(graph: dict[str, Any], report: Any) -> list[dict[str, Any]]:
    """A line for each node, in the graph's order; one more for each error or warning that has no node."""
    told: dict[str | None, tuple[str, str]] = {}
    for status, found in (("error", report.errors), ("warning", report.warnings)):
        for problem in found:
            told.setdefault(problem.node, (status, f"{problem.path}: {problem.message}"))
    lines = [] if None not in told else [{"node": None, "status": told[None][0], "message": told[None][1]}]
    for node in graph["nodes"]:
        status, message = told.get(node["id"], ("imported", ""))
        lines.append({"node": node["id"], "status": status, "message": message})
    return lines
