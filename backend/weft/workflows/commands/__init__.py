"""What may be done to workflows."""

from weft.workflows.commands.drafts import (
    CreateWorkflow,
    DeleteWorkflow,
    DuplicateWorkflow,
    RestoreWorkflow,
    UpdateWorkflow,
    create_workflow,
    delete_workflow,
    duplicate_workflow,
    restore_workflow,
    update_workflow,
)
from weft.workflows.commands.importing import (
    FORMATS,
    Imported,
    ImportStarters,
    ImportWorkflow,
    import_starters,
    import_workflow,
)
from weft.workflows.commands.publishing import KeepGraph, PublishWorkflow, keep_graph, publish_workflow
from weft.workflows.commands.sharing import Shared, ShareWorkflow, WithdrawShare, share_workflow, withdraw_share

__all__ = [
    "FORMATS",
    "CreateWorkflow",
    "DeleteWorkflow",
    "DuplicateWorkflow",
    "ImportStarters",
    "ImportWorkflow",
    "Imported",
    "KeepGraph",
    "PublishWorkflow",
    "RestoreWorkflow",
    "ShareWorkflow",
    "Shared",
    "UpdateWorkflow",
    "WithdrawShare",
    "create_workflow",
    "delete_workflow",
    "duplicate_workflow",
    "import_starters",
    "import_workflow",
    "keep_graph",
    "publish_workflow",
    "restore_workflow",
    "share_workflow",
    "update_workflow",
    "withdraw_share",
]
