# Every target works first and alone from a clean clone: it sets up what it needs, and nothing twice.
PYTHON ?= python3
VENV_PYTHON := .venv/bin/python
# a simulated pin and its world take turns, so two cores are busy only with twice as many workers
WORKERS ?= $(shell expr 2 \* $$(nproc))
SETUP := $(PYTHON) -B -m tests.setup.install

.DEFAULT_GOAL := help
.PHONY: help demo test bench-tap fuzz lint assets setup clean distclean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## two pins boot, meet, and remember it; pictures go to build/demo
	@$(SETUP) all
	@$(VENV_PYTHON) -m tests.demo

test: ## run every test (ARGS='-k snep' for some)
	@$(SETUP) all
	@$(VENV_PYTHON) -m pytest -n $(WORKERS) $(ARGS)

bench-tap: ## 510 taps on each bus and under loss, how long and how surely (ARGS='--seeds 60'); build/bench.json
	@$(SETUP) all
	@$(VENV_PYTHON) -m tests.bench.tap $(ARGS)

fuzz: ## a hostile peer against the firmware (SECONDS=120 or CASES=..., SEED=1)
	@$(SETUP) all
	@SECONDS=$(SECONDS) CASES=$(CASES) SEED=$(SEED) $(VENV_PYTHON) -m tests.fuzz

lint: ## check style, and every call against the board's real API
	@$(SETUP) lint
	@.venv/bin/ruff check .
	@$(VENV_PYTHON) -m mypy

assets: ## compile fonts and pictures into build/assets
	@$(SETUP) assets

setup: ## only set up: packages, MicroPython, fonts, interop tools
	@$(SETUP) all

clean: ## remove what was built
	rm -rf build

distclean: clean ## remove what was built, and the virtual environment
	rm -rf .venv
