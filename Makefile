# Tonggui, from the repository. `make help` lists what there is.
#
# Packages come from hash-locked lists by plain pip, so a mirror set in
# pip.conf or PIP_INDEX_URL is used. Stamp files in .venv make a second run
# start at once.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2
PIP_INSTALL := $(BIN)/pip install --disable-pip-version-check --require-hashes

##@ Everyday

.PHONY: help
help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} \
	  /^##@ / {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: run
run: $(VENV)/.run ## Set up, make the demo instance if there is none, and serve both sites
	@$(BIN)/tonggui demo up

.PHONY: reset
reset: ## Throw the demo instance away; CONFIRM=yes asks nothing, a real instance is refused
	@if [ ! -x $(BIN)/tonggui ]; then echo "Nothing to reset: make run has not been used yet."; \
	else $(BIN)/tonggui demo reset $(if $(filter yes,$(CONFIRM)),--yes); fi

.PHONY: test
test: system $(VENV)/.test ## Everything a change must pass: format, lint, types, imports, tests
	@$(MAKE) --no-print-directory check-format lint types check-imports unit

.PHONY: bench
bench: $(VENV)/.test ## Measure submissions on the real server against a bare Flask insert
	$(BIN)/python -m benchmarks.submit --against bare

##@ The parts of make test

.PHONY: check-format
check-format: $(VENV)/.test ## Is every file formatted?
	@echo "==> ruff format --check"
	@$(BIN)/ruff format --check .

.PHONY: lint
lint: $(VENV)/.test ## Run the linter
	@echo "==> ruff check"
	@$(BIN)/ruff check .

.PHONY: types
types: $(VENV)/.test ## Check the types
	@echo "==> mypy"
	@$(BIN)/mypy

.PHONY: check-imports
check-imports: $(VENV)/.test ## Hold the imports against .importlinter
	@echo "==> lint-imports"
	@$(BIN)/lint-imports --no-logo

.PHONY: unit
unit: $(VENV)/.test ## Run the test suite; ARGS="-k name" picks some, JOBS=n processes
	@echo "==> pytest"
	@$(BIN)/pytest -n $(JOBS) --dist worksteal $(ARGS)

##@ Upkeep

.PHONY: format
format: $(VENV)/.test ## Format the code and mend what the linter can mend
	@$(BIN)/ruff check --fix --exit-zero .
	@$(BIN)/ruff format .

.PHONY: words
words: $(VENV)/.run ## Collect the sentences of both sites for the English catalogues, compile them
	@$(BIN)/python scripts/words.py

.PHONY: lock
lock: ## Resolve the dependencies of pyproject.toml anew into requirements/
	@scripts/lock.sh

.PHONY: system
system: ## Install the Debian packages the tests need, or name them
	@scripts/system_packages.sh

.PHONY: clean
clean: ## Remove the virtual environment and caches; instance data stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

# The environment. Each stamp is written last, so an interrupted set-up is
# taken up again where it stopped.

$(VENV)/bin/python:
	@echo "==> making the virtual environment $(VENV)"
	@python=$$(scripts/find_python.sh) && "$$python" -m venv $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	@echo "==> installing what Tonggui needs (about a minute the first time)"
	@$(PIP_INSTALL) -r requirements/run.txt
	@$(BIN)/pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.run
	@echo "==> installing what the tests need (about a minute the first time)"
	@$(PIP_INSTALL) -r requirements/test.txt
	@touch $@
