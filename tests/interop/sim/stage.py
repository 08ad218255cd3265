"""The table of `make sim` with Ada's and Ben's pins, and a browser that looks at it. One thread does all.

The world keeps up with the wall clock, but takes no step of more than 0.1 s, so a busy machine makes it late and nothing else.
"""
import contextlib
import time

from tests.interop.browser.chromium import Browser
from tests.interop.browser.page import Page
from tests.setup.step import BUILD
from tests.simulator.sim.__main__ import ADA, BEN
from tests.simulator.sim.play import Play
from tests.simulator.world import World

PICTURES = BUILD / 'sim'
SCREEN = {'width': 1280, 'height': 760, 'deviceScaleFactor': 1, 'mobile': False}
RIM = 126                               # px from a pin's middle, on its case but not on the glass
MOVES = 8


class Stage(contextlib.ExitStack):
    """`page` shows the table; `ada` and `ben` are the pins."""

    def __init__(self, places=((0.25, 0.45), (0.72, 0.45)), screen=SCREEN):
        super().__init__()
        self.world = self.enter_context(World(seed=7))
        self.play = Play(self.world)
        self.enter_context(self.play.server)
        self.ada, self.ben = [self.play.table.add(name, card, friends=4, place=place).pin
                              for name, card, place in zip(('Ada', 'Ben'), (ADA, BEN), places, strict=True)]
        self.world.run(2)
        self.browser = self.enter_context(Browser())
        self.browser.meanwhile = self._meanwhile
        self.page = Page(self.browser, self.play.server.address, screen)
        self.page.wait("document.querySelectorAll('.pin').length === 2 && document.fonts.status === 'loaded'")

    def _meanwhile(self):
        self.play.step()
        return False

    def rest(self, seconds):
        """Wait in real time, for what the page draws meanwhile."""
        end = time.monotonic() + seconds
        self.browser.wait(lambda: time.monotonic() > end, 'the end of a rest')

    def middle(self, name):
        """Where a pin is, in pixels of the page."""
        return self.page.evaluate(f"""(() => {{ const box = document.querySelector('[data-pin="{name}"] .case')
            .getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }})()""")

    def drag(self, name, x, y):
        """Take a pin by its rim and put its middle at a place."""
        begin_x, begin_y = self.middle(name)
        self._mouse('mousePressed', begin_x, begin_y - RIM)
        for move in range(1, MOVES + 1):
            self._mouse('mouseMoved', begin_x + (x - begin_x) * move / MOVES, begin_y + (y - begin_y) * move / MOVES - RIM)
        self._mouse('mouseReleased', x, y - RIM)

    def _mouse(self, kind, x, y):
        where = {'x': x, 'y': y, 'button': 'left', 'buttons': 1, 'clickCount': 1}
        self.page.call('Input.dispatchMouseEvent', {'type': kind, **where})
