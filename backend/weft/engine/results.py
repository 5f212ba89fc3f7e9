"""What a level gives when it has ended: the run its outputs, a container its results."""

from typing import TYPE_CHECKING

from weft.engine.values import JSON

if TYPE_CHECKING:
    from weft.engine.frame import Frame


def run_outputs(frame: "Frame") -> dict[str, JSON]:
    """The outputs of the whole run: of the ends reached, else of the leaves."""
    if not frame.plan.ends:
        return leaf_outputs(frame)
    merged: dict[str, JSON] = {}
    for end in frame.plan.ends:
        output = frame.outputs.get(end.id)
        # A pinned output may be anything: what is no object has no names to give.
        if end.id in frame.given and not end.node.disabled and isinstance(output, dict):
            merged.update(output)
    return merged


def leaf_outputs(frame: "Frame") -> dict[str, JSON]:
    """The outputs of the leaves that gave one, by id."""
    return {leaf.id: frame.outputs[leaf.id] for leaf in frame.plan.leaves if leaf.id in frame.given}


def round_result(frame: "Frame") -> JSON:
    """The default result of a round: of one leaf its output or null, of several their outputs by id."""
    given = leaf_outputs(frame)
    if len(frame.plan.leaves) == 1:
        return given.get(frame.plan.leaves[0].id)
    return given if frame.plan.leaves else None
