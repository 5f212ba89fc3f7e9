"""`weft run` and `weft validate`: a workflow file on the engine, without a server."""

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import orjson

import weft.nodes
from weft.cli.progress import ProgressJournal
from weft.credentials.adapters.vault import EnvironmentVault, SqlVault
from weft.engine.capabilities import Capabilities
from weft.engine.catalog import Catalog, load_catalog
from weft.engine.events import Event
from weft.engine.graph import Graph, graph_hash
from weft.engine.inputs import check_inputs, inputs_schema
from weft.engine.journal import store
from weft.engine.limits import Limits
from weft.engine.plan import compile_graph
from weft.engine.run import Outcome, Run, RunContext
from weft.engine.state import fold
from weft.engine.validation import Report, validate_graph
from weft.engine.values import encode
from weft.kernel.clock import SystemClock, timestamp
from weft.kernel.errors import Invalid, Malformed, invalid_field
from weft.kernel.ids import new_id
from weft.models.adapters.litellm import LiteLLMModels
from weft.platform.database import Database
from weft.platform.http import Guard, GuardedHttp, PrivateHosts
from weft.platform.sandbox.javascript import JavaScriptPool
from weft.platform.sandbox.parser import ParserPool
from weft.platform.sandbox.python import PythonPool
from weft.platform.sealing import Sealer
from weft.platform.settings import Settings, load_settings
from weft.platform.strict_json import parse_json
from weft.platform.telemetry import configure_logging
from weft.platform.unused_settings import without_effect
from weft.workflows.text import WorkflowFile, line_numbers, load_workflow_file

COMPLETED: Final = 0
FAILED: Final = 1
INVALID: Final = 2


async def validate_file(file: Path) -> int:
    """Print what is wrong with a file; 0 where nothing hinders a run, else 2."""
    text, workflow = _load(file)
    report = validate_graph(workflow.graph, load_catalog(weft.nodes))
    _tell(report, text)
    if not report.valid:
        return INVALID
    print(f"{file}: valid", file=sys.stderr)
    return COMPLETED


async def run_file(file: Path, inputs: str, *, stream: bool) -> int:
    """Run a file to its end, over every wait. 0 completed, 1 failed, 2 invalid."""
    text, workflow = _load(file)
    catalog = load_catalog(weft.nodes)
    report = validate_graph(workflow.graph, catalog)
    if not report.valid:
        _tell(report, text)
        return INVALID
    graph = Graph.model_validate(workflow.graph)
    given = await check_inputs(inputs_schema(workflow.graph), _read_inputs(inputs))
    settings = load_settings()
    idle = without_effect()
    configure_logging(settings.model_copy(update={"log_level": "warning"}))
    for name, why in idle.items():
        print(f"warning: {name} has no effect: {why}", file=sys.stderr)
    outcome = await _run(workflow, graph, given, catalog, settings, stream=stream)
    if outcome.status == "completed":
        sys.stdout.buffer.write(orjson.dumps(outcome.outputs, option=orjson.OPT_INDENT_2) + b"\n")
        return COMPLETED
    failure = outcome.error or {"type": outcome.status, "message": "The run did not complete."}
    place = f" at {failure['path']}" if failure.get("path") else ""
    print(f"error: {failure['type']}{place}: {failure['message']}", file=sys.stderr)
    return FAILED


def _load(file: Path) -> tuple[bytes, WorkflowFile]:
    text = file.read_bytes()
    return text, load_workflow_file(text, file.name)


def _tell(report: Report, text: bytes) -> None:
    """Every error and warning, with its line in `text`: the file itself may be a pipe, which is read once."""
    found = [("error", each) for each in report.errors] + [("warning", each) for each in report.warnings]
    lines = line_numbers(text, {each.path for _kind, each in found})
    for kind, each in found:
        hint = f" ({each.suggestion})" if each.suggestion else ""
        node = f"{each.node}: " if each.node else ""
        line = f"Line {lines[each.path]}: " if each.path in lines else ""
        print(f"{kind}: {each.path}: {line}{node}{each.message}{hint}", file=sys.stderr)


def _read_inputs(text: str) -> Any:
    """As strict as the API: the same inputs give the same run."""
    try:
        value = parse_json(Path(text[1:]).read_bytes() if text.startswith("@") else text.encode())
    except Malformed as error:
        raise invalid_field("--input", "malformed", error.message) from None
    except Invalid as error:
        inside = [replace(each, path=f"/inputs{each.path}") for each in error.errors]
        raise Invalid(error.message, inside) from None
    if not isinstance(value, dict):
        raise invalid_field("--input", "wrong_type", "The inputs are a JSON object.")
    return value


def _capabilities(settings: Settings) -> tuple[Capabilities, list[Any]]:
    """What nodes may touch here, and what is to be closed after it."""
    guard = Guard(private_hosts=PrivateHosts.parse(settings.allow_private_hosts))
    processes = settings.sandbox_processes
    http, javascript, python = GuardedHttp(guard), JavaScriptPool(processes), PythonPool(processes)
    parser = ParserPool(processes)
    vault = EnvironmentVault(os.environ, _stored_vault(settings))
    return Capabilities(javascript, python, http, LiteLLMModels(guard), vault, parser), [
        http.aclose,
        javascript.close,
        python.close,
        parser.close,
    ]


def _stored_vault(settings: Settings) -> SqlVault | None:
    """The vault of the data directory, where there is one."""
    if settings.is_sqlite and not (settings.data_dir / "weft.db").exists():
        return None
    return SqlVault(Database(settings.database), Sealer(settings.secret_keys, "credentials"))


async def _run(
    workflow: WorkflowFile, graph: Graph, inputs: Any, catalog: Catalog, settings: Settings, *, stream: bool
) -> Outcome:
    clock = SystemClock()
    capabilities, closers = _capabilities(settings)
    execution_id = new_id()
    journal = ProgressJournal(str(execution_id), len(graph.nodes), stream=stream)
    limits = Limits.from_json((workflow.settings or {}).get("limits")).within(settings.caps)
    variables = (workflow.settings or {}).get("variables") or {}
    known = {"id": str(workflow.id) if workflow.id else None, "name": workflow.name, "version": "draft"}
    environment = {name: os.environ[name] for name in settings.expression_env if name in os.environ}
    data: dict[str, Any] = {
        "inputs": inputs,
        "graph_hash": graph_hash(graph.as_json()),
        "version": "draft",
        "trigger": {"type": "cli"},
        "seed": execution_id.int & 0x7FFFFFFF,
        "limits": limits.as_json(),
    }
    await store(journal, data, "inputs", encode(inputs))
    journal.append(Event(1, "execution.created", timestamp(clock.now()), 1, data))
    plan = compile_graph(graph, catalog)
    try:
        epoch = 1
        while True:
            context = RunContext(
                str(execution_id), workflow=known, epoch=epoch, variables=variables, environment=environment
            )
            run = Run(plan, fold(journal.events), journal, capabilities, clock, context)
            outcome = await run.go("timer")
            if outcome.status != "waiting" or outcome.due_at is None:
                return outcome
            await asyncio.sleep(max(0.0, outcome.due_at - clock.now().timestamp()))
            epoch += 1
    finally:
        journal.close()
        for close in closers:
            await close()
