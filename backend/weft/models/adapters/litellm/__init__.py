"""Chat models through LiteLLM. This package is the only importer of it: at the first use, in a thread."""

from weft.models.adapters.litellm.models import LiteLLMModels

__all__ = ["LiteLLMModels"]
