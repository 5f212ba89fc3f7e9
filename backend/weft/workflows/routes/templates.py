"""The library of templates over HTTP."""

from typing import Annotated, Any

from fastapi import Query
from pydantic import AfterValidator, BaseModel, ConfigDict

from weft.platform.web import (
    ActorDependency,
    BusDependency,
    Cursor,
    Limit,
    Page,
    allowed,
    make_cursor,
    read_cursor,
    router,
)
from weft.workflows.domain.settings import without_nul
from weft.workflows.queries import GetTemplate, ListTemplates

routes = router("/templates", "workflows")
Text = Annotated[str | None, Query(max_length=200), AfterValidator(without_nul)]
READ = allowed("workflows:read")


class TemplateSummaryResource(BaseModel):
    """A template in a list. `node_types` are those that it uses, in the order of its graph."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    description: str
    tags: list[str]
    node_types: list[str]
    needs_credential: bool


class TemplateResource(TemplateSummaryResource):
    """A template with its graph."""

    graph: dict[str, Any]
    settings: dict[str, Any]


@routes.get("", dependencies=[READ])
async def list_templates(
    actor: ActorDependency, bus: BusDependency, q: Text = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[TemplateSummaryResource]:
    """Templates in which every word of `q` is found (in name, tags, nodes or description), the best first."""
    filters = ["templates", q]
    begin = (read_cursor(cursor, actor, filters, (int,)) or (0,))[0]
    found = await bus.ask(ListTemplates(q), actor)
    items = [TemplateSummaryResource.model_validate(template) for template in found[begin : begin + limit]]
    end = begin + limit
    return Page(items=items, next_cursor=make_cursor(actor, filters, end) if end < len(found) else None)


@routes.get("/{template_id}", dependencies=[READ])
async def get_template(template_id: str, actor: ActorDependency, bus: BusDependency) -> TemplateResource:
    """A template with its graph. `POST /workflows` with its id as `template` makes a workflow of it."""
    return TemplateResource.model_validate(await bus.ask(GetTemplate(template_id), actor))
