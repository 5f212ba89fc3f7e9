"""engine.md, Errors: retries, policies, the shape of an error."""

from typing import Any

import pytest

from tests.engine.cases.running import SystemClock, Vault, ended, error, outputs, probe
from weft.engine.capabilities import Capabilities, OpenedCredential


def retry(**fields: Any) -> dict[str, Any]:
    return {"retry": {"max_attempts": 3, "jitter": 0, **fields}}


async def test_the_wait_grows_and_the_last_attempt_decides() -> None:
    one = await ended({"a": probe(policy=retry(), fail="network")}, "s>a")
    assert [event.data["delay_s"] for event in one.events("node.retrying")] == [1, 2]
    assert one.told("a") == ["node.started", "node.retrying"] * 2 + ["node.started", "node.failed"]
    assert [event.data["attempt"] for event in one.events("node.", "a")] == [1, 1, 2, 2, 3, 3]


@pytest.mark.parametrize(("asked", "waited"), [(3.5, 3.5), (0, 0), (500, 4)])
async def test_retry_after_stands_in_its_place_cut_at_the_most(asked: float, waited: float) -> None:
    node = probe(policy=retry(max_delay_s=4), fail="rate_limited", fails=1, retry_after_s=asked)
    one = await ended({"a": node}, "s>a")
    assert one.data("node.retrying")["delay_s"] == waited


@pytest.mark.parametrize(
    ("on", "fail", "status", "attempts"),
    [
        (None, "http_status", 503, 3),
        (None, "http_status", 404, 1),
        ([404], "http_status", 404, 3),
        (["code"], "code", None, 3),
        (["code"], "network", None, 1),
        ([], "network", None, 1),
    ],
)
async def test_on_lists_what_is_tried_again(on: Any, fail: str, status: int | None, attempts: int) -> None:
    policy = retry(delay_s=0.1, **({} if on is None else {"on": on}))
    one = await ended({"a": probe(policy=policy, fail=fail, status=status)}, "s>a")
    assert len(one.events("node.started")) == attempts


@pytest.mark.parametrize("effect", ["pure", "read", "write"])
async def test_a_long_retry_suspends_and_the_next_attempt_is_told(effect: str) -> None:
    one = await ended({"a": probe(effect, policy=retry(delay_s=20), fail="network", fails=1, give=1)}, "s>a")
    attempt = ["node.started", "node.retrying", "node.waiting", "node.started", "node.completed"]
    assert one.told("a") == attempt
    assert one.data("node.completed", "a")["attempt"] == 2
    assert one.data("node.waiting", "a")["kind"] == "retry"
    for at in range(2, len(one.journal.events)):
        again = one.cut(at)
        await again.whole()
        assert outputs(again) == {"a": 1}
        assert again.data("node.completed", "a")["attempt"] == 2


async def test_an_error_has_all_its_fields_and_no_others() -> None:
    one = await ended({"a": probe(fail="code")}, "s>a")
    assert error(one) == {
        "type": "code", "message": "as told", "node": "a", "path": "a", "attempt": 1, "retryable": False, "details": {},
    }  # fmt: skip


async def test_continue_gives_the_error_or_the_default_output() -> None:
    nodes = {
        "a": probe(fail="code", policy={"on_error": "continue"}),
        "b": probe(fail="code", policy={"on_error": "continue", "default_output": None}),
        "x": probe(give={"a": "{{ a.error.type }}", "b": "{{ b }}"}),
    }
    one = await ended(nodes, "s>a s>b a>x b>x")
    assert outputs(one) == {"x": {"a": "code", "b": None}}
    failed = one.data("node.failed", "b")
    assert (failed["handled"], failed["output"], failed["port"]) == ("continue", None, "out")


async def test_an_error_edge_means_branch_and_the_handler_sees_error() -> None:
    nodes = {"a": probe(fail="code"), "h": probe(give="{{ error.message }}"), "x": probe()}
    one = await ended(nodes, "s>a a.error>h a>x")
    assert outputs(one) == {"h": "as told"}
    assert one.data("node.failed")["handled"] == "branch"


async def test_a_loop_behind_an_error_edge_sees_error_in_its_rounds_too() -> None:
    one = await ended(
        {"a": probe(fail="x"), "l": {"type": "loop", "config": {"times": 1, "result": "error.type"}}}, "s>a a.error>l"
    )
    assert one.data("node.completed", "l")["output"]["results"] == ["x"]


async def test_failing_cancels_the_running_siblings() -> None:
    one = await ended({"a": probe("read", fail="code", sleep_s=0.02), "b": probe("read", sleep_s=9)}, "s>a s>b")
    assert one.told("b") == ["node.started", "node.cancelled"]
    assert one.data("node.failed")["handled"] == "none"


@pytest.mark.parametrize("parent", ["loop", "parallel", None])
async def test_stop_fails_the_run_past_every_policy(parent: str | None) -> None:
    config = {"over": [1, 2], "on_item_error": "collect"} if parent == "loop" else {}
    stop: dict[str, Any] = {"type": "stop", "config": {"type": "mine", "message": "no"}}
    stop["policy"] = {"on_error": "continue"}
    nodes: dict[str, Any] = {"z": stop}
    if parent is not None:
        nodes = {"z": {**stop, "parent": "c"}}
        nodes["c"] = {"type": parent, "config": config, "policy": {"on_error": "continue"}}
    one = await ended(nodes, "s>c" if parent else "s>z")
    assert (error(one)["type"], error(one)["message"], error(one)["node"]) == ("mine", "no", "z")
    assert one.events("node.failed")[0].node == "z"
    for at in range(2, len(one.journal.events)):
        again = one.cut(at)
        await again.whole()
        assert error(again)["type"] == "mine"


async def test_a_container_s_timeout_ends_what_is_inside_first() -> None:
    loop: dict[str, Any] = {"type": "loop", "config": {"times": 3}, "policy": {"timeout_s": 0.05}}
    one = await ended({"l": loop, "a": probe("read", parent="l", sleep_s=9)}, "s>l", clock=SystemClock())
    assert error(one)["type"] == "timeout"
    assert one.told("l[0].a") == ["node.started", "node.cancelled"]


async def test_a_timeout_goes_the_way_of_errors() -> None:
    node = probe(policy={"timeout_s": 0.05, "on_error": "continue", "default_output": 0}, sleep_s=9)
    assert outputs(await ended({"a": node}, "s>a")) == {"a": 0}


SECRET = "s3cret+/value?"


async def test_every_half_of_a_credential_is_masked() -> None:
    class Vault:
        async def open(self, credential_id: str, *, workspace: str) -> OpenedCredential:
            return OpenedCredential(credential_id, "basic", {"username": "robot-7731", "password": SECRET})

    node = probe(credential="c", give=["robot-7731", f"robot-7731:{SECRET}", "robot"])
    one = await ended({"a": node}, "s>a", capabilities=Capabilities(credentials=Vault()))
    assert one.data("node.completed", "a")["output"] == ["•••", "•••", "robot"]


async def test_a_secret_is_masked_everywhere_also_in_halves_of_a_stream() -> None:
    import base64
    from urllib.parse import quote

    spelled = [SECRET, base64.b64encode(f"u:{SECRET}".encode()).decode(), quote(SECRET, safe="")]
    stream = [f"a {SECRET[:5]}", f"{SECRET[5:]} b s3cr"]
    node = probe(credential="c", give=spelled, stream=stream)
    one = await ended({"a": node, "b": probe(credential="c", fail="code")}, "s>a", capabilities=Capabilities(
        credentials=Vault(c=SECRET)))  # fmt: skip
    events = [event for event in one.journal.events if event.node == "a"]
    text = str([event.data for event in events])
    assert SECRET not in text
    assert quote(SECRET, safe="") not in text
    assert base64.b64encode(SECRET[1:10].encode()).decode() not in text
    shown = "".join(event.data["text"] for event in one.journal.streamed)
    assert shown == "a ••• b s3cr"
