"""LiteLLM itself: how it is imported, given a client, and asked for tokens and prices."""

import logging
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from weft.engine.capabilities import ModelRequest, Usage
from weft.engine.errors import NodeError

if TYPE_CHECKING:
    from weft.models.adapters.litellm.wire import Wire

_ENVIRONMENT: Final = {
    "LITELLM_MODE": "PRODUCTION",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_LOCAL_BLOG_POSTS": "True",
    # Seconds of CPU for each megabyte that a provider answers. Weft masks what leaves it, and LiteLLM is kept silent.
    "LITELLM_DISABLE_REDACT_SECRETS": "true",
}


def load() -> Any:
    """Import LiteLLM, quiet and offline, with what it would import at its first call. Takes seconds.

    NodeError `unavailable` where the extra is not installed.
    """
    os.environ.update(_ENVIRONMENT)
    try:
        import litellm
    except ImportError:
        raise NodeError("unavailable", "Models need an extra: pip install 'weft[ai]'.") from None
    import litellm.litellm_core_utils.exception_mapping_utils
    import openai.resources

    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).disabled = True
    litellm.telemetry = False
    litellm.suppress_debug_info = True
    litellm.disable_aiohttp_transport = True
    # For a model named like llama-3 it would fetch a tokenizer from the Hugging Face hub, past the guard.
    litellm.disable_hf_tokenizer_download = True
    litellm.token_counter(model="gpt-4o", text=openai.resources.__name__)
    return litellm


def client(provider: str, wire: "Wire", key: str, address: str) -> Any:
    """A client of the provider's kind over one call's wire; it follows no redirects and retries nothing."""
    if provider == "openai":
        import httpx
        import openai

        http = httpx.AsyncClient(transport=wire, trust_env=False, follow_redirects=False)
        return openai.AsyncOpenAI(api_key=key, base_url=address, max_retries=0, http_client=http)
    from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler

    return AsyncHTTPHandler(transport=wire, follow_redirects=False)


def price_entry(library: Any, provider: str, name: str) -> Mapping[str, Any]:
    """What LiteLLM's table says of the model; empty where it does not know it."""
    found: Mapping[str, Any] = library.model_cost.get(name) or library.model_cost.get(f"{provider}/{name}") or {}
    return found


def prompt_tokens(library: Any, name: str, request: ModelRequest) -> int:
    """The tokens of the messages, by the model's tokenizer or a near one; an image counts as a usual one."""
    messages = [dict(message) for message in request.messages]
    return int(library.token_counter(model=name, messages=messages, use_default_image_token_count=True))


def text_tokens(library: Any, name: str, text: str) -> int:
    """The tokens of a text."""
    return int(library.token_counter(model=name, text=text)) if text else 0


def priced(library: Any, provider: str, name: str, prompt: int, completion: int, told: Any = None) -> Usage:
    """The tokens with their price by LiteLLM's table; None where the model is not in it. `told`: the
    provider's own usage, which may name cached tokens."""
    entry = price_entry(library, provider, name)
    if entry.get("input_cost_per_token") is None or entry.get("output_cost_per_token") is None:
        return Usage(prompt, completion)
    costs = library.cost_per_token(
        model=name,
        custom_llm_provider=provider,
        prompt_tokens=prompt,
        completion_tokens=completion,
        usage_object=told,
    )
    return Usage(prompt, completion, sum(costs))
