"""The secrets that lost owners of a run opened: whoever goes on with it masks them too."""

from typing import TYPE_CHECKING

from weft.engine.errors import NodeError
from weft.engine.plan import Plan, PlanNode
from weft.engine.state import RunState
from weft.engine.validation.configs import things_of

if TYPE_CHECKING:
    from weft.engine.run import Run


async def mask_opened(run: "Run") -> None:
    """Mask what the credentials hold that nodes opened before. One that is gone since cannot be known."""
    vault = run.capabilities.credentials
    if vault is None:
        return
    for credential in sorted(_named(run.plan, run.state)):
        try:
            opened = await vault.open(credential, workspace=run.context.workspace)
        except NodeError:
            continue
        run.masks.add(*opened.secrets())


def _named(plan: Plan, state: RunState) -> set[str]:
    begun = {node.node for node in state.nodes.values() if node.started_at is not None}
    return {
        thing.id
        for node in plan.by_id.values()
        if _may_have_begun(plan, node, begun)
        for thing in things_of(node.node, node.type)
        if thing.kind == "credential"
    }


def _may_have_begun(plan: Plan, node: PlanNode, begun: set[str]) -> bool:
    """Rounds that have ended are forgotten: what a container holds may have begun when that has."""
    above: PlanNode | None = node
    while above is not None:
        if above.id in begun:
            return True
        above = plan.by_id.get(above.node.parent or "")
    return False
