# Every target works first and alone from a clean clone: it sets up what it needs, and nothing twice.
PYTHON ?= python3
VENV_PYTHON := .venv/bin/python
# a simulated pin and its world take turns, so two cores are busy only with twice as many workers; the long tests come
# first, so that a worker that is done takes work from others; each compiles the tests unless that is kept
WORKERS ?= $(shell expr 2 \* $$(nproc))
SETUP := $(PYTHON) -B -m tests.setup.install

.DEFAULT_GOAL := help
.PHONY: help demo test golden sheet bench-tap bench-heap sizes bench-friends bench-bumps bench-week bench-steps bench-ble bench-ui bench-crashes companion companion-page sim bench-power crowd bench-boot flash deploy card fleet console image fuzz lint assets setup clean distclean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## two pins boot, meet, and remember it; pictures go to build/demo
	@$(SETUP) pins
	@$(VENV_PYTHON) -m tests.demo

test: ## run every test (ARGS='-k snep' for some)
	@$(SETUP) all
	@PYTHONDONTWRITEBYTECODE= $(VENV_PYTHON) -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

golden: ## accept the pictures of all screens as they are drawn now, after a look at build/golden or build/sheet.png
	@$(SETUP) pins
	@$(VENV_PYTHON) -m tests.golden.accepted

sheet: ## all screens in all states on one picture, build/sheet.png (ARGS='steps week' for some)
	@$(SETUP) pins
	@$(VENV_PYTHON) -m tests.sheet $(ARGS)

bench-tap: ## 510 taps on each bus and under loss, how long and how surely (ARGS='--seeds 60'); build/bench.json
	@$(SETUP) pins
	@$(VENV_PYTHON) -m tests.bench.tap $(ARGS)

bench-heap: ## what lives on the heap of 384 kB with 1,000 friends, also with code in place, module by module; build/bench.json
	@$(SETUP) pins
	@$(VENV_PYTHON) -m tests.bench.heap

sizes: ## flash and heap of each module, and what has changed since the last tag (ARGS='--since HEAD~3', ARGS=--all); build/bench.json
	@$(SETUP) pins
	@$(VENV_PYTHON) -m tests.bench.sizes $(ARGS)

bench-friends: ## the friend book with 100 to 10,000 friends, flash wear, power cuts (ARGS='--no-cuts'); build/bench.json
	@$(SETUP) pins
	@$(VENV_PYTHON) -m tests.bench.friends $(ARGS)

bench-bumps: ## knocks found and bumps imagined, and how often the processor wakes (ARGS='--knocks 60'); build/bench.json
	@$(SETUP) pins
	@$(VENV_PYTHON) -m tests.bench.bumps $(ARGS)

bench-week: ## a simulated week with resets, a flat battery and turned clocks: every step once; build/bench.json
	@$(SETUP) pins
	@$(VENV_PYTHON) -m tests.bench.week $(ARGS)

bench-steps: ## the step counter on recorded walks beside other programs (ARGS=--sensitivity), then bumps and week; build/bench.json
	@$(SETUP) pins
	@$(VENV_PYTHON) -m tests.bench.steps $(ARGS)
	@$(VENV_PYTHON) -m tests.bench.bumps
	@$(VENV_PYTHON) -m tests.bench.week

bench-ble: ## the companion over Bluetooth: binding, a request, 1,000 friends (ARGS='--binds 20'); build/bench.json
	@$(SETUP) pins
	@$(VENV_PYTHON) -m tests.bench.ble $(ARGS)

bench-ui: ## the display: what four scenes and every screen send and take, beside other libraries; build/bench.json
	@$(SETUP) pins
	@$(VENV_PYTHON) -m tests.bench.ui $(ARGS)

bench-crashes: ## everything in the firmware crashes once: modules, starts, life (ARGS='--only social', '--share 10'); build/bench.json
	@$(SETUP) pins
	@$(VENV_PYTHON) -m tests.bench.crashes $(ARGS)

companion: ## the companion on the command line, for a pin near this computer (ARGS='friends ada'; ARGS=--help)
	@$(SETUP) lint
	@$(VENV_PYTHON) -m assets.companion.cli $(ARGS)

companion-page: ## the companion page in your browser, with two simulated pins to bind it to (PORT=8017)
	@$(SETUP) pins
	@$(VENV_PYTHON) -m tests.simulator.gateway $(if $(PORT),--port $(PORT)) $(ARGS)

sim: ## living pins on a table in your browser: drag one onto another (PORT=8016, ARGS=--no-browser)
	@$(SETUP) pins
	@$(VENV_PYTHON) -m tests.simulator.sim $(if $(PORT),--port $(PORT)) $(ARGS)

bench-power: ## what a pin draws in a worn day, with its name always shown, and in a drawer (ARGS='--only resting_day_mah')
	@$(SETUP) pins
	@$(VENV_PYTHON) -m tests.bench.power $(ARGS)

crowd: ## an event: people with pins and phones walk, meet and tap; what came of it in build/crowd (PINS=500 HOURS=8 SEED=1 ARGS=--check)
	@$(SETUP) pins
	@$(VENV_PYTHON) -m tests.crowd.run --pins '$(or $(PINS),500)' --hours '$(or $(HOURS),8)' --seed '$(or $(SEED),1)' $(ARGS)

bench-boot: ## from power-on to the first name tag, part by part, S3-modelled; build/bench.json
	@$(SETUP) pins
	@$(VENV_PYTHON) -m tests.bench.boot

flash: ## MicroPython onto a board, and Cloud Pin if it is new: make flash PORT=/dev/ttyACM0 FIRMWARE=ESP32_GENERIC_S3.bin [BOARD=...]
	@$(SETUP) pins
	@$(VENV_PYTHON) -m tests.device.flash --port '$(PORT)' --firmware '$(FIRMWARE)' --board '$(BOARD)' $(if $(filter yes,$(FORGET)),--forget) $(ARGS)

deploy: ## Cloud Pin onto a board that runs MicroPython, only what changed: make deploy PORT=/dev/ttyACM0 [BOARD=... NFC=... IMU=...]
	@$(SETUP) pins
	@$(VENV_PYTHON) -m tests.device.deploy --port '$(PORT)' --board '$(BOARD)' --nfc '$(NFC)' --imu '$(IMU)'

card: ## a pin gets its card over the cable: make card PORT=/dev/ttyACM0 NAME='Ada Lovelace' [TITLE=... EMAIL=... WEB=...]
	@$(SETUP) pins
	@$(VENV_PYTHON) -m tests.device.card --port '$(PORT)' --name '$(NAME)' --title '$(TITLE)' --organisation '$(ORGANISATION)' \
		--phone '$(PHONE)' --email '$(EMAIL)' --web '$(WEB)' $(ARGS)

fleet: ## deploy to many pins at once: make fleet PORTS='/dev/ttyACM0 /dev/ttyACM1'
	@$(SETUP) pins
	@$(VENV_PYTHON) -m tests.device.fleet $(PORTS) --board '$(BOARD)' --nfc '$(NFC)' --imu '$(IMU)'

console: ## what a pin says on its cable, without stopping it: make console PORT=/dev/ttyACM0
	@$(SETUP) lint
	@$(VENV_PYTHON) -m mpremote connect $(or $(PORT),auto) resume repl

image: ## a pin's flash as files for a flasher, in build/image ([FIRMWARE=...] [FLASH_MB=16] [BOARD=...])
	@$(SETUP) pins
	@$(VENV_PYTHON) -m tests.device.image --firmware '$(FIRMWARE)' --flash-mb '$(or $(FLASH_MB),16)' --board '$(BOARD)'

fuzz: ## a hostile peer against the firmware (SECONDS=120 or CASES=..., SEED=1)
	@$(SETUP) pins
	@SECONDS=$(SECONDS) CASES=$(CASES) SEED=$(SEED) $(VENV_PYTHON) -m tests.fuzz

lint: ## check style, and every call against the board's real API
	@$(SETUP) lint
	@.venv/bin/ruff check .
	@$(VENV_PYTHON) -m mypy

assets: ## compile fonts and pictures into build/assets
	@$(SETUP) assets

setup: ## only set up: packages, MicroPython, fonts, interop tools, a headless browser
	@$(SETUP) all

clean: ## remove what was built
	rm -rf build

distclean: clean ## remove what was built, and the virtual environment
	rm -rf .venv
