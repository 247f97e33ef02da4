# Thin wrappers. Every target creates what it needs; after the first run they work offline.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
TOOLS := $(VENV)/.tools
SOURCES := engine server.py build_hook.py conftest.py tests benchmarks
# Two workers are the sweet spot on small machines; CI and people with more cores may raise it.
WORKERS ?= 2

.PHONY: help demo test check bench soak oracle serve proto clean
.DEFAULT_GOAL := help

help:
	@echo "make demo    set everything up and play one deal from configuration to recognised revenue"
	@echo "make test    set up and run the tests"
	@echo "make check   format, lint, types, architecture, proto, tidiness"
	@echo "make bench   run the benchmarks (JSON in benchmarks/results)"
	@echo "make soak    run the long proofs"
	@echo "make oracle  set up OR-tools beside us, a second opinion for tests and benchmarks"
	@echo "make serve   run the server on 127.0.0.1:50051"
	@echo "make proto   regenerate the protobuf code when proto/ changed"
	@echo "make clean   remove everything that make created"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; say make PYTHON=python3.12" >&2; exit 1; }
	@echo "==> creating $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "this Python has no venv module; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install -qq --upgrade pip

$(RUNTIME): pyproject.toml build_hook.py | $(BIN)/python
	@echo "==> installing the engine (about a minute the first time)"
	@$(BIN)/python -m pip install -qq -e .
	@touch $@

$(TOOLS): pyproject.toml build_hook.py | $(RUNTIME)
	@echo "==> installing the tools for tests and checks"
	@$(BIN)/python -m pip install -qq -e '.[dev]'
	@$(BIN)/python -m pip install -qq -e '.[compile]' || echo "    no wheel of dd for this machine: models are answered without compiled diagrams"
	@$(BIN)/python -m pip install -qq -e '.[durable]' >/dev/null 2>&1; $(BIN)/python -c 'import durable.engine' 2>/dev/null || echo "    no durable-rules (it needs a C compiler, and a Python before 3.13): its adapter is skipped"
	@touch $@

demo: $(RUNTIME)
	@$(BIN)/cpq demo

test: $(TOOLS)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(PYTEST_ARGS)

check: $(TOOLS) proto
	@echo "==> ruff format" && $(BIN)/ruff format --check $(SOURCES)
	@echo "==> ruff check" && $(BIN)/ruff check $(SOURCES)
	@echo "==> mypy" && $(BIN)/mypy
	@echo "==> import-linter" && $(BIN)/lint-imports
	@echo "==> buf lint" && $(BIN)/buf lint proto
	@echo "==> buf breaking" && $(BIN)/buf breaking proto --against proto/baseline.binpb
	@echo "==> generated files" && $(BIN)/python -m tests.generated_files --check
	@echo "==> tidy" && $(BIN)/python -m pytest -q -p no:cacheprovider tests/test_tidy.py

oracle: $(TOOLS)
	@$(BIN)/python -m tests.conformance.oracle

bench: $(TOOLS)
	@$(BIN)/python -m benchmarks

soak: $(TOOLS)
	@$(BIN)/python -m pytest -n $(WORKERS) -m soak --timeout 3600 --override-ini 'addopts=-ra --strict-markers --strict-config --import-mode=importlib'

serve: $(RUNTIME)
	@$(BIN)/python server.py

proto: $(TOOLS)
	@$(BIN)/python build_hook.py

clean:
	rm -rf $(VENV) _gen .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .oracle benchmarks/results benchmarks/.peers
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
