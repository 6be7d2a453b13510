"""Airflow's own loader takes the example. Run by examples/airflow/check.sh, in Airflow's place."""

import os
import shlex
from pathlib import Path
from typing import Any

import pytest

dagbag = pytest.importorskip(
    "airflow.dag_processing.dagbag",
    reason="Airflow pins versions of its own; examples/airflow/check.sh runs this where it is",
)

EXAMPLES = Path(__file__).parent.parent.parent / "examples" / "airflow"


@pytest.fixture(scope="module")
def dag() -> Any:  # noqa: ANN401 - Airflow is not here when types are checked
    bag = dagbag.DagBag(dag_folder=str(EXAMPLES), bundle_name="examples")
    assert bag.import_errors == {}
    assert list(bag.dags) == ["visitjoin_hourly"]
    return bag.dags["visitjoin_hourly"]


def test_it_runs_every_hour_one_run_at_a_time_and_nothing_is_made_up_for(dag: Any) -> None:  # noqa: ANN401
    assert dag.schedule == "5 * * * *"
    assert (dag.max_active_runs, dag.catchup) == (1, False)


def test_its_one_task_sends_with_the_token_in_a_file(dag: Any) -> None:  # noqa: ANN401
    (task,) = dag.tasks
    words = shlex.split(task.bash_command)

    assert words[2:5] == ["send", "/srv/crm/deals.csv", "--quiet"]
    assert "VISITJOIN_TOKEN_FILE" in task.env
    assert "VISITJOIN_TOKEN" not in task.env
    assert task.retries == 2


def test_the_task_runs_its_command_and_fails_when_that_fails(
    dag: Any,  # noqa: ANN401
    tmp_path: Path,
) -> None:
    """The command is a stand-in that notes what it was called with: Airflow is what is tested."""
    (task,) = dag.tasks
    noted = tmp_path / "noted"
    stand_in = tmp_path / "visitjoin"
    stand_in.write_text(
        f'#!/bin/sh\necho "$VISITJOIN_COUNTER $*" > {noted}\nexit ${{ENDS_WITH:-0}}\n'
    )
    stand_in.chmod(0o755)
    task.bash_command = task.bash_command.replace("/opt/visitjoin/bin/visitjoin", str(stand_in))

    task.execute({})
    assert noted.read_text().startswith("2215573 send /srv/crm/deals.csv --quiet --metrics ")

    os.environ["ENDS_WITH"] = "1"
    with pytest.raises(Exception, match="exit code 1"):
        task.execute({})
    del os.environ["ENDS_WITH"]
