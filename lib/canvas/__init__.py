"""A frame buffer to draw on, which knows what the display has not seen yet.

Owns the frame (RGB565, byte-swapped: see `rgb565`), its dirty rectangles and the palettes between two colours. Used by
the user interface; fonts and images are handed in. Nothing reaches the display before `flush`, and `flush` sends nothing
where nothing was drawn.

Everything anti-aliased blends between a colour and the `ground` it stands on, which must be flat there.
"""
import asyncio
from array import array

import framebuf
from micropython import const

from canvas.damage import Damage

try:
    from glyphs_native import blend
except (SyntaxError, ValueError, ImportError):      # a port without machine code: text, .mpy, left out
    from glyphs import blend

PALETTES_KEPT = const(12)
PIECE_BYTES = const(28800)              # a quarter of the frame: under 6 ms of SPI at 40 MHz between two yields


class Canvas:
    """`width` x `height` pixels. Colours are byte-swapped RGB565; coordinates may lie outside, what does is cut off.

    `buffer` is the frame as bytes (give one of two bytes a pixel, or have it made), `frame` the framebuf on it.
    """

    def __init__(self, width=240, height=240, buffer=None):
        self.width, self.height = width, height
        self.buffer = bytearray(width * height * 2) if buffer is None else buffer
        self.frame = framebuf.FrameBuffer(self.buffer, width, height, framebuf.RGB565)
        self.damage = Damage(width, height)
        self._palettes = {}
        self._bounds = array('H', (width, height, 0, 0, 0, 0))

    # ---- drawing

    def do(self, draw, *arguments):
        """`draw(canvas, *arguments)`, for what has no name here. What stands for a canvas may have it done later."""
        return draw(self, *arguments)

    once = do                               # for what takes long to find its place: what stands for a canvas does it but once

    def fill(self, colour):
        self.frame.fill(colour)
        self.touch(0, 0, self.width, self.height)

    def rect(self, x, y, w, h, colour):
        """A filled rectangle."""
        self.frame.fill_rect(x, y, w, h, colour)
        self.touch(x, y, w, h)

    def disc(self, x, y, radius, colour, ground):
        """A filled circle; centre and radius may be halves of pixels."""
        try:
            from discs_native import disc  # few screens need it
        except (SyntaxError, ValueError, ImportError):
            from discs import disc
        disc(self.buffer, self._bounds, int(2 * x), int(2 * y), int(2 * radius), self.palette(colour, ground))
        if self.damage.whole:
            return
        left, top = int(x - radius), int(y - radius)
        self.touch(left, top, int(x + radius) + 2 - left, int(y + radius) + 2 - top)

    def text(self, font, text, x, y, colour, ground):
        """One line of text from pen position `x` on the base line `y`. Returns the pen's end."""
        bounds = self.bounds()
        end = font.write(self.buffer, bounds, text, self.palette(colour, ground), x, y)
        self.touch_bounds()
        return end

    def bounds(self):
        """What `glyphs.stamp` notes what it draws on in; `touch_bounds` after it."""
        bounds = self._bounds
        bounds[2], bounds[3], bounds[4], bounds[5] = self.width, self.height, 0, 0
        return bounds

    def touch_bounds(self):
        if not self.damage.whole:
            _, _, left, top, right, bottom = self._bounds
            self.touch(left, top, right - left, bottom - top)

    def blit(self, bitmap, w, h, form, x, y, palette=None, key=-1):
        """Copy a bitmap (bytearray in the framebuf format `form`), through `palette` (framebuf) where it has one;
        `key` is the colour that is left out."""
        self.frame.blit(framebuf.FrameBuffer(bitmap, w, h, form), x, y, key, palette)
        self.touch(x, y, w, h)

    def palette(self, colour, ground):
        """The 16 colours from `ground` to `colour`, two bytes each; the last dozen such are kept."""
        key = colour, ground
        found = self._palettes.get(key)
        if found is None:
            if len(self._palettes) >= PALETTES_KEPT:
                self._palettes.clear()
            found = self._palettes[key] = bytearray(32)
            blend(found, ground, colour)
        return found

    def ladder(self, colour, ground, levels):
        """A framebuf of `levels` colours from `ground` to `colour`, at most 16, to blit a bitmap through."""
        words = self.palette(colour, ground)
        steps = [level * 15 // (levels - 1) for level in range(levels)]
        return framebuf.FrameBuffer(bytearray(b''.join([words[2 * step:2 * step + 2] for step in steps])), levels, 1,
                                    framebuf.RGB565)

    # ---- to the display

    def touch(self, x, y, w, h):
        """Mark a rectangle as drawn on."""
        if not self.damage.whole:
            self.damage.add(x, y, w, h)

    def touch_all(self):
        """Mark the whole frame: the display has forgotten or turned."""
        self.touch(0, 0, self.width, self.height)

    def flush(self, display):
        """Send what changed, blocking, one window a rectangle. Returns how many windows that took."""
        dirty = self.damage.rectangles()
        for rectangle in dirty:
            display.show(self.buffer, *rectangle)
        self.damage.clear()
        return len(dirty)

    async def flush_gently(self, display):
        """`flush` that lets other tasks run every few milliseconds. Nobody may draw until it returns."""
        dirty = self.damage.rectangles()
        for rectangle in dirty:
            for _ in display.stream(self.buffer, *rectangle, PIECE_BYTES):
                await asyncio.sleep_ms(0)
            await asyncio.sleep_ms(0)
        self.damage.clear()
        return len(dirty)
