"""Power-on: counts starts that did not go well, so that main.py can fall back to safe mode. Nothing else."""
from machine import RTC

from firmware.system import crash_loop

RTC().memory(crash_loop.starting(RTC().memory()))
