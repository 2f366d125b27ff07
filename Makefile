# What can be asked of this tree; `make` alone lists it. Needs Python 3.11 or newer with venv, and make.
.DEFAULT_GOAL := help
.PHONY: help run test quick check bench faults tree texts lock
.NOTPARALLEL:

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq
CONFIG ?=
ARGS ?=
# One process a core, eight at most; whoever is done first takes over from the others.
WORKERS := -n logical --maxprocesses 8 --dist worksteal
QUICK := tests/unit tests/contracts tests/journeys tests/house

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  Options: make run CONFIG=config.toml, make test ARGS=\"tests/unit -k urgency\" (in one process), make lock UPGRADE=1."

run: $(VENV)/.run $(VENV)/.project ## start the bridge; without a config.toml a sample of it, on this machine only
	@exec $(BIN)/casebridge run $(if $(CONFIG),--config "$(CONFIG)")

test: $(VENV)/.dev $(VENV)/.project ## run all tests, on all cores
	@$(BIN)/python -m pytest $(if $(ARGS),,$(WORKERS) --durations 20) $(ARGS)

quick: $(VENV)/.dev $(VENV)/.project ## run the tests for every save: units, contracts on SQLite, journeys, the house
	@CASEBRIDGE_TEST_QUICK=1 $(BIN)/python -m pytest $(WORKERS) -m "not postgres and not long" $(QUICK) $(ARGS)

check: $(VENV)/.dev $(VENV)/.project ## look at the code: format, lint, types, who may import whom, known weaknesses
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict bot adapters storage tests
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml bot adapters storage

bench: $(VENV)/.dev $(VENV)/.project ## measure replies per second beside a plain bot, and the check of the record
	@$(BIN)/python -m tests.bench $(ARGS)

faults: $(VENV)/.dev $(VENV)/.project ## break everything around four nodes for MINUTES (10), by SEED
	@CASEBRIDGE_TEST_FAULTS_MINUTES=$(or $(MINUTES),10) CASEBRIDGE_TEST_FAULTS_SEED=$(or $(SEED),$$(date +%s)) \
		$(BIN)/python -m pytest tests/faults/cluster/test_cluster.py $(ARGS)

tree: $(VENV)/.dev ## show the rooms of the code, each with its first sentence
	@$(BIN)/python -m tests.house.tree

texts: $(VENV)/.dev $(VENV)/.project ## extract the texts that people see into bot/locale/casebridge.pot
	@$(BIN)/python -m tests.house.texts

PIN = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-annotate --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)
COMPILE = $(PIN) pyproject.toml --extra postgres

lock: ## write all lock files anew from pyproject.toml (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: python3 -m pip install uv" >&2; exit 1; }
	$(COMPILE) --group dev -o requirements-dev.lock
	$(COMPILE) --group build --constraints requirements-dev.lock -o requirements.lock
	$(PIN) --group pyproject.toml:source -o requirements-source.lock

# One package, http-ece, is published as source only: it is built here, with the setuptools of a lock of its own.
BY_HASH = @$(PIP) install --require-hashes --only-binary :all:
FROM_LOCK = --no-binary http-ece --no-build-isolation -r

# Stamps: what they name is installed; a changed lock installs again.
$(VENV)/.made:
	@python=; for name in $(PYTHON) python3.14 python3.13 python3.12 python3.11 python3; do \
		if $$name -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			python=$$name; break; fi; done; \
	test -n "$$python" || { \
		echo "This needs Python 3.11 or newer with venv (Debian, Ubuntu: apt-get install python3-venv)." >&2; exit 1; }; \
	echo "Making $(VENV) with $$($$python --version)."; \
	$$python -m venv --clear $(VENV)
	@touch $@

$(VENV)/.run: requirements.lock requirements-source.lock | $(VENV)/.made
	@echo "Installing what the bridge needs (about a minute, only this once)."
	$(BY_HASH) -r requirements-source.lock
	$(BY_HASH) $(FROM_LOCK) requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock requirements-source.lock | $(VENV)/.made
	@echo "Installing what the bridge and its tests need (about a minute, only this once)."
	$(BY_HASH) -r requirements-source.lock
	$(BY_HASH) $(FROM_LOCK) requirements-dev.lock
	@touch $@

# Built with the hatchling of the lock, so that nothing is fetched without a hash.
$(VENV)/.project: pyproject.toml | $(VENV)/.made
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
