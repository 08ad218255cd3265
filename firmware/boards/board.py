"""A board as the rest of the firmware sees it: drivers, plain callables and pins, and nothing else of the hardware.

Owns the watchdog, the battery's converter and the RTC. Made by `assembly`, so that one firmware serves every board and the
simulator.
"""
import sys

import machine
from machine import PWM, RTC, WDT, Pin, Timer
from micropython import const

from firmware.system.overlay import borrow

_BACKLIGHT_HZ = const(5_000)
_GAMMA = 2.2                                    # perceived brightness is roughly duty ** (1 / 2.2)
_WATCHDOG_MS = const(20_000)
_BATTERY_SAMPLES = const(16)                    # the divider's source is 67 kOhm, so one reading is noisy


class Backlight:
    """The display's light: `set(level)` with level 0..1 as the eye sees it."""

    def __init__(self, gpio):
        pin = Pin(gpio, Pin.OUT)
        try:                                    # goes on in light sleep, where the port can do that
            self._pwm = PWM(pin, freq=_BACKLIGHT_HZ, duty_u16=0, lightsleep=True)       # type: ignore[call-arg]
        except TypeError:
            self._pwm = PWM(pin, freq=_BACKLIGHT_HZ, duty_u16=0)

    def off(self):
        """Give the pad back, to hold it low in deep sleep."""
        self._pwm.deinit()

    def set(self, level):
        self._pwm.duty_u16(int(max(0.0, min(1.0, level)) ** _GAMMA * 65535))


class Board:
    """`problem` is a sentence about the board file, `adc` reads the cell's voltage divided by `battery_divider`, `parts`
    become attributes: display, backlight, button, lane, unique_id, random_bytes, and the wiring for `complete`, which adds
    imu, imu_interrupt, touch, nfc, wakes (the Pins that end a light sleep; none where an input could not) and motion_wakes
    (whether motion ends a deep sleep, too).
    `woken`: this start ended a deep sleep."""

    wakes = ()
    imu = imu_interrupt = touch = nfc = wiring = None           # until it is complete
    motion_wakes = False

    def __init__(self, name, problem, adc, battery_divider, parts):
        for key, part in parts.items():
            setattr(self, key, part)
        self.name, self.problem = name, problem
        self.rtc = RTC()
        self._adc, self._divider = adc, battery_divider
        self._watchdog = None
        self.woken = machine.reset_cause() == machine.DEEPSLEEP_RESET

    def complete(self):
        """Make the parts that a name tag does not need."""
        borrow('firmware.boards.peripherals').fit(self, *self.wiring)
        self.wiring = None

    def battery_mv(self):
        """The cell's voltage in mV, averaged."""
        total_uv = 0
        for _ in range(_BATTERY_SAMPLES):
            total_uv += self._adc.read_uv()
        return total_uv * self._divider // (_BATTERY_SAMPLES * 1000)

    def feed_watchdog(self):
        """Keep the pin from being reset; the first call starts the watchdog, which can't be stopped again."""
        if self._watchdog is None:
            self._watchdog = WDT(timeout=_WATCHDOG_MS)
            Timer(0).deinit()                   # which feeds it after a soft reset, see boot.py
        self._watchdog.feed()

    def hold_watchdog(self):
        """Keep a started watchdog fed from a timer: for the prompt, where nobody else does."""
        if self._watchdog:
            Timer(0, period=_WATCHDOG_MS // 4, mode=Timer.PERIODIC, callback=lambda _: self.feed_watchdog())

    def radio(self):
        """The Bluetooth radio, a bluetooth.BLE, or None where the port has none."""
        try:
            from bluetooth import BLE
        except ImportError:
            return None
        return BLE()

    def uuid(self, value):
        """The bluetooth.UUID of a 16-bit number or of the usual text."""
        from bluetooth import UUID
        return UUID(value)

    def set_frequency(self, mhz):
        """How fast the processor runs: 80, 160 or 240 MHz."""
        machine.freq(mhz * 1_000_000)

    def light_sleep(self, duration_ms):
        """Sleep until an input of `wakes` moves, at most so long. Edges are lost meanwhile, so whoever has an input looks at
        it where something else than time ended the sleep, even if that was over in the same millisecond."""
        machine.lightsleep(duration_ms)
        if machine.wake_reason() != machine.TIMER_WAKE:
            for pin in self.wakes:
                pin.irq()()

    def deep_sleep(self, by_motion):
        """Sleep until the button or, where `by_motion`, the motion sensor's line ends that with a new start."""
        borrow('firmware.boards.deep_sleep').begin(self, by_motion)

    def crash_memory(self, data=None):
        """The RTC's memory, which survives a reset but not power loss: read it, or write `data`."""
        return self.rtc.memory() if data is None else self.rtc.memory(data)

    def write_line(self, line):
        """One line to the console."""
        sys.stdout.write(line + '\n')

    def reset(self):
        machine.reset()
