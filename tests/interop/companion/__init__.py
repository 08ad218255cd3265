"""The companion page end to end: a real Chromium, the page, a phone on a real Bluetooth stack, the firmware in its pin."""

from tests import simulator  # noqa: F401  MicroPython's names, before any module of the firmware is imported
