"""The OpenAPI document and a running server say the same: what is generated from it is answered as it says."""

from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.server import Json, Server, make_workflow, run_workflow

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 6
LEAVING = ("/auth/logout", "/auth/refresh")
GRAPH: Json = {
    "nodes": [{"id": "start", "type": "start"}, {"id": "n", "type": "set", "config": {"values": {"x": 1}}}],
    "edges": [{"source": "start", "target": "n"}],
}


class Stock:
    """Things that are there, so that a generated request meets more than 404."""

    def __init__(self, owner: httpx.Client) -> None:
        self.owner = owner
        self.workflow = make_workflow(owner, GRAPH)
        self.execution = run_workflow(owner, self.workflow)["id"]
        self.count = 0

    def parameters(self, path: str, method: str) -> dict[str, str]:
        """A path's parameters; a new thing for what may be deleted."""
        values = {"workflow_id": self.workflow, "execution_id": self.execution, "node": "n", "number": "1", "sha": "0"}
        if "{credential_id}" in path:
            body: Json = {"name": "c", "type": "openai", "data": {"api_key": "SEKRET"}}
            values["credential_id"] = self._made("/credentials", body)
        elif "{id}" in path and "/api-keys/" in path:
            values["id"] = self._made("/api-keys", {"name": "k", "scopes": ["workflows:read"]})
        elif "{id}" in path:
            self.count += 1
            values["id"] = self._made("/variables", {"name": f"v{self.count}_{method.lower()}", "value": 1})
        elif "{template_id}" in path:
            values["template_id"] = "weather-digest"
        elif "{token}" in path:
            values["token"] = self.owner.post(f"/workflows/{self.workflow}/share").json()["token"]
        elif method == "DELETE":
            values["workflow_id"] = make_workflow(self.owner, GRAPH, publish=False)
        return {name: value for name, value in values.items() if f"{{{name}}}" in path}

    def _made(self, path: str, body: Json) -> str:
        answer = self.owner.post(path, json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


@pytest.fixture(scope="session")
def document(server: Server) -> Json:
    """The server's own OpenAPI document."""
    return httpx.get(f"{server.url}/api/v1/openapi.json").json()


def test_every_operation_keeps_its_word(server: Server, owner: httpx.Client, document: Json) -> None:
    schema = schemathesis.openapi.from_dict(document)
    stock = Stock(owner)
    headers = {"Authorization": owner.headers["Authorization"]}
    failures: list[str] = []
    seen: dict[int, int] = {}
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path.endswith(LEAVING):
            continue
        for mode in GenerationMode:
            try:
                _hold(operation, mode, stock, server.url, headers, seen)
            except Unsatisfiable:
                continue  # nothing wrong can be said to an operation without parameters
            except AssertionError as error:
                failures.append(f"{operation.label} ({mode.value}): {str(error)[:1500]}")
            except BaseExceptionGroup as group:
                failures.append(f"{operation.label} ({mode.value}): {[str(each)[:700] for each in group.exceptions]}")
    assert failures == [], "\n".join(failures)
    print("answers by status:", dict(sorted(seen.items())))
    assert seen[200] > 50
    assert seen[422] > 50


@pytest.mark.parametrize("mode", ["wait", "background", "stream"])
def test_each_mode_of_a_run_is_documented(server: Server, owner: httpx.Client, document: Json, mode: str) -> None:
    operation = schemathesis.openapi.from_dict(document)["/api/v1/workflows/{workflow_id}/runs"]["POST"]
    parameters = {"workflow_id": make_workflow(owner, GRAPH)}
    case = operation.Case(path_parameters=parameters, body={"mode": mode}, media_type="application/json")
    answer = case.call(base_url=server.url, headers={"Authorization": owner.headers["Authorization"]})
    assert answer.status_code == (202 if mode == "background" else 200)
    case.validate_response(answer, checks=CHECKS)


def _hold(
    operation: Any, mode: GenerationMode, stock: Stock, url: str, headers: dict[str, str], seen: dict[int, int]
) -> None:
    @settings(
        max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, print_blob=False,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans())
    def ask(case: Case, known: bool) -> None:
        if operation.path_parameters and (known or mode is GenerationMode.POSITIVE):
            case.path_parameters = stock.parameters(operation.path, operation.method.upper())
        answer = case.call(base_url=url, headers=headers, timeout=90)
        seen[answer.status_code] = seen.get(answer.status_code, 0) + 1
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code >= 400:
            problem = answer.json()
            assert {"type", "title", "status", "detail", "code", "request_id"} <= set(problem)

    ask()
