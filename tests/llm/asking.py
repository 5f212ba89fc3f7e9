"""Workflows with an `llm` node, and their streams as a client sees them."""

import json
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.server import Json


@dataclass
class Watched:
    """What came over one stream."""

    events: list[Json] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    first_at: float = 0.0
    raw: str = ""


def asking(credential: str, *, retry: Json | None = None, **config: Any) -> Json:
    """start → llm → end."""
    node: Json = {"id": "ask", "type": "llm"}
    node["config"] = {"model": "tiny", "credential_id": credential, "prompt": "tell a {{ input.kind }} story", **config}
    if retry is not None:
        node["policy"] = {"retry": retry}
    return {
        "nodes": [{"id": "start", "type": "start"}, node,
                  {"id": "end", "type": "end", "config": {"outputs": {"text": "{{ ask.text }}"}}}],
        "edges": [{"source": "start", "target": "ask"}, {"source": "ask", "target": "end"}],
    }  # fmt: skip


def watch(client: httpx.Client, workflow_id: str, **body: Any) -> Watched:
    """Run with `mode: stream`, to the end."""
    seen, kind = Watched(), ""
    request = {"inputs": {"kind": "short"}, "mode": "stream", **body}
    with client.stream("POST", f"/workflows/{workflow_id}/runs", json=request) as answer:
        assert answer.status_code == 200, answer.read()
        for line in answer.iter_lines():
            seen.raw += line + "\n"
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            elif name == "data":
                frame = json.loads(value)
                if kind == "node.delta":
                    seen.first_at = seen.first_at or time.monotonic()
                    seen.texts.append(frame["data"]["text"])
                else:
                    seen.events.append(frame)
    return seen
