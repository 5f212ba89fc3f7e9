"""Settings without effect are named; a cap that there is not stops the start."""

import re
from pathlib import Path

import pytest

from weft.engine.limits import Limits
from weft.platform.settings import BadSetting, Settings
from weft.platform.unused_settings import LATER, without_effect

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", sorted(LATER))
def test_what_nothing_reads_yet_is_named_and_its_value_is_not(name: str) -> None:
    found = without_effect({name: "redis://:SEKRET@host/1", "WEFT_DATA_DIR": "x", "HOME": "y"})
    assert list(found) == [name]
    assert "SEKRET" not in str(found)
    assert without_effect({name: ""}) == {}
    assert list(without_effect({name.lower(): "x"})) == [name]


def test_no_setting_is_said_to_have_no_effect_that_has_one() -> None:
    assert without_effect({f"WEFT_{name.upper()}": "x" for name in Settings.model_fields}) == {}
    assert without_effect({"WEFT_CREDENTIAL_SMTP_URL": "x", "WEFT_TEST_REDIS_URL": "x", "WEFT_SOAK": "1"}) == {}


def test_each_is_in_the_readme() -> None:
    assert set(LATER) <= set(re.findall("WEFT_[A-Z_]+", (ROOT / "README.md").read_text()))


@pytest.mark.parametrize(
    ("name", "meant"), [("WEFT_DATABSE_URL", "WEFT_DATABASE_URL"), ("WEFT_CORS_ORIGIN", "WEFT_CORS_ORIGINS")]
)
def test_a_misspelt_setting_says_what_was_meant(name: str, meant: str) -> None:
    assert without_effect({name: "x"}) == {name: f"there is no such setting; did you mean {meant}?"}


def test_an_expression_never_sees_our_own_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    names = "REGION, WEFT_SECRET_KEY,weft_database_url"
    monkeypatch.setenv("WEFT_EXPRESSION_ENV", names)
    assert Settings().expression_env == ("REGION",)
    assert list(without_effect({"WEFT_EXPRESSION_ENV": names})) == [
        "WEFT_EXPRESSION_ENV=WEFT_SECRET_KEY", "WEFT_EXPRESSION_ENV=weft_database_url",
    ]  # fmt: skip


def test_the_file_counts_as_the_environment_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("WEFT_MILVUS_URI=./m.db\nWEFT_REDIS_URL=redis://x\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WEFT_REDIS_URL", "")
    assert list(without_effect()) == ["WEFT_MILVUS_URI"]


def test_an_unknown_cap_is_refused() -> None:
    with pytest.raises(BadSetting, match=r"WEFT_LIMITS_MAX_COST: .*WEFT_LIMITS_MAX_COST_USD"):
        without_effect({"WEFT_LIMITS_MAX_COST": "1"})


def test_limits_stay_within_the_caps() -> None:
    caps = Limits(100, 10, None, 2.0)
    assert Limits(50, 20, 5, None).within(caps) == Limits(50, 10, 5, 2.0)
