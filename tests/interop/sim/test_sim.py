"""The simulator's page as a person uses it: drag one pin onto another and watch; the same pixels as on the panels."""
import base64
import io

import numpy
import pytest
from PIL import Image

from tests.interop.sim.stage import PICTURES, Stage
from tests.simulator.data import names_of_friends
from tests.simulator.sim.screen import to_565

TIMES = "[...document.querySelectorAll('.beads small')].slice(1).map((one) => one.textContent.match(/\\d+/g)?.map(Number))"


@pytest.mark.usefixtures('micropython', 'browser_program')
def test_two_pins_are_dragged_together_and_become_friends():
    with Stage() as stage:
        page = stage.page
        power_and_button(stage)
        they_meet(stage)
        the_pixels_are_the_panels(stage)
        they_part(stage)
        the_phone_is_beside_them(page)
        assert page.complaints == stage.world.complaints == []
        assert {address.split('/')[2] for address in page.fetched if not address.startswith(('data:', 'blob:'))} == {
            stage.play.server.address.split('/')[2]}


def they_meet(stage):
    page = stage.page
    x, y = stage.middle('Ben')
    stage.drag('Ada', x - 60, y)
    page.shows('Ada and Ben are friends now')
    page.wait("document.querySelectorAll('.beads [data-lit=\"2\"]').length === 5")
    page.look(PICTURES / 'friends.png')
    times = page.evaluate(TIMES)
    assert [sorted(pair) for pair in times] == sorted(sorted(pair) for pair in times)
    assert max(map(max, times)) < 1500, 'ms of the world from the bump to both pictures'
    assert names_of_friends(stage.ada)[0] == 'Ben Okafor' and names_of_friends(stage.ben)[0] == 'Ada Lovelace'
    assert 'SNEP PUT' in page.evaluate('sim.panel.air.list.textContent')
    ada, ben = stage.middle('Ada'), stage.middle('Ben')
    assert numpy.hypot(ada[0] - ben[0], ada[1] - ben[1]) == pytest.approx(264, abs=2)      # side by side, so both are seen


def the_pixels_are_the_panels(stage):
    """Bit by bit, while the world stands."""
    page = stage.page
    page.click('#speed [data-speed="0"]')
    page.wait("document.querySelector('#speed [data-speed=\"0\"][aria-pressed=true]')")
    stage.rest(0.2)
    for pin in (stage.ada, stage.ben):
        address = page.evaluate(f"sim.pins.get('{pin.name}').canvas.toDataURL('image/png')")
        seen = numpy.asarray(Image.open(io.BytesIO(base64.b64decode(address.partition(',')[2]))).convert('RGB'))
        assert len(numpy.unique(to_565(seen))) > 10
        assert (to_565(seen) == to_565(pin.panel.shown())).all(), pin.name
    page.click('#speed [data-speed="1"]')


def they_part(stage):
    x, _ = stage.middle('Ben')
    stage.drag('Ada', x - 330, 330)
    stage.browser.wait(lambda: not stage.play.table.held, 'that the two are apart')
    assert not stage.world.air.coupled(stage.ada.nfc, stage.ben.nfc)


def power_and_button(stage):
    page = stage.page
    page.click('#power')
    page.wait("document.querySelector('[data-pin=Ada]').classList.contains('off')")
    assert not stage.ada.on
    page.click('#power')
    page.wait("sim.panel.events.list.textContent.includes('boot 2')")
    stage.browser.wait(lambda: stage.ada.console.text.count('motion: The motion sensor samples') >= 2, 'its second start')
    page.click('[data-pin=Ada] .nub')
    stage.browser.wait(lambda: 'showing steps' in stage.ada.console, 'the next screen')


def the_phone_is_beside_them(page):
    page.click('[data-tab=phone]')
    page.wait("document.querySelector('iframe')?.contentDocument?.querySelector('#connect')")
    assert page.evaluate("document.querySelector('iframe').contentWindow.location.search") == '?pin=Ada'
