"""Lists: pages without gaps or doubles, filters that mean what they say, one statement each."""

import pytest

from tests.workflows.conftest import GRAPH, House, actor
from weft.workflows.commands import CreateWorkflow, PublishWorkflow
from weft.workflows.queries import DiffVersions, GetVersionDetails, GetWorkflow, ListVersions, ListWorkflows


async def test_pages_hold_each_workflow_once_the_latest_changed_first(house: House) -> None:
    who = actor()
    made = [(await house.bus.execute(CreateWorkflow(str(n)), who)).id for n in range(7)]
    seen, after = [], None
    for _page in range(4):
        page = await house.bus.ask(ListWorkflows(2, after=after), who)
        seen += [workflow.id for workflow in page]
        after = (page[-1].updated_at, page[-1].id)
    assert seen == made[::-1]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("WEATHER", ["Weather report"]),
        ("nightly", ["Import"]),
        ("finan", ["Import"]),
        ("100%", ["100% sure"]),
        ("_", []),
        ("%", ["100% sure"]),
        ('","', []),
        ("[", []),
        ("nothing like it", []),
        ("ÄPFEL", ["Äpfel"]),
        ("äpfel", ["Äpfel"]),
        ("тест", ["Äpfel"]),
        ("ΑΒΓ", ["Äpfel"]),
    ],
)
async def test_text_is_looked_for_in_name_description_and_tags(house: House, text: str, names: list[str]) -> None:
    who = actor()
    await house.bus.execute(CreateWorkflow("Weather report", "Daily", ["data", "starter"]), who)
    await house.bus.execute(CreateWorkflow("Import", "Runs nightly", ["Finance"]), who)
    await house.bus.execute(CreateWorkflow("100% sure", "", []), who)
    await house.bus.execute(CreateWorkflow("Äpfel", "ТЕСТ", ["αβγ"]), who)
    assert [found.name for found in await house.bus.ask(ListWorkflows(50, text), who)] == names


@pytest.mark.parametrize(("tag", "names"), [("a", ["one"]), ('a"b', ["two"]), (",", []), ("b", []), ("A", [])])
async def test_a_tag_is_matched_whole(house: House, tag: str, names: list[str]) -> None:
    who = actor()
    await house.bus.execute(CreateWorkflow("one", tags=["a", "x"]), who)
    await house.bus.execute(CreateWorkflow("two", tags=['a"b', "ä"]), who)
    assert [found.name for found in await house.bus.ask(ListWorkflows(50, tag=tag), who)] == names


async def test_versions_are_listed_from_the_latest(house: House) -> None:
    who = actor()
    made = await house.bus.execute(CreateWorkflow("A", graph=GRAPH), who)
    for _version in range(3):
        await house.bus.execute(PublishWorkflow(made.id), who)
    first = await house.bus.ask(ListVersions(made.id, 2), who)
    rest = await house.bus.ask(ListVersions(made.id, 2, before=2), who)
    assert [version.version for version in (*first, *rest)] == [3, 2, 1]


async def test_each_query_is_one_statement(house: House) -> None:
    who = actor()
    made = [await house.bus.execute(CreateWorkflow(str(n), tags=["t"], graph=GRAPH), who) for n in range(20)]
    await house.bus.execute(PublishWorkflow(made[0].id), who)
    for message in (
        ListWorkflows(50, "1", "t"),
        GetWorkflow(made[0].id),
        ListVersions(made[0].id, 50),
        GetVersionDetails(made[0].id, 1),
        DiffVersions(made[0].id, 1, "draft"),
    ):
        house.statements.clear()
        await house.bus.ask(message, who)
        assert [s.split()[0] for s in house.statements] == ["SELECT"], message
