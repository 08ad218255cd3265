"""Where page and pins meet: a world with two pins, the gateway that serves the page, and a browser that looks at it.

One thread does all: the world goes on while the browser is waited for, SPEED times as fast as the wall clock, so a test waits
for computers and not for modelled seconds. It is on a leash: LEASH_S after the browser's latest message it stands still, so
that on a busy machine no time-out of the pin's comes before the browser has done its part. What takes longer than that in the
world, a test announces by `patience`, or lets the world do by `world.run`.
"""
import contextlib
import json
import time

from tests.interop.browser.chromium import Browser
from tests.interop.browser.page import PHONE, Page
from tests.interop.companion import emulation
from tests.setup.step import BUILD
from tests.simulator.gateway.companion import serve
from tests.simulator.radio import digits
from tests.simulator.world import World

SPEED, LEASH_S = 6, 3
PICTURES = BUILD / 'companion'
LONG_PRESS_MS = 1200


class Stage(contextlib.ExitStack):
    """Ada's pin is new: no card, no phone, but four friends who were met before. Ben's has a card."""

    def __init__(self):
        super().__init__()
        self.world = self.enter_context(World(seed=7))
        self.ada = self.add_ada()
        self.ben = self.world.add_pin('Ben', {'name': 'Ben Okafor', 'title': 'Head of Cycling', 'email': 'ben@example.com'})
        self.phone = self.world.add_phone("Ada's phone")
        self.server = self.enter_context(serve(self.world, self.phone, speed=SPEED))
        self.world.run(3)
        self.browser = self.enter_context(Browser())
        self.browser.meanwhile = self._meanwhile
        self._heard, self._leash_ms = 0, 0

    def add_ada(self):
        """Ada's pin, switched on."""
        return self.world.add_pin('Ada', card=False, friends=4)

    def _meanwhile(self):
        if self._heard != self.browser.heard:
            self._heard, self._leash_ms = self.browser.heard, max(self._leash_ms, self.world.now_ms + 1000 * LEASH_S)
        self.server.real_time.speed = SPEED if self.world.now_ms < self._leash_ms else 0
        self.server.real_time.step()

    def patience(self, seconds):
        """What comes next takes up to so long in the world."""
        self._leash_ms = self.world.now_ms + 1000 * seconds

    def open(self, query='', screen=PHONE, script=''):
        """The companion page."""
        return Page(self.browser, self.server.address + query, screen, script)

    def begin_binding(self):
        """Ada holds her pin's button, as its screen asks her to."""
        self.ada.press(LONG_PRESS_MS)
        self.world.run(3)

    def bluetooth(self, page):
        """An adapter for a page, with Ada's pin in reach."""
        adapter = emulation.Bluetooth(page, self.phone, lambda: digits.shown(self.ada))
        assert adapter.find(), f'no pin is heard; the pin says: {self.ada.console.text[-900:]}'
        return adapter

    def rest(self, seconds):
        """Wait in real time, for what the page draws meanwhile."""
        end = time.monotonic() + seconds
        self.browser.wait(lambda: time.monotonic() > end, 'the end of a rest')

    def name_tag(self):
        """What Ada's pin shows when it lay in the dark for a while and she presses its button."""
        assert self.world.run_until(lambda: not self.ada.panel.backlight, timeout_s=60, step_ms=500)
        self.ada.press()
        self.world.run(1)
        return self.ada.look().tobytes()

    def picture(self, page, name):
        """What page and pin show now, in build/companion."""
        page.look(PICTURES / f'{name}.png')
        self.ada.look(PICTURES / f'{name}-pin.png')


def go(page, place):
    """Open one of the page's places."""
    page.evaluate(f'location.hash = {json.dumps("#/" + place)}')
    page.wait(f"document.body.dataset.place === {json.dumps(place or 'today')}")
