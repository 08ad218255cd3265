"""A frame buffer to draw on, which knows what the display has not seen yet.

Owns the frame (RGB565, byte-swapped: see `rgb565`), its dirty rectangles and the palettes between two colours. Used by
the user interface; fonts and images are handed in. Nothing reaches the display before `flush`, and `flush` sends nothing
where nothing was drawn.

Everything anti-aliased blends between a colour and the `ground` it stands on, which must be flat there.
"""
import asyncio

import framebuf
from micropython import const

from canvas import disc
from canvas.damage import Damage
from rgb565 import mix

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

    # ---- drawing

    def fill(self, colour):
        self.frame.fill(colour)
        self.touch(0, 0, self.width, self.height)

    def rect(self, x, y, w, h, colour):
        """A filled rectangle."""
        self.frame.fill_rect(x, y, w, h, colour)
        self.touch(x, y, w, h)

    def disc(self, x, y, radius, colour, ground):
        """A filled circle; centre and radius may be halves of pixels."""
        disc.draw(self.frame, self.palette(colour, ground)[1], int(2 * x), int(2 * y), int(2 * radius))
        left, top = int(x - radius), int(y - radius)
        self.touch(left, top, int(x + radius) + 2 - left, int(y + radius) + 2 - top)

    def text(self, font, text, x, y, colour, ground):
        """One line of text from pen position `x` on the base line `y`. Returns the pen's end."""
        blit, palette = self.frame.blit, self.palette(colour, ground)[0]
        frame_of, form, pieces = framebuf.FrameBuffer, framebuf.GS4_HMSB, font.pieces
        left, top, right, bottom = self.width, self.height, 0, 0
        pen = 0
        for code, pen in font.pens(text):
            if not code:
                break
            for dx, dy, w, h, bitmap in pieces(code):
                dx += x + ((pen + 8) >> 4)
                dy += y
                blit(frame_of(bitmap, w, h, form), dx, dy, ground, palette)
                if dx < left:  # noqa: PLR1730 - calls of min and max would take as long as the rest
                    left = dx
                if dx + w > right:  # noqa: PLR1730
                    right = dx + w
                if dy < top:  # noqa: PLR1730
                    top = dy
                if dy + h > bottom:  # noqa: PLR1730
                    bottom = dy + h
        self.touch(left, top, right - left, bottom - top)
        return x + ((pen + 8) >> 4)

    def blit(self, bitmap, w, h, form, x, y, palette=None, key=-1):
        """Copy a bitmap (bytearray in the framebuf format `form`), through `palette` (framebuf) where it has one;
        `key` is the colour that is left out."""
        self.frame.blit(framebuf.FrameBuffer(bitmap, w, h, form), x, y, key, palette)
        self.touch(x, y, w, h)

    def palette(self, colour, ground):
        """(framebuf of 16 x 1, tuple of the 16 colours) from `ground` to `colour`; the last dozen are kept."""
        found = self._palettes.get((colour, ground))
        if found is None:
            if len(self._palettes) >= PALETTES_KEPT:
                self._palettes.clear()
            shades = tuple([mix(ground, colour, level) for level in range(16)])
            found = self._palettes[colour, ground] = (palette_of(shades), shades)
        return found

    # ---- to the display

    def touch(self, x, y, w, h):
        """Mark a rectangle as drawn on."""
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


def palette_of(colours):
    """A framebuf of up to 16 x 1 colours to blit through."""
    palette = framebuf.FrameBuffer(bytearray(32), 16, 1, framebuf.RGB565)
    for number, colour in enumerate(colours):
        palette.pixel(number, 0, colour)
    return palette
