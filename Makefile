# `make run` starts the console in practice mode, `make test` checks everything, `make help` lists all targets.

SHELL := /bin/sh
JOBS ?= 4
VENV := .venv
PY := $(VENV)/bin/python
FLAGS :=
# The tests start hundreds of processes; without bytecode files each would compile the whole product again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test lint fast bench fuzz crash screenshots constraints programs clean
.DEFAULT_GOAL := help

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 14

run: $(VENV)/run.stamp ## start the console, in practice mode unless an account is set; FLAGS='--server.port 8600'
	@exec $(PY) -m streamlit run app.py $(FLAGS)

test: ## run the linter, the type checker and all tests, quick ones first; JOBS=2 runs fewer at once
	@$(MAKE) --no-print-directory -j2 $(VENV)/test.stamp programs
	@$(PY) -m ruff format --check
	@$(PY) -m ruff check
	@$(PY) -m pytest -n $(JOBS) --dist loadscope --no-loadscope-reorder

lint: $(VENV)/test.stamp ## run the linter and the type checker
	@$(PY) -m ruff format --check
	@$(PY) -m ruff check
	@$(PY) -m mypy

fast: $(VENV)/test.stamp ## run the quick tests: no browser, no PostgreSQL, no test that takes seconds
	@$(PY) -m pytest -n $(JOBS) --dist loadscope --no-loadscope-reorder -m 'not browser and not postgres and not slow'

bench: $(VENV)/test.stamp programs ## measure speed and memory on this machine
	@$(PY) -m pytest tests/bench -o python_files='bench_*.py' -o python_functions='bench_*' -s --keep-in docs/benchmarks.md

fuzz: $(VENV)/test.stamp ## read ten thousand damaged spreadsheets; each is read or refused; SEED=1 COUNT=10000
	@$(PY) -m tests.sheets.fuzzing --seed $(or $(SEED),1) --count $(or $(COUNT),10000)

crash: $(VENV)/test.stamp programs ## run a hundred kill -9 on each database, and other failures; COUNT=100 SEED=1
	@CRASH_COUNT=$(or $(COUNT),100) CRASH_SEED=$(or $(SEED),1) CRASH_REPORT=docs/reliability.md $(PY) -m pytest tests/crash

screenshots: $(VENV)/test.stamp programs ## take the documentation's screenshots from the running product
	@$(PY) -m tools.screenshots

constraints: ## pin the newest versions that the requirements allow; then run make test
	@tools/write-constraints

programs: ## install Chromium, the PostgreSQL server and LibreOffice Calc for the tests
	@tools/need-programs

clean: ## remove what was built or cached; data and drafts stay
	@rm -rf $(VENV) build omni.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/run.stamp: requirements.txt constraints.txt tools/make-venv
	@tools/make-venv $(VENV) -c constraints.txt -r requirements.txt
	@touch $@

$(VENV)/test.stamp: requirements-dev.txt requirements.txt constraints.txt tools/make-venv
	@tools/make-venv $(VENV) -c constraints.txt -r requirements.txt -r requirements-dev.txt
	@touch $@ $(VENV)/run.stamp
