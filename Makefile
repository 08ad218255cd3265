# Every target works first and alone from a clean clone: it sets up what it needs, and nothing twice.
PYTHON ?= python3
VENV_PYTHON := .venv/bin/python
# a simulated pin and its world take turns, so two cores are busy only with twice as many workers; the long tests come
# first, so that a worker that is done takes work from others; each compiles the tests unless that is kept
WORKERS ?= $(shell expr 2 \* $$(nproc))
SETUP := $(PYTHON) -B -m tests.setup.install

.DEFAULT_GOAL := help
.PHONY: help demo test golden sheet bench-tap bench-heap bench-friends bench-bumps bench-week bench-steps bench-ui fuzz lint assets setup clean distclean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## two pins boot, meet, and remember it; pictures go to build/demo
	@$(SETUP) all
	@$(VENV_PYTHON) -m tests.demo

test: ## run every test (ARGS='-k snep' for some)
	@$(SETUP) all
	@PYTHONDONTWRITEBYTECODE= $(VENV_PYTHON) -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

golden: ## accept the pictures of all screens as they are drawn now, after a look at build/golden or build/sheet.png
	@$(SETUP) all
	@$(VENV_PYTHON) -m tests.golden.accepted

sheet: ## all screens in all states on one picture, build/sheet.png (ARGS='steps week' for some)
	@$(SETUP) all
	@$(VENV_PYTHON) -m tests.sheet $(ARGS)

bench-tap: ## 510 taps on each bus and under loss, how long and how surely (ARGS='--seeds 60'); build/bench.json
	@$(SETUP) all
	@$(VENV_PYTHON) -m tests.bench.tap $(ARGS)

bench-heap: ## what lives on the heap of 384 kB, module by module, at rest and in a tap with 1,000 friends; build/bench.json
	@$(SETUP) all
	@$(VENV_PYTHON) -m tests.bench.heap

bench-friends: ## the friend book with 100 to 10,000 friends, flash wear, power cuts (ARGS='--no-cuts'); build/bench.json
	@$(SETUP) all
	@$(VENV_PYTHON) -m tests.bench.friends $(ARGS)

bench-bumps: ## knocks found and bumps imagined, and how often the processor wakes (ARGS='--knocks 60'); build/bench.json
	@$(SETUP) all
	@$(VENV_PYTHON) -m tests.bench.bumps $(ARGS)

bench-week: ## a simulated week with resets, a flat battery and turned clocks: every step once; build/bench.json
	@$(SETUP) all
	@$(VENV_PYTHON) -m tests.bench.week $(ARGS)

bench-steps: ## the step counter on recorded walks beside other programs (ARGS=--sensitivity), then bumps and week; build/bench.json
	@$(SETUP) all
	@$(VENV_PYTHON) -m tests.bench.steps $(ARGS)
	@$(VENV_PYTHON) -m tests.bench.bumps
	@$(VENV_PYTHON) -m tests.bench.week

bench-ui: ## the display: what four scenes and every screen send and take, beside other libraries; build/bench.json
	@$(SETUP) all
	@$(VENV_PYTHON) -m tests.bench.ui $(ARGS)

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
