# Needs only Python 3.11 or newer and make. Everything else is installed into .venv by hash.
VENV   := .venv
BIN    := $(VENV)/bin
PYTHON ?= python3
# What is never imported need not be compiled: a third of the time an installation takes. The locks name everything
# that is needed, so nothing is looked for beside them (a fifth); `pip check` says so if not.
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALL := $(PIP) install --no-compile --no-deps
OURS   := bot handlers escalation
# What is imported is compiled once, also where the environment forbids to keep it: five processes test.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test bench understand weights check style types arrows catalogues fix lock clean

help:
	@echo "make demo    the whole service on this machine, no account anywhere"
	@echo "make test    the tests"
	@echo "make bench   how quick it is here, as ratios and against the bars"
	@echo "make understand   how well it reads the labelled texts"
	@echo "make weights learns from the labelled texts what words weigh"
	@echo "make check   style, types, architecture, catalogues"
	@echo "make fix     mends what can be mended by machine"
	@echo "make lock    writes the lock files anew from pyproject.toml (needs uv)"
	@echo "make clean   removes .venv and what the tools left"

understand: $(VENV)/.dev
	$(BIN)/python -m tests.understanding

weights: $(VENV)/.dev
	$(BIN)/python -m tests.understanding.train
	$(BIN)/python -m tests.understanding.train_meetings
	$(BIN)/python -m tests.understanding.train_replies

demo: $(VENV)/.runtime
	$(BIN)/nabolinje demo

test: $(VENV)/.dev
	$(BIN)/python -m pytest -q -m "not timed" -n auto --dist loadgroup --no-loadscope-reorder

bench: $(VENV)/.dev
	$(BIN)/python -m tests.bench.measure
	$(BIN)/python -m pytest -q -m timed

check: style types arrows catalogues

style: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

arrows: $(VENV)/.dev
	$(BIN)/lint-imports

catalogues: $(VENV)/.dev
	$(BIN)/python -m handlers.texts.check

fix: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(BIN)/python:
	@for python in "$(PYTHON)" python3.13 python3.12 python3.11; do \
	    if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        "$$python" -m venv $(VENV) && exit 0; \
	        echo "Python cannot make a virtual environment. On Debian: apt-get install python3-venv" >&2; \
	        rm -rf $(VENV); exit 1; \
	    fi; \
	done; \
	echo "Python 3.11 or newer is needed (make PYTHON=/path/to/python3.12 ...)" >&2; exit 1

$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-build-isolation -e .
	$(PIP) check
	@touch $@

# The development lock holds everything the other one does, so it makes both stamps.
$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(INSTALL) --require-hashes -r requirements-dev.lock
	$(INSTALL) --no-build-isolation -e .
	$(PIP) check
	@touch $(VENV)/.runtime $@

# No index address may enter a lock file, and one lock serves Python 3.11 to 3.13 on every Linux.
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
    --no-emit-index-url --no-emit-find-links pyproject.toml --extra build

lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	$(COMPILE) --upgrade -o requirements.lock
	$(COMPILE) --upgrade --extra dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
