"""The simulator's page as a person uses it: drag one pin onto another, film it, break things, bind a phone; the same pixels as
on the panels."""
import base64
import io
import json

import numpy
import pytest
from PIL import Image

from tests.interop.sim.stage import PICTURES, Stage
from tests.simulator.data import names_of_friends
from tests.simulator.radio import digits
from tests.simulator.sim import film
from tests.simulator.sim.screen import to_565

# what the controls of a tab ask for, each touched once; those that ask a person first or make a file are left out
ASKED = '''(() => {
    const asked = [], { wish } = sim;
    sim.wish = (what, fields) => asked.push({ do: what, ...fields });
    for (const one of document.querySelectorAll('.sheet :is(button, input, select)'))
        if (one.type === 'range') one.dispatchEvent(new Event('input'));
        else if (one.matches('select[aria-label^="A rec"]')) one.dispatchEvent(new Event('change'));
        else if (one.matches('button, [role=switch]') && !one.matches('#bump, #picture, #film-pin, .hands .danger'))
            one.click();
    sim.wish = wish;
    return asked;
})()'''
TIMES = "[...document.querySelectorAll('.beads small')].slice(1).map((one) => one.textContent.match(/\\d+/g)?.map(Number))"


@pytest.mark.usefixtures('micropython', 'browser_program')
def test_two_pins_are_dragged_together_and_become_friends(tmp_path, monkeypatch):
    monkeypatch.setattr(film, 'LONGEST_S', 600)         # however busy the machine
    with Stage() as stage:
        page = stage.page
        power_and_button(stage)
        keep(page, '#film')
        they_meet(stage)
        the_pixels_are_the_panels(stage)
        what_is_kept(page, tmp_path)
        they_part(stage)
        accidents(stage)
        a_phone_is_bound_beside_them(stage)
        each_control_asks_for_what_there_is(stage)
        assert page.complaints == stage.world.complaints == []
        assert {address.split('/')[2] for address in page.fetched if not address.startswith(('data:', 'blob:'))} == {
            stage.play.server.address.split('/')[2]}


def keep(page, what, folder=None):
    """Choose from the menu; where it is a file, its Path."""
    page.click('#keep')
    return page.download(what, folder) if folder else page.click(what)


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
    before_ms = stage.world.now_ms
    page.click('#speed button:nth-child(2)')
    stage.browser.wait(lambda: stage.world.now_ms == before_ms + 20, 'one step')
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


def what_is_kept(page, folder):
    """The film of the tap, pictures of table and pin, and the scene."""
    gif = Image.open(page.download('#stop', folder))
    assert gif.format == 'GIF' and gif.n_frames > 5 and max(gif.size) == 640 and gif.info['loop'] == 0
    paths = keep(page, '#shoot', folder), page.download('#picture', folder)
    table, pin = (Image.open(path).convert('RGB') for path in paths)
    assert table.size == tuple(page.evaluate('[sim.sky.width, sim.sky.height]')) and pin.size == (264, 264)
    assert len(pin.getcolors(1 << 16)) > 10
    path = keep(page, '#save-scene', folder)
    assert [one['name'] for one in json.loads(path.read_text())['pins']] == ['Ada', 'Ben']
    page.call('Page.setInterceptFileChooserDialog', {'enabled': True})
    keep(page, '#open-scene')
    chooser = page.call('Runtime.evaluate', {'expression': "document.querySelector('#scene-file')"})['result']['objectId']
    page.call('DOM.setFileInputFiles', {'files': [str(path)], 'objectId': chooser})
    page.wait("sim.panel.events.list.textContent.split('boot 1').length === 5")


def accidents(stage):
    page = stage.page
    page.click('[data-tab=faults]')
    page.click('[data-chip=imu] button:last-child')
    page.shows('no motion sensor')
    stage.browser.wait(lambda: 'The motion sensor' in stage.play.table.pins['Ada'].console, 'what the pin says of it')
    page.click('#fail-now')
    page.wait("document.querySelector('[data-pin=Ada]').classList.contains('off')")


def a_phone_is_bound_beside_them(stage):
    """To a new pin, whose card it writes."""
    page = stage.page
    page.click('#add')
    page.click('dialog [role=switch]')
    page.click('dialog .primary')
    page.wait("sim.pins.get('Chiara')?.seat.light")
    chiara = stage.play.table.pins['Chiara']
    page.evaluate("sim.choose('Chiara')")
    page.click('[data-tab=hands]')
    stage.browser.wait(lambda: 'PN532' in chiara.console, 'its start')
    page.click('#long-press')
    page.click('[data-tab=phone]')
    inside = "document.querySelector('iframe')?.contentDocument"
    page.wait(f"{inside}?.querySelector('#connect')")
    page.evaluate(f"{inside}.querySelector('#connect').click()")
    page.wait(f"{inside}.querySelector('dialog#digits input')")
    stage.browser.wait(lambda: digits.shown(chiara), 'the digits on the panel')
    page.evaluate(f"{inside}.querySelector('dialog#digits input').focus()")
    page.call('Input.insertText', {'text': digits.shown(chiara)})
    page.press('Enter')
    page.wait(f"{inside}.body.dataset.link === 'on'")
    page.look(PICTURES / 'phone.png')


def each_control_asks_for_what_there_is(stage):
    """And the table does it."""
    asked = []
    for tab in ('hands', 'faults'):
        stage.page.click(f'[data-tab={tab}]')
        asked += stage.page.evaluate(ASKED)
    for wish in asked:
        stage.play.table.wish(wish)
    assert {wish['do'] for wish in asked} == {'press', 'double_tap', 'touch', 'wear', 'battery', 'charge', 'power', 'air',
                                              'garble', 'answers', 'fit', 'fill', 'cut_at_next_write'}
    assert len(asked) > 30
