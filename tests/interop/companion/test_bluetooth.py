"""The companion page over Web Bluetooth: real Chromium, a real Bluetooth stack, the real firmware, from binding to export."""
import vobject

from tests.interop.browser.chromium import BrowserError
from tests.interop.companion import emulation
from tests.interop.companion.stage import go
from tests.simulator.data import names_of_friends, wearer_of

NAMES = ('Zoë Ångström', 'عائشة المنصوري', 'अदिति कृष्णमूर्ति')


def test_from_the_first_start_to_a_file_of_all_friends(stage, tmp_path):
    page = stage.open(script=emulation.SCRIPT)
    bind(stage, page)
    plain = write_cards(stage, page)
    meet(stage, page)
    choose_a_design(stage, page, plain)
    export(page, tmp_path)
    assert page.complaints == []
    assert {address.split('/')[2] for address in page.fetched if not address.startswith(('data:', 'blob:'))} == {
        f'127.0.0.1:{stage.server.port}'}
    assert stage.world.complaints == []


def bind(stage, page):
    page.shows('Connect your pin')
    stage.begin_binding()
    bluetooth = stage.bluetooth(page)
    page.click('#connect')
    page.wait("document.body.dataset.link === 'on'")
    assert bluetooth.paired == 1
    stage.picture(page, 'bound')


def write_cards(stage, page):
    """One name after the other in three scripts; the pin shows each, and has it on flash when the page says so. Returns what
    it shows last."""
    seen = []
    for number, name in enumerate(NAMES):
        go(page, 'card')
        page.type('#card-name', name)
        page.type('#card-title', f'Analyst {number}')
        page.click('.editor [type=submit]')
        page.shows('The card is on the pin.')
        page.click('.toast .close')
        assert wearer_of(stage.ada).card.name == name
        seen.append(stage.name_tag())
        stage.picture(page, f'card-{number}')
        go(page, '')
    assert len(set(seen)) == len(NAMES)
    return seen[-1]


def meet(stage, page):
    """Ben comes by while the page is open."""
    go(page, 'friends')
    page.shows('4 friends')
    stage.world.bump(stage.ada, stage.ben)
    assert stage.world.run_until(lambda: 'friends with' in stage.ada.console, timeout_s=5)
    page.shows('You and Ben Okafor are friends now.')
    page.shows('5 friends')
    stage.world.apart(stage.ada, stage.ben)
    stage.picture(page, 'friends')
    assert names_of_friends(stage.ben) == [NAMES[-1]]


def choose_a_design(stage, page, plain):
    """The fifth friend has unlocked one."""
    go(page, 'designs')
    page.click('.tile[data-design="0"]')
    try:
        page.wait("document.querySelector('.actions .primary')", 5)
    except BrowserError:                        # the pin's answer drew the tiles anew under the finger
        page.click('.tile[data-design="0"]')
    page.click('.actions .primary')
    page.shows('is on the pin.')
    assert stage.name_tag() != plain
    stage.picture(page, 'designs')


def export(page, folder):
    go(page, 'friends')
    people = list(vobject.readComponents(page.download('#export-vcard', folder).read_text()))
    assert len(people) == 5
    assert [one.email.value for one in people if one.fn.value == 'Ben Okafor'] == ['ben@example.com']
    table = page.download('#export-csv', folder).read_text().splitlines()
    assert len(table) == 6 and any('Ben Okafor' in row for row in table)
