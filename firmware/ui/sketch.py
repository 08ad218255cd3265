"""A picture noted down before it is drawn: a screen draws on a Sketch, and later the sketch is painted on the canvas.

So what takes long, finding the places of texts and reading their type from flash, is done step by step while the light dips,
and what the display is sent is drawn in one go. Owns what was noted. Used by the stage for each change of the whole picture.

A step ends before something is read, where it has taken its time. What the screen draws is left there then and begun anew in
the next step, which finds in the caches of the fonts what was read, and takes over what was drawn by way of `once`.
"""
from array import array
from time import ticks_diff, ticks_ms

from micropython import const

STEP_MS = const(20)                     # of reading, after which a step ends with the next that is to be read
STEPS = const(40)                       # after which it is no longer interrupted: the caches do not hold what it reads


class _Enough(Exception):
    """The step has taken its time."""


class Sketch:
    """Stands for `canvas` where a screen draws. `files` (open_files.OpenFiles) are those that its fonts are read from."""

    def __init__(self, canvas, files):
        self._canvas, self._files = canvas, files
        self._notes = []                    # (what is to be called, arguments)
        self._noted = False                 # whether they are complete
        self._kept = []                     # (result, notes) of what is done but once
        self._at = 0                        # how many of these this step has come by
        self._inside = False                # whether it is in the midst of one
        self._steps = self._ready = 0       # steps taken; of how many notes the type is read
        self._reading_ms = None             # when this step began to read
        self._nowhere, self._words = array('H', bytes(2 * 6)), bytes(2 * 16)     # bounds of no pixel, and colours for it

    def step(self, draw, *arguments):
        """Go on with noting what `draw(*arguments)` draws on this sketch, then with reading the type for it. Returns whether
        that is all done; else it wants to be called again when others have had their turn."""
        self._reading_ms = None
        self._steps += 1
        if not self._noted:
            self._notes, self._at, self._inside = [], 0, False
            self._files.pause = self._pause
            try:
                draw(*arguments)
            except _Enough:
                return False
            finally:
                self._files.pause = None
            self._noted = True
        return self._read()

    def _pause(self):
        """Something is going to be read; what was read before it is kept."""
        if self._is_late() and self._steps < STEPS:
            raise _Enough

    def _is_late(self):
        """Whether this step, which is going to read something, has read for long enough."""
        if self._reading_ms is None:            # the first time: each step gets on
            self._reading_ms = ticks_ms()
            return False
        return ticks_diff(ticks_ms(), self._reading_ms) >= STEP_MS

    def _read(self):
        """Bring the type of the next texts into the caches. Returns whether it was that of all."""
        while self._ready < len(self._notes):
            called, how = self._notes[self._ready]
            if called == self._canvas.text:
                if self._is_late():
                    return False
                font, text, x, y, _, _ = how
                font.write(b'', self._nowhere, text, self._words, x, y)
            self._ready += 1
        return True

    def paint(self):
        """Draw what was noted on the canvas."""
        for draw, arguments in self._notes:
            draw(*arguments)

    # ---- as canvas.Canvas

    @property
    def width(self):
        return self._canvas.width

    @property
    def height(self):
        return self._canvas.height

    def do(self, draw, *arguments):
        self._notes.append((draw, (self._canvas,) + arguments))

    def once(self, draw, *arguments):
        if self._inside:
            return draw(self, *arguments)
        if self._at == len(self._kept):
            before, self._inside = len(self._notes), True
            result = draw(self, *arguments)
            self._inside = False
            self._kept.append((result, self._notes[before:]))
        else:
            result, notes = self._kept[self._at]
            self._notes += notes
        self._at += 1
        return result

    def fill(self, colour):
        self._notes.append((self._canvas.fill, (colour,)))

    def rect(self, *where):
        self._notes.append((self._canvas.rect, where))

    def disc(self, *where):
        self._notes.append((self._canvas.disc, where))

    def blit(self, *what):
        self._notes.append((self._canvas.blit, what))

    def ladder(self, *colours):
        return self._canvas.ladder(*colours)

    def text(self, font, text, x, y, colour, ground):
        self._notes.append((self._canvas.text, (font, text, x, y, colour, ground)))
        return x + font.width(text)
