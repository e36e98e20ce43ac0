# The commands of this checkout. Needs make and a Python with venv (Debian: apt-get install make python3-venv).
#   make demo | test | long | bench | wheel | clients | docs
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: demo test lint types pytest long bench wheel clients docs clean

demo: $(VENV)/.installed
	rm -rf demo-result
	$(BIN)/xltool demo demo-result
	@echo "The results are in demo-result/result (汇总表.xlsx, dataset/); 结果在 demo-result/result。"

test: lint types pytest

lint: $(VENV)/.dev
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/mypy

# Programs that are not installed skip their tests with the reason; XLTOOL_CLIENTS=required makes that a failure.
pytest: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto --dist loadgroup

long: $(VENV)/.dev
	$(BIN)/python -m pytest -m long

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

wheel: $(VENV)/.dev
	rm -rf dist
	$(BIN)/python -m build --outdir dist

# The JavaScript libraries that some tests fill workbooks with (needs Node.js and npm).
clients:
	cd tests/clients/node && npm ci

# The pages that are made from the program itself.
docs: $(VENV)/.dev
	$(BIN)/python -m docs

clean:
	rm -rf $(VENV) dist demo-result .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "xltool needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' || { echo "This Python lacks venv (Debian: apt-get install python3-venv)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# pip and the build back end look at pyproject.toml alone, so the stamps do too.
$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(PIP) --editable .
	touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[dev]'
	touch $@ $(VENV)/.installed
