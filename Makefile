# `make run` opens the console in practice mode; `make test` checks everything. `make help` lists the rest.

SHELL := /bin/sh
JOBS ?= 4
VENV := .venv
PY := $(VENV)/bin/python
FLAGS :=
# The tests start hundreds of processes, and each would compile the whole product again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test lint fast bench fuzz crash screenshots constraints programs clean
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 14

run: $(VENV)/run.stamp ## the console, in practice mode unless an account is set; FLAGS='--server.port 8600'
	@exec $(PY) -m streamlit run app.py $(FLAGS)

test: ## everything: linter, types, all tests; quick ones first; JOBS=2 for fewer at once
	@$(MAKE) --no-print-directory -j2 $(VENV)/test.stamp programs
	@$(PY) -m ruff format --check
	@$(PY) -m ruff check
	@$(PY) -m pytest -n $(JOBS) --dist loadscope --no-loadscope-reorder

lint: $(VENV)/test.stamp ## linter and types
	@$(PY) -m ruff format --check
	@$(PY) -m ruff check
	@$(PY) -m mypy

fast: $(VENV)/test.stamp ## the quick tests: no browser, no PostgreSQL, nothing that takes seconds
	@$(PY) -m pytest -n $(JOBS) --dist loadscope --no-loadscope-reorder -m 'not browser and not postgres and not slow'

bench: $(VENV)/test.stamp programs ## how fast it is on this machine
	@$(PY) -m pytest tests/bench -o python_files='bench_*.py' -o python_functions='bench_*' -s --keep-in docs/benchmarks.md

fuzz: $(VENV)/test.stamp ## ten thousand damaged spreadsheets: read or refused, nothing else; SEED=1 COUNT=10000
	@$(PY) -m tests.sheets.fuzzing --seed $(or $(SEED),1) --count $(or $(COUNT),10000)

crash: $(VENV)/test.stamp programs ## a hundred kill -9 on each database, and other disasters; COUNT=100 SEED=1
	@CRASH_COUNT=$(or $(COUNT),100) CRASH_SEED=$(or $(SEED),1) CRASH_REPORT=docs/reliability.md $(PY) -m pytest tests/crash

screenshots: $(VENV)/test.stamp programs ## the pictures of the documentation, taken from the running product
	@$(PY) -m tools.screenshots

constraints: ## pin the newest versions that the requirements allow; then run make test
	@tools/write-constraints

programs: ## Chromium, PostgreSQL's server and LibreOffice Calc, for the tests
	@tools/need-programs

clean: ## what was built or cached; data and drafts stay
	@rm -rf $(VENV) build omni.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/run.stamp: requirements.txt constraints.txt tools/make-venv
	@tools/make-venv $(VENV) -c constraints.txt -r requirements.txt
	@touch $@

$(VENV)/test.stamp: requirements-dev.txt requirements.txt constraints.txt tools/make-venv
	@tools/make-venv $(VENV) -c constraints.txt -r requirements.txt -r requirements-dev.txt
	@touch $@ $(VENV)/run.stamp
