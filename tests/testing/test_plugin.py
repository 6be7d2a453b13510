"""The fixtures as a suite gets them that is not ours: the example, by the plugin's entry point."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from shutil import copytree

import pytest

from tests.testing.alive import gone
from visitjoin.contract.errors import VisitjoinError
from visitjoin.testing import run_sandbox

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "examples" / "testing"
LEFT_OUT = ("-p", "no:schemathesis", "-p", "no:anyio", "-p", "no:hypothesispytest")
"""Plugins of ours that the suite has no use for, and that take a second to load."""


def environment(folder: Path) -> dict[str, str]:
    """As where visitjoin is installed: its entry point is found."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    points = project["entry-points"]["pytest11"].items()
    installed = folder / "site" / "visitjoin-0.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: visitjoin\nVersion: 0\n")
    lines = ["[pytest11]", *(f"{name} = {module}" for name, module in points), ""]
    (installed / "entry_points.txt").write_text("\n".join(lines))
    path = f"{installed.parent}{os.pathsep}{ROOT / 'src'}"
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    return kept | {"PYTHONPATH": path}


def suite(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the suite in a folder, which is not part of ours."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *LEFT_OUT, *options],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


BEGINNINGS = """
from datetime import timedelta
def test_one(visitjoin_sandbox, visitjoin_shared_sandbox):
    visitjoin_sandbox.move_clock(timedelta(days=3))
    visitjoin_shared_sandbox.move_clock(timedelta(days=3))
    assert visitjoin_sandbox.address != visitjoin_shared_sandbox.address

def test_two(visitjoin_sandbox, visitjoin_shared_sandbox):
    apart = visitjoin_shared_sandbox.now - visitjoin_sandbox.now
    assert timedelta(days=2) < apart < timedelta(days=4)
"""


@pytest.mark.slow
def test_the_example_passes_beside_another_worker_and_each_test_begins_anew(tmp_path: Path) -> None:
    folder = copytree(EXAMPLE, tmp_path / "shop")
    (folder / "test_beginnings.py").write_text(BEGINNINGS)

    done = suite(folder, "-n", "2", "--dist", "loadfile")

    assert done.returncode == 0, done.stdout
    assert "11 passed" in done.stdout


LOADED = """
import sys

def test_it(pytestconfig):
    names = {name.split(".")[0] for name in sys.modules}
    assert pytestconfig.pluginmanager.has_plugin("visitjoin")
    assert names.isdisjoint({"visitjoin", "polars", "httpx"})
"""


def test_a_suite_that_asks_for_no_sandbox_loads_nothing(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(LOADED)

    done = suite(tmp_path)

    assert done.returncode == 0, done.stdout


def test_a_sandbox_that_does_not_start_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 'no space left' >&2\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))

    with pytest.raises(VisitjoinError, match=r"did not start:\nno space left"), run_sandbox():
        pass


def test_a_sandbox_ends_with_a_suite_that_is_killed() -> None:
    program = (
        "from visitjoin.testing import run_sandbox\n"
        "import os, signal\n"
        "with run_sandbox() as sandbox:\n"
        "    print(sandbox.address, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60,
    )

    assert gone(done.stdout.strip())
