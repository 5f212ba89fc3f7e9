"""Workflows as HTTP carries them."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from weft.kernel.clock import timestamp
from weft.platform.web import Body, etag, existing
from weft.workflows.domain import Description, Name, Note, Tags
from weft.workflows.queries import GetHead

READ: Final = existing(GetHead, "workflows:read", "workflow_id")
WRITE: Final = existing(GetHead, "workflows:write", "workflow_id")
CHANGE: Final = existing(GetHead, "workflows:write", "workflow_id", revision=True)
Moment = Annotated[datetime, PlainSerializer(timestamp, return_type=str)]


class WorkflowBody(Body):
    """A new workflow. With a `template` (the id of one) it begins as that; what the body names is taken instead."""

    name: Name
    description: Description = ""
    tags: Tags = Field(default_factory=list)
    graph: Any = Field(default_factory=lambda: {"nodes": [], "edges": []})
    settings: Any = Field(default_factory=dict)
    template: str | None = Field(default=None, max_length=100)


class WorkflowReplacement(Body):
    """What a PUT names is replaced; the rest stays."""

    name: Name = ""
    description: Description = ""
    tags: Tags = Field(default_factory=list)
    graph: Any = None
    settings: Any = None


class WorkflowPatch(Body):
    """A JSON merge patch: null gives a field its default back."""

    name: Name = ""
    description: Description | None = None
    tags: Tags | None = None
    settings: Any = None


class GraphBody(Body):
    """A graph to be validated, whatever it is."""

    graph: Any


class PublishBody(Body):
    """What is said about a version."""

    note: Note = ""


class _Resource(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class WorkflowSummaryResource(_Resource):
    """A workflow in a list."""

    id: UUID
    name: str
    description: str
    tags: list[str]
    settings: dict[str, Any]
    revision: int
    published_version: int | None
    created_at: Moment
    updated_at: Moment


class WorkflowResource(WorkflowSummaryResource):
    """A workflow with the graph of its draft."""

    graph: dict[str, Any]


class VersionSummaryResource(_Resource):
    """A version in a list."""

    id: UUID
    workflow_id: UUID
    version: int
    note: str
    warnings: list[dict[str, Any]]
    created_at: Moment
    created_by: str


class VersionResource(VersionSummaryResource):
    """A version with its graph. It never changes."""

    graph: dict[str, Any]


class ValidationResource(BaseModel):
    """What is wrong with a graph; `valid` counts errors."""

    valid: bool
    errors: list[dict[str, Any]]
    warnings: list[dict[str, Any]]


def workflow_resource(workflow: object, response: Response, *, created: bool = False) -> WorkflowResource:
    """A workflow as it is answered, with its ETag and, for a new one, its place."""
    resource = WorkflowResource.model_validate(workflow)
    response.headers["ETag"] = etag(resource.revision)
    if created:
        response.headers["Location"] = f"/api/v1/workflows/{resource.id}"
    return resource
