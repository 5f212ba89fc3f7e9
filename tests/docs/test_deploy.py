"""deploy/ and docker-compose.yml: what can be checked without an engine that builds images."""

import re
import shlex
import subprocess
import sys
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.docs.pages import ROOT
from weft.platform.settings import Settings

DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()


@pytest.fixture
def compose() -> Any:
    return YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text())


def test_every_path_that_is_copied_exists() -> None:
    copied = [
        shlex.split(line)[1:-1]
        for line in DOCKERFILE.splitlines()
        if line.startswith("COPY ") and "--from" not in line
    ]  # fmt: skip
    assert len(copied) > 3
    assert [path for paths in copied for path in paths if not (ROOT / path).exists()] == []
    ignored = (ROOT / "deploy" / "Dockerfile.dockerignore").read_text().split()
    assert not {path for paths in copied for path in paths} & set(ignored)


def test_the_settings_are_known(compose: Any) -> None:
    named = set(re.findall(r"\bWEFT_(\w+)=", DOCKERFILE))
    named |= {name.removeprefix("WEFT_") for name in compose["services"]["weft"]["environment"]}
    assert len(named) == 5
    assert named <= {name.upper() for name in Settings.model_fields}


def test_the_command_takes_its_options() -> None:
    (command,) = re.findall(r'^CMD \["weft", (.*)\]$', DOCKERFILE, re.MULTILINE)
    name, *options = [word.strip(' "') for word in command.split(",")]
    shown = subprocess.run(
        [sys.executable, "-m", "weft.cli", name, "--help"], capture_output=True, text=True, check=True,
        env={"COLUMNS": "200", "TERM": "dumb"},
    ).stdout  # fmt: skip
    assert all(option in shown for option in options if option.startswith("--"))


def test_the_parts_fit_together(compose: Any) -> None:
    weft, database = compose["services"]["weft"], compose["services"]["database"]
    assert (ROOT / weft["build"]["dockerfile"]).exists()
    login = database["environment"]
    expected = f"://{login['POSTGRES_USER']}:{login['POSTGRES_PASSWORD']}@database/{login['POSTGRES_DB']}"
    assert weft["environment"]["WEFT_DATABASE_URL"].endswith(expected)
    assert weft["ports"] == ["127.0.0.1:8000:8000"]
    assert '"--port", "8000"' in DOCKERFILE
    volumes = {volume.split(":")[0] for service in (weft, database) for volume in service["volumes"]}
    assert volumes == set(compose["volumes"])
    assert "VOLUME /data" in DOCKERFILE


def test_the_constraints_are_the_lock_without_its_hashes() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    lines = [re.sub(r" *\\$", "", line) for line in lock.splitlines() if not re.match(" *--hash", line)]
    assert len(lines) > 50
    assert all(re.match(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==\S+( ;.*)?$", line.rstrip()) for line in lines if line.strip())
