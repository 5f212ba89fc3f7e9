"""Sharing a workflow by a public link, and ending that."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from weft.kernel.actor import Actor
from weft.kernel.clock import Clock
from weft.kernel.messages import Command
from weft.workflows.domain import Share
from weft.workflows.ports import ShareTokens, Workflows


@dataclass(frozen=True, slots=True)
class Shared:
    """The link's token, when it was made, the version it shows (None: the draft as it was then); whether it is new."""

    token: str
    at: datetime
    version: int | None
    created: bool


@dataclass(frozen=True, slots=True)
class ShareWorkflow(Command[Shared]):
    """Let anybody read the workflow who has the link."""

    workflow_id: UUID


async def share_workflow(
    command: ShareWorkflow, actor: Actor, clock: Clock, workflows: Workflows, tokens: ShareTokens
) -> Shared:
    """The same link for as long as it is shared. Raises NotFound."""
    workflow = await workflows.get(command.workflow_id)
    known = tokens.open(workflow.share.sealed) if workflow.share else None
    if workflow.share is not None and known is not None:
        return Shared(known, workflow.share.at, workflow.published_version, created=False)
    token, token_hash, sealed = tokens.make()
    at = clock.now()
    share = Share(token_hash, sealed, await workflows.keep_graph(workflow.graph, at), at)
    workflow.share_by(share, by=actor.label)
    await workflows.save(workflow)
    return Shared(token, at, workflow.published_version, created=True)


@dataclass(frozen=True, slots=True)
class WithdrawShare(Command[None]):
    """Make the link lead nowhere; a workflow that is not shared stays as it is."""

    workflow_id: UUID


async def withdraw_share(command: WithdrawShare, actor: Actor, clock: Clock, workflows: Workflows) -> None:
    """Raises NotFound."""
    workflow = await workflows.get(command.workflow_id)
    if workflow.share is None:
        return
    workflow.withdraw(at=clock.now(), by=actor.label)
    await workflows.save(workflow)
