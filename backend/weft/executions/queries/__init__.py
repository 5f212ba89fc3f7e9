"""What may be asked about executions."""

from weft.executions.queries.details import (
    ExecutionDetails,
    ExecutionSummary,
    GetBlob,
    GetExecution,
    GetExecutionHead,
    GetExecutionNodes,
    NodeDetails,
    get_blob,
    get_execution,
    get_execution_head,
    get_execution_nodes,
)
from weft.executions.queries.graphs import GetExecutionGraph, get_execution_graph
from weft.executions.queries.lists import (
    EventsAfter,
    ListExecutions,
    events_after,
    list_executions,
)
from weft.executions.queries.preview import EvaluateExpression, Preview, evaluate_expression

__all__ = [
    "EvaluateExpression",
    "EventsAfter",
    "ExecutionDetails",
    "ExecutionSummary",
    "GetBlob",
    "GetExecution",
    "GetExecutionGraph",
    "GetExecutionHead",
    "GetExecutionNodes",
    "ListExecutions",
    "NodeDetails",
    "Preview",
    "evaluate_expression",
    "events_after",
    "get_blob",
    "get_execution",
    "get_execution_graph",
    "get_execution_head",
    "get_execution_nodes",
    "list_executions",
]
