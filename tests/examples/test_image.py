"""The Dockerfile, read and not built: that takes an engine, which tests do not have."""

import re
import tomllib
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from tests.examples.scheduled import INSTALLED

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Instruction:
    """A line of the Dockerfile, its continuations joined."""

    name: str
    rest: str


def _instructions() -> list[Instruction]:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [Instruction(*line.split(maxsplit=1)) for line in joined.splitlines() if line.strip()]


def _all(name: str) -> list[str]:
    return [one.rest for one in _instructions() if one.name == name]


def test_each_stage_begins_with_an_image_of_one_version() -> None:
    images = [rest.split()[0] for rest in _all("FROM")]

    assert len(images) == 2
    assert all(re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", image) for image in images)


def test_it_does_not_run_as_root() -> None:
    (user,) = _all("USER")
    last = [one.name for one in _instructions()]

    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    assert last.index("USER") > max(n for n, name in enumerate(last) if name in ("RUN", "FROM"))


def test_no_secret_is_built_in() -> None:
    set_here = " ".join(_all("ENV") + _all("ARG")).upper()

    assert "TOKEN" not in set_here
    assert "SECRET" not in set_here


def test_what_it_copies_is_there_and_not_ignored() -> None:
    patterns = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_in = [line.removeprefix("!") for line in patterns if line.startswith("!")]
    sources = [
        source
        for rest in _all("COPY")
        if not rest.startswith("--from=")
        for source in rest.split()[:-1]
    ]

    assert sorted(sources) == sorted(let_in)
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert "*" in patterns
    assert not any(fnmatch(".venv", pattern) for pattern in let_in)


def test_what_the_package_is_built_from_is_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    copied = " ".join(_all("COPY"))

    assert project["readme"] in copied
    assert all(file in copied for file in project["license-files"])


def test_every_package_is_checked_against_the_lock() -> None:
    runs = " && ".join(_all("RUN"))

    for install in re.findall(r"pip (?:download|install|wheel) [^&]*", runs):
        assert "--require-hashes" in install or "--no-index" in install
    assert "-r requirements.lock" in runs


def test_it_starts_the_command_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (entry,) = _all("ENTRYPOINT")

    assert entry == f'["{INSTALLED}"]'
    assert Path(INSTALLED).name in project["scripts"]


def test_ledgers_lie_in_the_volume() -> None:
    (volume,) = _all("VOLUME")

    assert f"VISITJOIN_LEDGERS={volume}/" in " ".join(_all("ENV"))
