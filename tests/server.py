"""A whole Weft, as a user runs it: `weft serve` in a process of its own, killed and started again at will."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.cost import in_time

OWNER = {"email": "owner@example.com", "password": "correct horse battery", "name": "Olga Owner"}
START_S = 60.0
Json = dict[str, Any]


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """One installation. `environment` adds to a bare one: nothing of the caller's WEFT_ settings leaks in."""

    data_dir: Path
    database_url: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    module: str = "weft.cli"
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None
    token: str = ""

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log_path(self) -> Path:
        """What it printed."""
        return self.data_dir / "server.log"

    def start(self, *, wait: bool = True, command: Sequence[str] = ()) -> None:
        """Start it (by another `command`, under a tracer say); returns when it answers."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("WEFT_")}
        environment |= {
            "WEFT_DATA_DIR": str(self.data_dir),
            "WEFT_PASSWORD_HASH_COST": "low",
            "WEFT_LOG_FORMAT": "json",
        }
        environment |= {"WEFT_RATE_LIMIT": "1000000/minute", "WEFT_RATE_LIMIT_ANONYMOUS": "1000000/minute"}
        if self.database_url:
            environment["WEFT_DATABASE_URL"] = self.database_url
        usual = [sys.executable, "-m", self.module, "serve", "--port", str(self.port)]
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                command or usual, env={**environment, **self.environment}, stdout=log, stderr=log, cwd=self.data_dir
            )
        if wait:
            self.wait_until_up()

    def wait_until_up(self) -> None:
        """Return when /healthz answers. Raises AssertionError with the log where it never does."""
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            assert self.process is not None
            if self.process.poll() is not None:
                break
            try:
                if httpx.get(f"{self.url}/healthz", timeout=1).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.02)
        raise AssertionError(f"the server did not start:\n{self.log()[-4000:]}")

    def log(self) -> str:
        """All it has printed."""
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def kill(self) -> None:
        """kill -9."""
        self.signal(signal.SIGKILL)
        self.wait()

    def signal(self, number: int) -> None:
        """Send a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    def wait(self, timeout_s: float = 60) -> int:
        """The exit code."""
        assert self.process is not None
        return self.process.wait(timeout_s)

    def stop(self) -> int:
        """SIGTERM, and wait."""
        if self.process is None or self.process.poll() is not None:
            return 0
        self.signal(signal.SIGTERM)
        try:
            return self.wait()
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    # -- as a client ---------------------------------------------------------------------------------------------

    def client(self, token: str | None = None, **options: Any) -> httpx.Client:
        """A client of the API; signed in with `token`."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=60, **options)

    def owner(self) -> httpx.Client:
        """The first owner, set up or signed in."""
        with self.client() as anonymous:
            answer = anonymous.post("/auth/setup", json=OWNER)
            if answer.status_code == 409:
                answer = anonymous.post("/auth/login", json={k: OWNER[k] for k in ("email", "password")})
        assert answer.status_code in (200, 201), answer.text
        self.token = answer.json()["access_token"]
        return self.client(self.token)


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """`server`, started, and stopped at the end whatever happened."""
    server.start()
    try:
        yield server
    finally:
        if server.process is not None and server.process.poll() is None:
            server.kill()


def make_workflow(client: httpx.Client, graph: Json, *, publish: bool = True, **fields: Any) -> str:
    """A workflow of `graph`; its id."""
    answer = client.post("/workflows", json={"name": "test", "graph": graph, **fields})
    assert answer.status_code == 201, answer.text
    workflow_id: str = answer.json()["id"]
    if publish:
        published = client.post(f"/workflows/{workflow_id}/publish", json={})
        assert published.status_code == 201, published.text
    return workflow_id


def run_workflow(client: httpx.Client, workflow_id: str, **body: Any) -> Json:
    """Run and wait; the execution."""
    answer = client.post(f"/workflows/{workflow_id}/runs", json={"mode": "wait", **body})
    assert answer.status_code in (200, 202), answer.text
    execution: Json = answer.json()["execution"]
    return execution


def run_node(client: httpx.Client, type: str, config: Json, inputs: Json | None = None, **node: Any) -> Json:
    """`run(type, config)` of attacks.md: start → node → end, run and waited for."""
    graph = {
        "nodes": [{"id": "start", "type": "start"}, {"id": "n", "type": type, "config": config, **node},
                  {"id": "end", "type": "end", "config": {"outputs": {"value": "{{ n }}"}}}],
        "edges": [{"source": "start", "target": "n"}, {"source": "n", "target": "end"}],
    }  # fmt: skip
    workflow_id = make_workflow(client, graph, publish=False)
    return run_workflow(client, workflow_id, inputs=inputs or {}, version="draft")


def wait_for_end(client: httpx.Client, execution_id: str, timeout_s: float = 60) -> Json:
    """The execution, when it has ended."""
    began = time.monotonic()
    while True:
        execution: Json = client.get(f"/executions/{execution_id}").json()
        if execution["status"] in ("completed", "failed", "cancelled"):
            return execution
        in_time(time.monotonic() - began, timeout_s, execution)
        time.sleep(0.05)


def events_of(client: httpx.Client, execution_id: str) -> list[Json]:
    """All stored events, page after page."""
    events: list[Json] = []
    while True:
        page = client.get(f"/executions/{execution_id}/events", params={"after": len(events), "limit": 1000}).json()
        events += page["items"]
        if page["next_cursor"] is None:
            return events
