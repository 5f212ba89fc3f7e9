"""Workflow files over HTTP: export and import."""

import re
from typing import Annotated, Any, Final, Literal

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel
from starlette.datastructures import UploadFile

from weft.kernel.errors import TooLarge, UnsupportedMedia, invalid_field
from weft.platform.web import ActorDependency, BusDependency, EntityId, allowed, router
from weft.workflows.commands import ImportWorkflow
from weft.workflows.queries import ExportWorkflow
from weft.workflows.routes.resources import READ, WorkflowResource, workflow_resource

routes = router("/workflows", "workflows")
MAX_BYTES: Final = 100 * 1024 * 1024
_NAMES: Final = {
    "": "workflow",
    "text/plain": "workflow",
    "application/octet-stream": "workflow",
    "application/json": "workflow.json",
    **dict.fromkeys(("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"), "workflow.yaml"),
}
_BODY: Final[dict[str, Any]] = {
    "required": True,
    "content": {
        "application/yaml": {"schema": {"type": "string"}},
        "application/json": {"schema": {"type": "object"}},
        "text/plain": {"schema": {"type": "string"}},
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {"file": {"type": "string", "format": "binary"}},
                "required": ["file"],
            }
        },
    },
}


class ImportResource(BaseModel):
    """What an import made, and a line for each node."""

    workflow: WorkflowResource
    report: list[dict[str, Any]]


def _media(request: Request) -> str:
    """The body's type. Raises UnsupportedMedia."""
    media = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media != "multipart/form-data" and media not in _NAMES:
        raise UnsupportedMedia(
            "Send the file as multipart/form-data, application/yaml, application/json or text/plain."
        )
    return media


Media = Annotated[str, Depends(_media)]


@routes.get("/{workflow_id}/export", dependencies=[READ], response_class=Response)
async def export_workflow(
    workflow_id: EntityId,
    actor: ActorDependency,
    bus: BusDependency,
    format: Literal["yaml", "json"] = "yaml",
) -> Response:
    """The draft as a file for git."""
    name, text = await bus.ask(ExportWorkflow(workflow_id, format), actor)
    return Response(
        text,
        media_type=f"application/{format}",
        headers={
            "Content-Disposition": f'attachment; filename="{_file_name(name)}.{format}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


@routes.post(
    "/import",
    dependencies=[Depends(_media), allowed("workflows:write")],
    openapi_extra={"requestBody": _BODY},
    responses={201: {"model": ImportResource}},
)
async def import_workflow(
    request: Request,
    response: Response,
    media: Media,
    actor: ActorDependency,
    bus: BusDependency,
    format: Annotated[Literal["auto", "weft", "dify", "n8n"], Query()] = "auto",
) -> ImportResource:
    """Make a workflow from a file (201), or update the one with its id in place (200)."""
    text, name = await (_upload(request) if media == "multipart/form-data" else _raw(request, _NAMES[media]))
    imported = await bus.execute(ImportWorkflow(text, name, format), actor)
    resource = workflow_resource(imported.workflow, response, created=imported.created)
    response.status_code = 201 if imported.created else 200
    return ImportResource(workflow=resource, report=imported.report)


async def _raw(request: Request, name: str) -> tuple[bytes, str]:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BYTES:
            raise TooLarge("A workflow file may have 100 MiB.")
        chunks.append(chunk)
    return b"".join(chunks), name


async def _upload(request: Request) -> tuple[bytes, str]:
    async with request.form(max_files=1, max_fields=1) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise invalid_field("/file", "required", "Send the workflow file as the part 'file'.")
        if (file.size or 0) > MAX_BYTES:
            raise TooLarge("A workflow file may have 100 MiB.")
        return await file.read(), file.filename or "workflow"


def _file_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()[:80] or "workflow"
