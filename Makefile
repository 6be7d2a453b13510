# Every target makes .venv by itself: only Python 3.11, make and a package registry are needed.
PYTHON ?= python3.11
BIN := .venv/bin

.PHONY: demo test lint types floors airflow lock benchmarks clean

demo: .venv
	$(BIN)/visitjoin demo

test: .venv
	$(BIN)/pytest -n 2

lint: .venv
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv
	$(BIN)/mypy

floors: .venv
	$(BIN)/lint-imports

# Airflow pins versions of its own, so its example is tried in an environment of its own.
airflow:
	PYTHON=$(PYTHON) examples/airflow/check.sh

# Hashes are checked, and the lock names no registry: any mirror serves it.
.venv: requirements.lock pyproject.toml
	rm -rf .venv
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch .venv

lock:
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header \
		--python-version 3.11 --extra dev pyproject.toml -o requirements.lock

benchmarks: .venv
	$(BIN)/python benchmarks/prepare.py
	$(BIN)/python benchmarks/link.py
	$(BIN)/python benchmarks/upload.py
	$(BIN)/python benchmarks/sources.py
	$(BIN)/python benchmarks/ledger.py
	$(BIN)/python benchmarks/send.py
	$(BIN)/python benchmarks/habits.py
	$(BIN)/python benchmarks/linking.py
	$(BIN)/python benchmarks/small_uploads.py
	$(BIN)/python benchmarks/console.py

clean:
	rm -rf .venv .venv-airflow .venv-clients .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
