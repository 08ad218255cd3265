"""Power-on: what boot.py does once it has the code. Borrowed by it."""
from machine import RTC, SOFT_RESET, WDT, Timer, reset_cause

from firmware.system import crash_loop


def count(updated):
    """Count a start that has not gone well yet, so that the pin can fall back to safe mode; after an update begin anew."""
    if reset_cause() == SOFT_RESET:             # Ctrl-D or mpremote: a running watchdog can't be stopped, so it is fed
        watchdog = WDT(timeout=20_000)
        Timer(0, period=5_000, callback=lambda _: watchdog.feed())
    elif updated:
        RTC().memory(crash_loop.healthy(RTC().memory()))
    else:
        RTC().memory(crash_loop.starting(RTC().memory()))
