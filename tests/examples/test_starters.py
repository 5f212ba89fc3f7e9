"""The starters: canonical, without a fault, and with the outputs that their data gives."""

import asyncio
import csv
import importlib.util
import io
import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

import weft.nodes
from tests.server import run_workflow
from tests.servers.openai_speaker import OpenAISpeaker, Reply
from weft.engine.catalog import load_catalog
from weft.engine.validation import validate_graph
from weft.workflows.starters import starter_files
from weft.workflows.text import dump_workflow_file, load_workflow_file

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = [path.stem for path in starter_files()]


def inputs_of(name: str) -> dict[str, Any]:
    """The defaults of a starter's inputs."""
    path = EXAMPLES / f"{name}.yaml"
    graph = load_workflow_file(path.read_bytes(), path.name).graph
    start = next(node for node in graph["nodes"] if node["type"] == "start")
    properties = start["config"]["inputs_schema"]["properties"]
    return {key: schema["default"] for key, schema in properties.items() if "default" in schema}


@pytest.fixture(scope="module")
def refresh() -> ModuleType:
    spec = importlib.util.spec_from_file_location("refresh", EXAMPLES / "refresh.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def starter(owner: httpx.Client, name: str) -> str:
    """The id of the starter that set-up imported."""
    title = load_workflow_file((EXAMPLES / f"{name}.yaml").read_bytes(), name).name
    found = owner.get("/workflows", params={"q": title, "tag": "starter"}).json()["items"]
    return str(found[-1]["id"])


def by_command(file: str | Path, folder: Path, inputs: dict[str, Any], **environment: str) -> Any:
    """What `weft run` prints for a starter, or another file."""
    path = file if isinstance(file, Path) else EXAMPLES / f"{file}.yaml"
    command = [sys.executable, "-m", "weft.cli", "run", str(path), "--input", json.dumps(inputs)]
    settings = {**os.environ, **environment}
    ended = subprocess.run(command, capture_output=True, cwd=folder, timeout=120, check=False, env=settings)
    assert ended.returncode == 0, ended.stderr.decode()
    return json.loads(ended.stdout)


@pytest.mark.parametrize("name", NAMES)
def test_a_starter_has_no_errors_and_no_warnings(name: str) -> None:
    file = load_workflow_file((EXAMPLES / f"{name}.yaml").read_bytes(), f"{name}.yaml")
    report = validate_graph(file.graph, load_catalog(weft.nodes))
    assert (report.errors, report.warnings) == ([], [])
    assert "starter" in file.tags
    assert all("position" in node or node["type"] == "start" for node in file.graph["nodes"])


@pytest.mark.parametrize("name", NAMES)
def test_a_starter_is_canonical_and_carries_its_data(name: str, refresh: ModuleType) -> None:
    path = EXAMPLES / f"{name}.yaml"
    changing = {"documents"}
    assert set(refresh.defaults().get(name, {})) <= set(inputs_of(name))
    for key, value in refresh.defaults().get(name, {}).items():
        if key not in changing:
            assert inputs_of(name)[key] == value
    if name != "text-statistics":
        assert refresh.refreshed(path) == path.read_text()


def test_each_starter_is_told_of_in_the_readme() -> None:
    text = (EXAMPLES / "README.md").read_text()
    assert all(f"`{name}.yaml`" in text for name in NAMES)


def test_weather_digest_by_the_api_and_by_the_command(owner: httpx.Client, tmp_path: Path) -> None:
    execution = run_workflow(owner, starter(owner, "weather-digest"), inputs={})
    assert execution["status"] == "completed", execution["error"]
    outputs = execution["outputs"]
    days = list(csv.DictReader(io.StringIO((EXAMPLES / "data/seattle-weather.csv").read_text())))
    seasons: dict[str, dict[str, float]] = defaultdict(lambda: {"rain": 0.0, "frost": 0, "max": -99, "min": 99})
    for day in days:
        month = int(day["date"][5:7])
        season = seasons[["winter", "spring", "summer", "autumn"][month % 12 // 3]]
        season["rain"] += float(day["precipitation"])
        season["frost"] += float(day["temp_min"]) <= 0
        season["max"] = max(season["max"], float(day["temp_max"]))
        season["min"] = min(season["min"], float(day["temp_min"]))
    assert [group["key"] for group in outputs["seasons"]] == ["winter", "spring", "summer", "autumn"]
    for group in outputs["seasons"]:
        expected = seasons[group["key"]]
        assert group["rain_mm"] == pytest.approx(expected["rain"], abs=0.2)
        assert (group["frost_days"], group["warmest"], group["coldest"], group["months"]) == (
            expected["frost"], expected["max"], expected["min"], 12,
        )  # fmt: skip
    assert (outputs["months"], sum(group["days"] for group in outputs["years"])) == (48, len(days))
    assert outputs["coldest"] == {"date": "2013/12/07", "celsius": -7.1}
    assert by_command("weather-digest", tmp_path, {}) == outputs


def test_text_statistics_by_the_api_and_by_the_command(owner: httpx.Client, tmp_path: Path) -> None:
    execution = run_workflow(owner, starter(owner, "text-statistics"), inputs={"top": 5})
    assert execution["status"] == "completed", execution["error"]
    outputs, documents = execution["outputs"], inputs_of("text-statistics")["documents"]
    assert outputs["totals"]["documents"] == len(documents) >= 2
    assert outputs["totals"]["words"] == sum(len(document["text"].split()) for document in documents)
    assert {entry["name"] for entry in outputs["ranking"]} == {document["name"] for document in documents}
    assert [entry["words"] for entry in outputs["ranking"]] == sorted(
        (len(document["text"].split()) for document in documents), reverse=True
    )
    counts = Counter(word for document in documents for word in re.findall("[a-z]{4,}", document["text"].lower()))
    expected = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[:5]
    assert [(entry["word"], entry["count"]) for entry in outputs["vocabulary"]] == expected
    assert by_command("text-statistics", tmp_path, {"top": 5}) == outputs


def test_service_check_is_right_where_nothing_answers(owner: httpx.Client, tmp_path: Path) -> None:
    services = ["http://no.such.name.invalid/", "http://127.0.0.1:9/"]
    inputs = {"services": services, "patience_s": 1}
    execution = run_workflow(owner, starter(owner, "service-check"), inputs=inputs)
    assert execution["status"] == "completed", execution["error"]
    outputs = execution["outputs"]
    assert (outputs["total"], outputs["up"], outputs["down"]) == (2, 0, 2)
    assert [(service["url"], service["error"]) for service in outputs["services"]] == [
        (services[0], "network"), (services[1], "blocked_host"),
    ]  # fmt: skip
    assert outputs["text"].startswith("2 of 2 services do not answer: ")
    assert by_command("service-check", tmp_path, inputs)["down"] == 2


def test_service_check_of_nothing_is_well(owner: httpx.Client) -> None:
    execution = run_workflow(owner, starter(owner, "service-check"), inputs={"services": []})
    assert execution["outputs"]["text"] == "All 0 services answer."


def test_message_triage_asks_for_a_model(owner: httpx.Client) -> None:
    answer = owner.post(f"/workflows/{starter(owner, 'message-triage')}/runs", json={"mode": "wait"})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "/inputs/model")


async def test_message_triage_with_a_model(tmp_path: Path) -> None:
    def answer(request: dict[str, Any]) -> Reply:
        if "response_format" in json.dumps(request):
            late = "third time" in json.dumps(request["messages"])
            return Reply(tokens=['{"topic": "payment", ', f'"urgency": "{"high" if late else "low"}"}}'])
        return Reply(tokens=["We will", " look into it."])

    file = load_workflow_file((EXAMPLES / "message-triage.yaml").read_bytes(), "message-triage.yaml")
    for node in file.graph["nodes"]:
        if node["type"] == "llm":
            node["config"]["credential_id"] = "model"
    path = tmp_path / "triage.yaml"
    path.write_text(dump_workflow_file(file))
    async with OpenAISpeaker() as speaker:
        speaker.script(answer)
        credential = {"type": "openai_compatible", "data": {"base_url": speaker.base_url, "api_key": "any"}}
        environment = {"WEFT_CREDENTIAL_MODEL": json.dumps(credential), "WEFT_ALLOW_PRIVATE_HOSTS": "127.0.0.1"}
        inputs = {"model": "tiny"}
        outputs = await asyncio.to_thread(lambda: by_command(path, tmp_path, inputs, **environment))
        used = speaker.prompt_tokens + speaker.completion_tokens
    assert (outputs["failed"], len(outputs["messages"])) == ([], 20)
    assert outputs["totals"] == {"messages": 20, "escalated": 1, "tokens": used}
    assert outputs["topics"] == [{"key": "payment", "messages": 20, "tokens": used}]
    answers = [entry["answer"] for entry in outputs["messages"] if not entry["escalated"]]
    assert answers == ["We will look into it."] * 19


def test_message_triage_without_a_credential_fails_and_says_why(tmp_path: Path) -> None:
    path = EXAMPLES / "message-triage.yaml"
    command = [sys.executable, "-m", "weft.cli", "run", str(path), "--input", '{"model": "openai/gpt-4o-mini"}']
    done = subprocess.run(command, capture_output=True, cwd=tmp_path, timeout=120, check=False, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert "No message could be sorted. credential_id: a model needs a credential" in done.stderr
