"""The compose file, read and not run: that takes an engine, which tests do not have."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

ROOT = Path(__file__).parent.parent.parent
REFERENCE = ROOT / "docs" / "reference"


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    text = (ROOT / "examples" / "compose" / "compose.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)["services"]
    return found


def test_every_setting_of_the_receiver_is_one_that_there_is(services: dict[str, Any]) -> None:
    variables = {name for name in services["receiver"]["environment"] if "VISITJOIN" in name}
    options = {word for word in services["receiver"]["command"] if word.startswith("--")}

    known = (REFERENCE / "commands.md").read_text("utf-8")
    _, _, of_serve = (REFERENCE / "options.md").read_text("utf-8").partition("visitjoin serve")

    assert {name for name in variables if f"`{name}`" not in known} == set()
    assert {option for option in options if option not in of_serve} == set()


def test_a_tool_finds_what_the_receiver_keeps_and_gets_no_token(services: dict[str, Any]) -> None:
    receiver, tool = services["receiver"]["environment"], services["tool"]["environment"]

    assert receiver == tool | {"VISITJOIN_ADMIN_TOKEN": "${ADMIN_TOKEN:?}"}
    assert services["receiver"]["volumes"] == services["tool"]["volumes"]


def test_secrets_come_from_outside_and_have_no_default(services: dict[str, Any]) -> None:
    settings = {
        name: value
        for service in services.values()
        for name, value in service.get("environment", {}).items()
    }
    secrets = {name for name in settings if re.search("PASSWORD|SECRET|TOKEN|CATALOG", name)}

    assert len(secrets) >= 5
    assert {name for name in secrets if not re.search(r"\$\{\w+:\?\}", settings[name])} == set()


def test_only_the_receiver_is_reached_from_outside_and_only_on_this_machine(
    services: dict[str, Any],
) -> None:
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}

    assert ports == {"receiver": ["127.0.0.1:8080:8080"]}


def test_the_image_has_what_catalog_and_store_need() -> None:
    assert "'visitjoin[postgresql,s3]'" in (ROOT / "Dockerfile").read_text("utf-8")
