"""Making, changing, deleting and restoring workflows."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from weft.kernel.actor import Actor
from weft.kernel.clock import Clock
from weft.kernel.errors import FieldError, Invalid, invalid_field
from weft.kernel.messages import Command
from weft.workflows.domain import Workflow, parse_settings
from weft.workflows.domain.validation import checked_graph
from weft.workflows.ports import References, Workflows
from weft.workflows.starters import starters

ABSENT: Final[Any] = object()
"""In place of a value that is not given: null is one."""
_EMPTY: Final[Mapping[str, Any]] = {"description": "", "tags": [], "graph": {"nodes": [], "edges": []}, "settings": {}}


@dataclass(frozen=True, slots=True)
class CreateWorkflow(Command[Workflow]):
    """A new workflow. What is not given comes from the template where one is named, else it is empty."""

    name: str
    description: Any = ABSENT
    tags: Any = ABSENT
    graph: Any = ABSENT
    settings: Any = ABSENT
    template: str | None = None


async def create_workflow(
    command: CreateWorkflow, actor: Actor, clock: Clock, workflows: Workflows, references: References
) -> Workflow:
    """Raises Invalid for what is not a graph, for wrong settings, and for a template that there is not."""
    given = {name: value for name in _EMPTY if (value := getattr(command, name)) is not ABSENT}
    fields = {**_EMPTY, **await _of_template(command), **given}
    fields["name"] = command.name
    fields["graph"] = await checked_graph(fields["graph"])
    fields["settings"] = await _known_settings(fields["settings"], references)
    workflow = Workflow.create(actor.workspace_id, fields, at=clock.now(), by=actor.label)
    await workflows.add(workflow)
    return workflow


async def _of_template(command: CreateWorkflow) -> Mapping[str, Any]:
    if command.template is None:
        return {}
    if command.graph is not ABSENT:
        raise invalid_field("/graph", "graph_and_template", "Give a graph or a template, not both.")
    file = (await asyncio.to_thread(starters)).get(command.template)
    if file is None:
        message = "There is no such template; GET /api/v1/templates lists them."
        raise invalid_field("/template", "unknown_template", message)
    return {"description": file.description, "tags": file.tags, "graph": file.graph, "settings": file.settings}


@dataclass(frozen=True, slots=True)
class UpdateWorkflow(Command[Workflow]):
    """Change the fields named in `changes`. With `merge` they are a JSON merge patch, null taking the default."""

    workflow_id: UUID
    revision: int | None
    changes: Mapping[str, Any]
    merge: bool = False


async def update_workflow(
    command: UpdateWorkflow, actor: Actor, clock: Clock, workflows: Workflows, references: References
) -> Workflow:
    """Raises NotFound, StaleRevision, Invalid."""
    changes = dict(command.changes)
    if "graph" in changes:
        changes["graph"] = await checked_graph(changes["graph"])
    workflow = await workflows.get(command.workflow_id)
    workflow.check_revision(command.revision)
    if command.merge:
        changes = _merged(changes, workflow)
    if "settings" in changes:
        changes["settings"] = await _known_settings(changes["settings"], references)
    workflow.update(command.revision, changes, at=clock.now(), by=actor.label)
    await workflows.save(workflow)
    return workflow


@dataclass(frozen=True, slots=True)
class DeleteWorkflow(Command[None]):
    """Hide a workflow."""

    workflow_id: UUID
    revision: int | None


async def delete_workflow(command: DeleteWorkflow, actor: Actor, clock: Clock, workflows: Workflows) -> None:
    """Raises NotFound, StaleRevision."""
    workflow = await workflows.get(command.workflow_id)
    workflow.delete(command.revision, at=clock.now(), by=actor.label)
    await workflows.save(workflow)


@dataclass(frozen=True, slots=True)
class RestoreWorkflow(Command[Workflow]):
    """Show a deleted workflow again; another stays as it is."""

    workflow_id: UUID


async def restore_workflow(command: RestoreWorkflow, actor: Actor, clock: Clock, workflows: Workflows) -> Workflow:
    """Raises NotFound."""
    workflow = await workflows.get(command.workflow_id, deleted=True)
    workflow.restore(at=clock.now(), by=actor.label)
    await workflows.save(workflow)
    return workflow


@dataclass(frozen=True, slots=True)
class DuplicateWorkflow(Command[Workflow]):
    """A new workflow with the draft of another."""

    workflow_id: UUID


async def duplicate_workflow(command: DuplicateWorkflow, actor: Actor, clock: Clock, workflows: Workflows) -> Workflow:
    """Raises NotFound."""
    source = await workflows.get(command.workflow_id)
    fields = {
        "name": f"{source.name[:193]} (copy)",
        "description": source.description,
        "tags": source.tags,
        "graph": source.graph,
        "settings": source.settings,
    }
    copy = Workflow.create(actor.workspace_id, fields, at=clock.now(), by=actor.label)
    await workflows.add(copy)
    return copy


def _merged(changes: dict[str, Any], workflow: Workflow) -> dict[str, Any]:
    merged = {key: _EMPTY.get(key) if value is None else value for key, value in changes.items()}
    if isinstance(merged.get("settings"), dict) and changes["settings"] is not None:
        merged["settings"] = merge_patch(workflow.settings, merged["settings"])
    return merged


def merge_patch(target: Any, patch: Any) -> Any:
    """`target` changed by `patch` as RFC 7396 says."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


async def _known_settings(value: Any, references: References) -> dict[str, Any]:
    settings = parse_settings(value)
    handler = settings.get("error_workflow_id")
    if handler is not None and await references.unknown("workflow", [handler]):
        path = "/settings/error_workflow_id"
        raise Invalid(
            "The settings are wrong.",
            [FieldError(path, "unknown_reference", "This workspace has no workflow with this id.")],
        )
    return settings
