"""The page without a world: a browser that shows it, and page_pin.js in the place of the simulator's gateway.

Used by test_page_*.py, which are about the page itself; what it does with a real pin is test_bluetooth's and its neighbours'.
"""
import contextlib
import json
from pathlib import Path

from assets.companion import publish
from tests.interop.browser.chromium import Browser
from tests.interop.browser.page import Page
from tests.simulator.gateway.realtime import RealTime
from tests.simulator.gateway.server import Server

PIN = Path(__file__).with_name('page_pin.js')
PASSKEY = '403 971'                     # what the sample pin shows
PHONE = {'width': 390, 'height': 844, 'deviceScaleFactor': 2, 'mobile': True}
SMALL_PHONE = {'width': 320, 'height': 568, 'deviceScaleFactor': 2, 'mobile': True}
DESKTOP = {'width': 1280, 'height': 860, 'deviceScaleFactor': 1, 'mobile': False}


class NoWorld:
    """What the server moves on where no pin is."""

    def run(self, seconds):
        """Nothing goes by."""


@contextlib.contextmanager
def page_alone():
    """Yield a Page that shows the companion with the sample pin, not yet connected."""
    with Server(RealTime(NoWorld()), files=publish.files()) as server, Browser() as browser:
        yield Page(browser, server.address + '?pin=Ada', PHONE, PIN.read_text())


def reopen(page):
    """As somebody does who loads the page again."""
    look_of(page, 'light', PHONE)
    page.complaints.clear()
    page.open(page.evaluate('location.origin') + '/?pin=Ada')
    page.wait("globalThis.cloudPin && document.fonts.status === 'loaded'")       # type that comes late moves what is clicked


def connect(page):
    """Type the sample pin's digits; returns when the friend book is read."""
    page.wait("document.fonts.status === 'loaded'")
    page.click('#connect')
    page.type('.digits', PASSKEY)
    page.press('Enter')
    page.wait("document.body.dataset.link === 'on' && cloudPin.store.get('synced')")


def run(page, body, **values):
    """What the body of an async JavaScript function returns, to which `values` are given by name."""
    heads = ''.join(f'const {name} = {json.dumps(value)};' for name, value in values.items())
    return page.evaluate(f'(async () => {{ {heads} {body} }})()')


def look_of(page, scheme, screen):
    """Have the page shown in a 'light' or 'dark' scheme on such a screen."""
    page.call('Emulation.setDeviceMetricsOverride', screen)
    page.call('Emulation.setEmulatedMedia', {'features': [{'name': 'prefers-color-scheme', 'value': scheme},
                                                         {'name': 'prefers-reduced-motion', 'value': 'reduce'}]})
