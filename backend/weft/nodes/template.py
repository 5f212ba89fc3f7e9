"""template: text with values in it."""

from typing_extensions import TypedDict

from weft.engine.node import NodeConfig, NodeRun, node


class Template(NodeConfig):
    """`template` is text with `{{ }}`."""

    template: str


class TemplateOutput(TypedDict):
    """The text with its values filled in."""

    text: str


@node("template", title="Template", category="data", icon="type", effect="pure", output=TemplateOutput)
async def template(config: Template, run: NodeRun) -> TemplateOutput:
    """Fills values into a text."""
    return {"text": config.template}
