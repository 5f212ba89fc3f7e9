"""The library of templates: what ships with Weft, found by words."""

import asyncio
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from weft.engine.catalog import Catalog
from weft.engine.fields import field_of, fields_of
from weft.kernel.errors import NotFound
from weft.kernel.messages import Query
from weft.workflows.domain.searching import Searched, words_of
from weft.workflows.starters import starters
from weft.workflows.text import WorkflowFile

NAME, TAG, NODE, DESCRIPTION = 8, 4, 2, 1
"""How much a word counts where it is found."""


@dataclass(frozen=True, slots=True)
class Template:
    """A workflow to begin with. `graph` and `settings` are shared: never change them."""

    id: str
    name: str
    description: str
    tags: list[str]
    node_types: list[str]
    needs_credential: bool
    graph: dict[str, Any]
    settings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ListTemplates(Query[list[Template]]):
    """Those in which every word of `text` is found, the best first; without words all, by name."""

    text: str | None = None


async def list_templates(query: ListTemplates, catalog: Catalog) -> list[Template]:
    """All of them: the library is small, and pages are cut from it."""
    library = await asyncio.to_thread(_library, catalog)
    words = words_of(query.text or "")
    if not words:
        return [template for template, _ in library]
    scored = [(searched.score(words), template) for template, searched in library]
    return [template for score, template in sorted(scored, key=lambda found: -found[0]) if score]


@dataclass(frozen=True, slots=True)
class GetTemplate(Query[Template]):
    """One template."""

    template_id: str


async def get_template(query: GetTemplate, catalog: Catalog) -> Template:
    """Raises NotFound."""
    for template, _ in await asyncio.to_thread(_library, catalog):
        if template.id == query.template_id:
            return template
    raise NotFound("There is no such template.")


@lru_cache(maxsize=4)
def _library(catalog: Catalog) -> tuple[tuple[Template, Searched], ...]:
    """Every template in the order of the names, ready to be searched."""
    found = [_template(slug, file, catalog) for slug, file in starters().items()]
    ordered = sorted(found, key=lambda template: template.name)
    return tuple((template, _searched(template, catalog)) for template in ordered)


def _template(slug: str, file: WorkflowFile, catalog: Catalog) -> Template:
    nodes = file.graph["nodes"]
    return Template(
        id=slug,
        name=file.name,
        description=file.description,
        tags=file.tags,
        node_types=list(dict.fromkeys(node["type"] for node in nodes)),
        needs_credential=any(_needs_credential(node, catalog) for node in nodes),
        graph=file.graph,
        settings=file.settings,
    )


def _needs_credential(node: dict[str, Any], catalog: Catalog) -> bool:
    """Whether the node asks a model, or names a credential."""
    node_type = catalog.get(node["type"])
    if node_type is None:
        return False
    root, config = fields_of(node_type), node.get("config", {})
    kinds = {name: field_of(root, name).reference for name in node_type.config_schema.get("properties", {})}
    return "model" in kinds.values() or any(kinds.get(name) == "credential" and config[name] for name in config)


def _searched(template: Template, catalog: Catalog) -> Searched:
    titles = [node.get("name") or "" for node in template.graph["nodes"]]
    types = [node_type.title for name in template.node_types if (node_type := catalog.get(name))]
    return Searched(
        [
            (NAME, template.name),
            *((TAG, tag) for tag in template.tags),
            *((NODE, text) for text in (*titles, *types, *template.node_types)),
            (DESCRIPTION, template.description),
        ]
    )
