"""What may be asked about workflows."""

from weft.workflows.queries.checking import DiffVersions, ValidateGraph, diff_versions, validate_graph
from weft.workflows.queries.exporting import ExportWorkflow, export_workflow
from weft.workflows.queries.library import ListNodeTypes, list_node_types
from weft.workflows.queries.resources import (
    GetHead,
    GetVersionDetails,
    GetWorkflow,
    Head,
    ListVersions,
    ListWorkflows,
    VersionDetails,
    VersionSummary,
    WorkflowDetails,
    WorkflowSummary,
    get_head,
    get_version_details,
    get_workflow,
    list_versions,
    list_workflows,
)
from weft.workflows.queries.running import (
    GetGraph,
    GetVersion,
    RunnableVersion,
    get_graph,
    get_version,
)
from weft.workflows.queries.sharing import GetShare, GetShared, SharedWorkflow, ShareLink, get_share, get_shared
from weft.workflows.queries.templates import GetTemplate, ListTemplates, Template, get_template, list_templates

__all__ = [
    "DiffVersions",
    "ExportWorkflow",
    "GetGraph",
    "GetHead",
    "GetShare",
    "GetShared",
    "GetTemplate",
    "GetVersion",
    "GetVersionDetails",
    "GetWorkflow",
    "Head",
    "ListNodeTypes",
    "ListTemplates",
    "ListVersions",
    "ListWorkflows",
    "RunnableVersion",
    "ShareLink",
    "SharedWorkflow",
    "Template",
    "ValidateGraph",
    "VersionDetails",
    "VersionSummary",
    "WorkflowDetails",
    "WorkflowSummary",
    "diff_versions",
    "export_workflow",
    "get_graph",
    "get_head",
    "get_share",
    "get_shared",
    "get_template",
    "get_version",
    "get_version_details",
    "get_workflow",
    "list_node_types",
    "list_templates",
    "list_versions",
    "list_workflows",
    "validate_graph",
]
