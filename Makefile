# Everything a person does with the source: `make` lists it. Settings: PORT, DATA_DIR, DATABASE_URL…
# (docs/reference.md).
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
PYTHON ?= python3
BIN := .venv/bin
RUN_READY := .venv/.ready-to-run
DEV_READY := .venv/.ready-to-develop
PIP_INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input

.PHONY: help setup run demo-data test test-spark test-country check bench format messages lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(RUN_READY) ## prepare what running needs: .venv with pinned, hashed packages

.venv/bin/python:
	@scripts/require-python "$(PYTHON)"
	@echo "• Virtual environment (.venv)"
	@$(PYTHON) -m venv .venv || { echo "No virtual environment could be made: install the package python3-venv." >&2; exit 1; }

$(RUN_READY): requirements/run.txt pyproject.toml setup.py | .venv/bin/python
	@echo "• Python packages, pinned and hashed (some minutes the first time)"
	@$(PIP_INSTALL) --require-hashes -r requirements/run.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_READY): requirements/dev.txt $(RUN_READY)
	@echo "• Packages for tests and checks"
	@$(PIP_INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

run: setup ## set up everything, load real and sample data, start web and worker
	@$(BIN)/hocsuotdoi demo
	@exec $(BIN)/hocsuotdoi serve --with-worker

demo-data: setup ## only bring the database up to date and load the sample data
	@$(BIN)/hocsuotdoi demo

test: $(DEV_READY) ## all tests, on the embedded database, in parallel
	@scripts/ensure-chromium
	@scripts/ensure-libreoffice
	@$(BIN)/python -m pytest -q -n $${TEST_PROCESSES:-2} $(TESTS)

test-spark: $(DEV_READY) ## that PostgreSQL, DuckDB and a Spark cluster of several processes agree
	@scripts/ensure-java
	@$(BIN)/python -c "import pyspark" 2>/dev/null || $(PIP_INSTALL) --require-hashes -r requirements/spark.txt
	@$(BIN)/python -m pytest -q -n 0 tests/spark

test-country: $(DEV_READY) ## the reporting year of all 34 provinces and 3,321 communes, played to its end
	@DEEP=1 $(BIN)/python -m pytest -q -n 0 tests/journeys/test_reporting_year.py

check: $(DEV_READY) ## what CI runs first: format, lint, types, import order, migrations, templates, catalogue, tests
	@echo "• Format";        $(BIN)/ruff format --check --quiet --output-format concise .
	@echo "• Lint";          $(BIN)/ruff check --quiet --output-format concise .
	@echo "• Types";         $(BIN)/mypy --no-error-summary
	@echo "• Import order";  $(BIN)/lint-imports --no-cache >/dev/null || $(BIN)/lint-imports --no-cache
	@echo "• Migrations";    $(BIN)/hocsuotdoi makemigrations --check --dry-run --verbosity 0
	@echo "• Templates";     $(BIN)/djlint hocsuotdoi --lint --quiet
	@echo "• Catalogue";     $(BIN)/python scripts/catalogue.py check
	@echo "• Tests";         $(MAKE) test

bench: $(DEV_READY) ## measure: ratios of figures of one run, some minutes (BENCH=name for one)
	@$(BIN)/python -m bench $(BENCH)

format: $(DEV_READY) ## put the code into shape
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

messages: $(DEV_READY) ## write new strings into the Vietnamese catalogue
	@$(BIN)/python scripts/catalogue.py update

lock: $(DEV_READY) ## pin and hash the newest packages that pyproject.toml allows
	@scripts/lock

clean: ## remove what was made here: .venv and caches (your data in .data stays)
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache build dist *.egg-info
