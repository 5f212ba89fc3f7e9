"""A provider on loopback, and whole servers that may reach it."""

import os
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import pytest
import tiktoken

from tests.server import Server, running
from tests.servers.background import in_background
from tests.servers.openai_speaker import OpenAISpeaker, Reply
from tests.servers.recorder import Recorder

KEY = "SEKRET-8c1f/+d2?k&3=x4"


@cache
def tokenizer() -> tiktoken.Encoding:
    """cl100k from the file that LiteLLM brings: nothing is downloaded, and LiteLLM itself is not imported."""
    found = find_spec("litellm")
    assert found is not None
    assert found.origin is not None
    os.environ.setdefault("TIKTOKEN_CACHE_DIR", str(Path(found.origin).parent / "litellm_core_utils" / "tokenizers"))
    return tiktoken.get_encoding("cl100k_base")


def prompt_tokens(messages: list[dict[str, Any]]) -> int:
    """As OpenAI's cookbook counts them."""
    encoding = tokenizer()
    return 3 + sum(3 + sum(len(encoding.encode(str(text))) for text in each.values()) for each in messages)


@pytest.fixture(scope="session")
def provider() -> Iterator[OpenAISpeaker]:
    """The provider, for the session."""
    with in_background(OpenAISpeaker(count=prompt_tokens)) as listening:
        yield listening


@pytest.fixture
def speaker(provider: OpenAISpeaker) -> OpenAISpeaker:
    """The provider with empty books and the usual script."""
    provider.prompt_tokens = provider.completion_tokens = 0
    provider.requests.clear()
    provider.arrivals.clear()
    provider.sent_at.clear()
    provider.script(Reply())
    return provider


@pytest.fixture(scope="session")
def hub() -> Iterator[Recorder]:
    """What libraries take for the Hugging Face hub. Whatever arrives there went past the guard."""
    with in_background(Recorder()) as listening:
        yield listening


@pytest.fixture(scope="session")
def server(
    database_url: str | None, provider: OpenAISpeaker, hub: Recorder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A whole Weft on each database in turn, which may reach the provider; its log at the finest."""
    environment = {
        "WEFT_ALLOW_PRIVATE_HOSTS": f"127.0.0.1:{provider.port}",
        "WEFT_LOG_LEVEL": "debug",
        "HF_ENDPOINT": hub.url,
    }
    with running(Server(tmp_path_factory.mktemp("llm"), database_url, environment)) as started:
        yield started


@pytest.fixture
def credential(owner: httpx.Client, speaker: OpenAISpeaker) -> str:
    """The id of a credential for the provider."""
    data = {"base_url": speaker.base_url, "api_key": KEY}
    answer = owner.post("/credentials", json={"name": "local", "type": "openai_compatible", "data": data})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])
