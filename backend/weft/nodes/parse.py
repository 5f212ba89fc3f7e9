"""parse: text in JSON, CSV, XML or YAML becomes a value."""

from typing import Any, Final, Literal

from pydantic import Field, field_validator, model_validator

from weft.engine.node import NodeConfig, NodeRun, node
from weft.engine.parsing import check_length, parse_text
from weft.engine.values import JSON

INLINE: Final = {"json": 64 * 1024, "csv": 8 * 1024, "xml": 8 * 1024, "yaml": 0}
"""Characters that are read at once, within a few milliseconds; what is longer is read in another process."""


class Options(NodeConfig):
    """For `csv`: `delimiter`; `header`, whether the first line names the columns (rows are objects then, else
    arrays); `numbers`, whether cells that are written like numbers become numbers."""

    delimiter: str = Field(
        default=",",
        min_length=1,
        max_length=1,
        description="The one character between two cells; no quote, and no line break.",
        examples=[";"],
    )
    header: bool = Field(
        default=True,
        description="Whether the first line names the columns: rows are objects then, else arrays.",
    )
    numbers: bool = Field(
        default=False, description="Whether cells that are written like numbers become numbers; else all are texts."
    )

    @field_validator("delimiter")
    @classmethod
    def _parts_cells_only(cls, delimiter: str) -> str:
        if delimiter in '"\r\n':
            raise ValueError("should be neither a quote nor a line break")
        return delimiter


class Parse(NodeConfig):
    """`text` is read as `format` says."""

    format: Literal["json", "csv", "xml", "yaml"] = Field(description="What the text is written in.")
    text: str = Field(
        description="The text to read. Where it cannot be read: error `validation`, which says where.",
        examples=["{{ fetch.body }}"],
    )
    options: Options = Field(
        default=Options(), description="How CSV is read. The other formats have no options: leave it out."
    )

    @model_validator(mode="before")
    @classmethod
    def _options_are_for_csv(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("options") and value.get("format") in ("json", "xml", "yaml"):
            raise ValueError("only the format csv has options")
        return value


@node("parse", title="Parse", category="data", icon="file-input", effect="pure", output=Any)
async def parse(config: Parse, run: NodeRun) -> JSON:
    """Turns text in JSON, CSV, XML or YAML into a value."""
    check_length(config.format, config.text)
    options = config.options.model_dump()
    if len(config.text) <= INLINE[config.format]:
        return parse_text(config.format, config.text, options)
    return await run.parser.parse(config.format, config.text, options, workspace=run.workspace)
