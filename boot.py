"""Power-on: ends an update that was copied before, and counts starts that did not go well, so that main.py can fall back to
safe mode. Nothing else."""
import os

from machine import RTC, SOFT_RESET, WDT, Timer, reset_cause

updated = True
try:
    os.stat('/next/ready')                      # see firmware/system/update.py
except OSError:
    updated = False
if updated:
    from firmware.system.update import finish
    finish()

from firmware.system import crash_loop  # noqa: E402

if reset_cause() == SOFT_RESET:                 # Ctrl-D or mpremote: a running watchdog can't be stopped, so it is fed
    watchdog = WDT(timeout=20_000)
    Timer(0, period=5_000, callback=lambda _: watchdog.feed())
elif updated:
    RTC().memory(crash_loop.healthy(RTC().memory()))
else:
    RTC().memory(crash_loop.starting(RTC().memory()))
