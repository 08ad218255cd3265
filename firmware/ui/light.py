"""The light behind the glass: levels, fades, and the short dip that hides a change of the whole picture.

Owns the backlight object (`set(level)`, level 0..1 as the eye sees it). Used by the stage.
"""
import asyncio
import time

from firmware.ui import theme


class Light:
    """`level` is where the light stands now."""

    def __init__(self, backlight):
        self._backlight = backlight
        self.level = 0
        backlight.set(0)

    async def fade(self, level, duration_ms, last=None):
        """Go to `level` in even steps; at once where it stands there already. `last` is called in the last step's time."""
        start = self.level
        if start != level:
            for step in range(1, theme.FADE_STEPS):
                self.level = start + (level - start) * step / theme.FADE_STEPS
                self._backlight.set(self.level)
                await asyncio.sleep_ms(duration_ms // theme.FADE_STEPS)
            self.level = level
            self._backlight.set(level)
        begun_ms = time.ticks_ms()
        if last:
            last()
        if start != level:
            gone_ms = time.ticks_diff(time.ticks_ms(), begun_ms)
            await asyncio.sleep_ms(max(0, duration_ms // theme.FADE_STEPS - gone_ms))

    def off(self):
        self.level = 0
        self._backlight.set(0)
