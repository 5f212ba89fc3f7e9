"""What the inside of this context needs of the outside."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A chat model; costs in US dollars a token, None where they are not known."""

    id: str
    provider: str
    input_cost_per_token: float | None
    output_cost_per_token: float | None
    max_input_tokens: int | None
    max_output_tokens: int | None


class ModelList(Protocol):
    """The models that are known without asking a provider."""

    async def known(self, types: frozenset[str]) -> list[KnownModel]:
        """Those that a credential of one of these types gives access to."""
        ...
