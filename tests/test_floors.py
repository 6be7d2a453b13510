import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_a_floor_imports_only_the_floors_below_it() -> None:
    """The floors themselves are listed in pyproject.toml, and drawn in CONTRIBUTING.md."""
    command = Path(sys.executable).with_name("lint-imports")

    run = subprocess.run([command], cwd=ROOT, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout
