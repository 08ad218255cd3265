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

    async def fade(self, level, duration_ms):
        """Go to `level` in even steps, fewer where others take the processor; at once where it stands there already."""
        start, begun_ms, gone_ms, step_ms = self.level, time.ticks_ms(), 0, duration_ms // theme.FADE_STEPS
        while self.level != level:
            gone_ms = min(duration_ms, gone_ms + step_ms)
            self.level = start + (level - start) * gone_ms / duration_ms if gone_ms < duration_ms else level
            self._backlight.set(self.level)
            await asyncio.sleep_ms(step_ms)
            gone_ms = time.ticks_diff(time.ticks_ms(), begun_ms)

    def off(self):
        self.level = 0
        self._backlight.set(0)
