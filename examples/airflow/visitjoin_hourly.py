"""Send the CRM's export to Yandex.Metrica every hour, from Airflow 3.

Airflow pins versions of its own, so visitjoin lives in another environment and is called as a
command. A retry is safe at any moment: what was taken is not sent again.
"""

from datetime import UTC, datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

VISITJOIN = "/opt/visitjoin/bin/visitjoin"
"""In an environment of its own, not in Airflow's."""

SETTINGS = {
    "VISITJOIN_COUNTER": "2215573",
    "VISITJOIN_TOKEN_FILE": "/etc/visitjoin/token",
    "VISITJOIN_LOG": "json",
}
"""The token is in a file: Airflow shows the variables of a task to whoever may see the task."""

SOURCE = "/srv/crm/deals.csv"
METRICS = "/var/lib/node_exporter/textfile_collector/visitjoin.prom"

with DAG(
    dag_id="visitjoin_hourly",
    description="Offline conversions of the CRM, once each",
    schedule="5 * * * *",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,  # an export holds all that is new, so a missed hour needs no run of its own
    max_active_runs=1,  # a second run at the same time would only be told to wait
    dagrun_timeout=timedelta(hours=3),  # Metrica takes up to two hours to link an uploading
    default_args={"retries": 2, "retry_delay": timedelta(minutes=10)},
    tags=["visitjoin"],
):
    BashOperator(
        task_id="send",
        bash_command=f"exec {VISITJOIN} send {SOURCE} --quiet --metrics {METRICS}",
        env=SETTINGS,
        append_env=True,
    )
