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
from weft.workflows.domain.workflow import Workflow, WorkflowVersion

__all__ = [
    "Description",
    "Name",
    "Note",
    "Tags",
    "Workflow",
    "WorkflowSettings",
    "WorkflowVersion",
    "diff_graphs",
    "escaped",
    "field_errors",
    "is_empty",
    "parse_settings",
    "value_changes",
    "wrong_value",
]
