"""What a wearer asks for on a screen: firmware/ui/actions, the rows about the pin itself, and the factory reset."""
import types

import pytest

from firmware import VERSION
from firmware.system import crash_loop, factory_reset, settings
from firmware.system.battery import Gauge
from firmware.system.events import Events
from firmware.system.journal import Journal
from firmware.system.log import Log
from firmware.ui import actions, workings
from tests.simulator.memory_storage import MemoryFiles, MemoryLane, PowerCut
from tests.unit.rigs.screens import ROOT


class Book:
    """Three friends, as far as an action sees them."""

    def __init__(self):
        self.friends = [types.SimpleNamespace(id=name.encode(), name=name) for name in ('Jo', 'Ben', 'Cy')]
        self.refused = set()
        self.block, self.unblock, self.blocked = self.refused.add, self.refused.discard, self.refused.__contains__

    def get(self, id):
        return next((friend for friend in self.friends if friend.id == id), None)

    def forget(self, id):
        self.friends = [friend for friend in self.friends if friend.id != id]


class Pin:
    """What `actions` and `workings` know of firmware.pin.Pin, on files in memory."""

    def __init__(self):
        self.files, self.clock_ms = MemoryFiles(), 0
        self.storage = self.files.storage()
        self.log = Log(str, lambda: self.clock_ms)
        self.log.keep_on(self.storage)
        journal = Journal(self.storage, 'settings', settings.SCHEMA, self.log)
        self.journals = [journal]
        self.board = types.SimpleNamespace(name='waveshare_touch_lcd_128')
        self.facts = types.SimpleNamespace(
            settings=settings.Settings(journal, self.log), book=Book(), battery=types.SimpleNamespace(gauge=Gauge()),
            rewards=types.SimpleNamespace(earned=types.SimpleNamespace(designs=2)))
        self.heard, self.events = [], Events(self.log)
        for topic in ('settings', 'notice'):
            self.events.subscribe(self, topic, lambda value, topic=topic: self.heard.append((topic, value)))

    def do(self, action, value=None):
        """Returns (whether to restart, what was published)."""
        self.heard.clear()
        restarts = actions.do(self, self.events, action, value)
        return bool(restarts), self.heard


@pytest.fixture
def pin():
    return Pin()


def test_a_setting_is_kept_and_told(pin):
    assert pin.do('set', ('brightness', 85)) == (False, [('settings', 'brightness')])
    assert pin.facts.settings.get('brightness') == 85
    assert pin.do('set', ('brightness', 85)) == (False, [])


def test_what_is_refused_is_told_and_changes_nothing(pin):
    assert pin.do('set', ('brightness', 850)) == (False, [('notice', 'Brightness must be from 5 to 100.')])
    pin.files.fail_with = 28
    assert 'not saved' in pin.do('set', ('brightness', 40))[1][0][1]
    assert pin.facts.settings.get('brightness') == 70


def test_only_a_design_that_is_the_wearer_s_can_be_chosen(pin):
    assert pin.do('design', 1) == (False, [('settings', 'design')])
    assert 'not yours yet' in pin.do('design', 2)[1][0][1]
    assert pin.do('design', -1) == (False, [('settings', 'design')])


def test_a_friend_is_blocked_and_accepted_again_and_forgotten(pin):
    assert pin.do('block', b'Ben') == (False, [('notice', 'Taps with Ben are refused.')])
    assert pin.facts.book.refused == {b'Ben'}
    assert pin.do('block', b'Ben') == (False, [('notice', 'Ben can tap you again.')])
    assert not pin.facts.book.refused
    assert pin.do('forget', b'Cy') == (False, [('notice', 'Cy is forgotten.')])
    assert pin.do('forget', b'Cy') == (False, [('notice', 'This friend is not in the book any more.')])


def test_phones_are_bound_and_forgotten_and_the_wearer_hears_how_many(pin, monkeypatch):
    wishes = types.SimpleNamespace(bind=lambda of: of.heard.append('binding mode'), forget_all=lambda of: of.forgotten)
    monkeypatch.setattr(actions, 'borrow', lambda name: wishes if name == 'firmware.companion.wishes' else None)
    assert pin.do('bind') == (False, ['binding mode'])
    for pin.forgotten, sentence in enumerate(('No phone is bound to this pin.', 'Your phone is forgotten.',
                                              'All phones are forgotten.', 'All phones are forgotten.')):
        assert pin.do('forget_phones') == (False, [('notice', sentence)])


@pytest.mark.parametrize('cut', [None, *range(6)])
def test_a_factory_reset_forgets_everything_even_where_the_power_goes(pin, cut):
    pin.do('set', ('brightness', 85))
    pin.files.lane = MemoryLane(pin.files)
    pin.storage = pin.files.storage()
    pin.files.lane.writeblocks(3, b'old', 0)
    restart, heard = pin.do('factory_reset')
    assert restart and not heard and pin.storage.size('erase') == 0
    board = types.SimpleNamespace(crash_memory=[].append)
    if cut is not None:
        pin.files.cut_after(cut)
        with pytest.raises(PowerCut):
            while True:
                factory_reset.finish(pin.files.storage(), board, 'erase')
        pin.files.power_on()
    storage = pin.files.storage()
    if storage.size('erase') is not None:
        factory_reset.finish(storage, board, 'erase')
    assert storage.names() == []
    data = bytearray(3)
    pin.files.lane.readblocks(3, data, 0)
    assert data == b'\xff' * 3


def test_a_factory_reset_forgets_the_steps_in_the_clock_s_memory(pin):
    memory = [crash_loop.keeping(crash_loop.healthy(b''), b'steps')]
    factory_reset.finish(pin.storage, types.SimpleNamespace(crash_memory=memory.append), 'erase')
    assert crash_loop.kept(memory[-1]) == b'' != crash_loop.kept(memory[0])


# ---- rows

def test_the_settings_are_answered_in_the_order_of_the_keys(pin):
    pin.facts.phones = 2
    assert workings.rows(pin, 'settings', 'distance', 'phones', 'flip') == ('km', 2, False)


def test_about_tells_version_cell_board_and_wear(pin, monkeypatch):
    monkeypatch.setattr(workings.gc, 'mem_free', lambda: 50 * 1024, raising=False)
    assert workings.rows(pin, 'about')[:2] == (('Firmware', VERSION), ('Battery', 'not known'))
    pin.facts.battery.gauge.feed(3815)
    assert dict(workings.rows(pin, 'about')) == {
        'Firmware': VERSION, 'Battery': '50 %, 3.81 V', '': 'waveshare touch lcd 128', 'Written to flash': '0 kB',
        'Free memory': '50 kB'}


def test_the_version_is_the_project_s():
    assert f'version = "{VERSION}"' in (ROOT / 'pyproject.toml').read_text()


def test_the_crash_report_is_the_last_error_without_its_trace(pin):
    assert workings.rows(pin, 'crash') == ()
    pin.clock_ms = 7_500_000
    pin.log.error('events', 'A handler of steps crashed.', ValueError('no such thing'))
    pin.log.error('events', 'File "firmware/ui/stage.mpy", line 1, in step')
    pin.log.warning('nfc', 'A warning is no fault.')
    assert workings.rows(pin, 'crash') == (
        'A handler of steps crashed. ValueError: no such thing', '2 hours after a start', 'events')


@pytest.mark.parametrize('ms, when', [(59_000, '59 s'), (60_000, '1 minute'), (3_600_000, '1 hour'), (200_000_000, '2 days')])
def test_the_time_of_a_crash_reads_well(pin, ms, when):
    pin.clock_ms = ms
    pin.log.error('pin', 'Gone.')
    assert workings.rows(pin, 'crash')[1] == when + ' after a start'
