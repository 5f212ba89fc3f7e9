"""template: text with values in it."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from weft.engine.node import NodeConfig, NodeRun, node


class Template(NodeConfig):
    """`template` is text with `{{ }}`."""

    template: str = Field(
        description="The text. Each `{{ }}` in it is filled in, objects and lists as JSON.",
        examples=["Hello {{ input.name }}"],
    )


class TemplateOutput(TypedDict):
    """The text with its values filled in."""

    text: Annotated[str, Field(description="The text with its values filled in.")]


@node("template", title="Template", category="data", icon="type", effect="pure", output=TemplateOutput)
async def template(config: Template, run: NodeRun) -> TemplateOutput:
    """Writes a text with values filled in."""
    return {"text": config.template}
