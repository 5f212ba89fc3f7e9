"""Versions of drafts, and the graphs that runs name by hash."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from weft.engine.catalog import Catalog
from weft.kernel.actor import Actor
from weft.kernel.clock import Clock
from weft.kernel.messages import Command
from weft.workflows.domain import WorkflowVersion
from weft.workflows.domain.validation import validate, with_type_versions
from weft.workflows.ports import References, Workflows


@dataclass(frozen=True, slots=True)
class PublishWorkflow(Command[WorkflowVersion]):
    """Make a version of the draft."""

    workflow_id: UUID
    note: str = ""


async def publish_workflow(
    command: PublishWorkflow,
    actor: Actor,
    clock: Clock,
    workflows: Workflows,
    catalog: Catalog,
    references: References,
) -> WorkflowVersion:
    """Raises NotFound, Invalid with the errors that `validate` shows."""
    workflow = await workflows.get(command.workflow_id)
    report = await validate(workflow.graph, catalog, references.unknown)
    version = workflow.publish(
        with_type_versions(workflow.graph, catalog),
        list(report.errors),
        list(report.warnings),
        note=command.note,
        at=clock.now(),
        by=actor.label,
    )
    await workflows.add_version(version)
    await workflows.save(workflow)
    return version


@dataclass(frozen=True, slots=True)
class KeepGraph(Command[str]):
    """Store the graph of a draft that is about to run; gives its hash. Keeping it again changes nothing."""

    graph: dict[str, Any]


async def keep_graph(command: KeepGraph, clock: Clock, workflows: Workflows) -> str:
    """The graph's SHA-256."""
    return await workflows.keep_graph(command.graph, clock.now())
