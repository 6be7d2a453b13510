#!/usr/bin/env bash
# Does Airflow's own loader take the example? In an environment of its own, because Airflow pins
# versions that are not ours; half a minute to three minutes to make, and 300 MB.
set -euo pipefail
cd "$(dirname "$0")/../.."
PYTHON=${PYTHON:-python3.11}

if [ ! -e .venv-airflow/made ]; then
    rm -rf .venv-airflow
    "$PYTHON" -m venv .venv-airflow
    .venv-airflow/bin/pip install --quiet --disable-pip-version-check 'apache-airflow~=3.3' pytest
    touch .venv-airflow/made
fi

home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
# Neither our settings for pytest nor our fixtures: both need what only our own environment has.
AIRFLOW_HOME=$home AIRFLOW__CORE__LOAD_EXAMPLES=False \
    .venv-airflow/bin/pytest -c /dev/null --rootdir=. --confcutdir=tests/airflow \
    --import-mode=importlib -p no:cacheprovider -q tests/airflow
