"""The rules of workflows, in plain Python."""

from weft.workflows.domain.diff import diff_graphs, is_empty, value_changes
from weft.workflows.domain.settings import (
    Description,
    Name,
    Note,
    Tags,
    WorkflowSettings,
    escaped,
    field_errors,
    parse_settings,
    wrong_value,
)
from weft.workflows.domain.showing import shown_graph
from weft.workflows.domain.workflow import Share, Workflow, WorkflowVersion, share_hash

__all__ = [
    "Description",
    "Name",
    "Note",
    "Share",
    "Tags",
    "Workflow",
    "WorkflowSettings",
    "WorkflowVersion",
    "diff_graphs",
    "escaped",
    "field_errors",
    "is_empty",
    "parse_settings",
    "share_hash",
    "shown_graph",
    "value_changes",
    "wrong_value",
]
