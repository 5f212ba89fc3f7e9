"""What may be done with executions: each command followed by its handler."""

from weft.executions.commands.control import (
    CancelExecution,
    DeleteExecution,
    RetryExecution,
    cancel_execution,
    delete_execution,
    retry_execution,
)
from weft.executions.commands.one_node import RunNode, run_node
from weft.executions.commands.start import StartExecution, start_execution

__all__ = [
    "CancelExecution",
    "DeleteExecution",
    "RetryExecution",
    "RunNode",
    "StartExecution",
    "cancel_execution",
    "delete_execution",
    "retry_execution",
    "run_node",
    "start_execution",
]
