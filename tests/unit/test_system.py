"""Events, log, supervisor, clock and settings: the small services that everything stands on."""
import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.system import log as log_module
from firmware.system.clock import DAY_S, UNKNOWN_DAY, Clock, date_of, days_before
from firmware.system.events import TOPICS, Events
from firmware.system.journal import Journal
from firmware.system.log import Log
from firmware.system.setting_rows import SETTINGS
from firmware.system.settings import SettingError, Settings
from firmware.system.storage import Storage, StorageError
from tests.simulator.memory_storage import MemoryFiles
from tests.simulator.runtime import run_script

# -- events


def test_events_reach_their_subscribers_in_order_until_dropped():
    events, heard = Events(Log(str)), []
    events.subscribe('screen', 'steps', lambda value: heard.append(('screen', value)))
    events.subscribe('board', 'steps', lambda value: heard.append(('board', value)))
    events.publish('steps', 12)
    events.drop('screen')
    events.publish('steps', 13)
    assert heard == [('screen', 12), ('board', 12), ('board', 13)]


def test_a_crashing_handler_is_logged_and_the_others_run():
    diary = Log(str)
    events, heard = Events(diary), []
    events.subscribe('bad', 'tap', lambda value: 1 // 0)
    events.subscribe('good', 'tap', heard.append)
    events.publish('tap', 'link')
    assert heard == ['link']
    assert diary.lines() == ['       0 E events: A handler of tap crashed. ZeroDivisionError: '
                           'integer division or modulo by zero']


def test_a_handler_may_publish_subscribe_and_drop():
    events, heard = Events(Log(str)), []

    def once(value):
        events.drop('once')
        events.subscribe('later', 'button', heard.append)
        events.publish('steps', value)

    events.subscribe('once', 'button', once)
    events.subscribe('counter', 'steps', heard.append)
    events.publish('button', 'short')
    assert heard == ['short']
    events.publish('button', 'long')
    assert heard == ['short', 'long']


def test_topics_are_a_closed_set():
    events = Events(Log(str))
    for attempt in (lambda: events.subscribe('me', 'step', print), lambda: events.publish('step')):
        with pytest.raises(ValueError, match='no event called step'):
            attempt()
    for topic in TOPICS:
        events.publish(topic)


# -- log


class Ticks:
    """time.ticks_ms that is set by hand."""

    def __init__(self, now=0):
        self.now = now

    def __call__(self):
        return self.now & 0x3FFFFFFF


def test_lines_have_time_level_and_source_and_only_the_last_stay():
    written, ticks = [], Ticks(12345)
    diary = Log(written.append, ticks, keep=3)
    diary.info('tap', 'link up as initiator')
    assert written == ['   12345 I tap: link up as initiator']
    for number in range(5):
        diary.info('tap', number)
    assert [line[-1] for line in diary.lines()] == ['2', '3', '4']
    assert len(written) == 6


def test_time_goes_on_when_the_ticks_wrap():
    written, ticks = [], Ticks(0)
    diary = Log(written.append, ticks)
    for _ in range(5):
        ticks.now += 10 * 86_400_000
        diary.info('me', 'alive')
    assert written[-1].startswith(f'{50 * 86_400_000} I')


def test_warnings_and_errors_are_saved_and_early_ones_too():
    storage = MemoryFiles().storage()
    diary = Log(str)
    diary.warning('boot', 'before there was storage')
    diary.keep_on(storage)
    diary.info('tap', 'not saved')
    diary.error('tap', 'It broke.', ValueError('Too\nlong.'))
    assert diary.saved().split('\n') == ['       0 W boot: before there was storage',
                                       '       0 E tap: It broke. ValueError: Too long.', '']


def test_what_is_saved_is_bounded_and_a_flood_is_held_back():
    files, ticks = MemoryFiles(), Ticks()
    storage = files.storage()
    diary = Log(str, ticks)
    diary.keep_on(storage)
    for _ in range(1000):
        diary.warning('flood', 'x' * 500)
    assert storage.writes == 20
    for _ in range(1000):
        ticks.now += 60_000
        diary.warning('drip', 'x' * 500)
    assert storage.writes > 1000
    assert sum(map(len, files.files.values())) <= 2 * log_module.LIMIT
    assert len(diary.saved()) > log_module.LIMIT


@pytest.mark.parametrize('errno', [28, 5, 84])
def test_a_log_that_cannot_be_saved_raises_nothing(errno):
    files, written = MemoryFiles(), []
    diary = Log(written.append)
    diary.keep_on(files.storage())
    files.fail_with = errno
    diary.error('tap', 'It broke.')
    diary.error('tap', 'Again.')
    assert [line[9:].partition(':')[0] for line in written] == ['E tap', 'W log', 'E tap']


FULL_HEAP = """
import gc
from firmware.system.log import Log

said = []
diary = Log(said.append, keep=8)
diary.info('boot', 'all is well')
gc.collect()
hoard, size = [], 1 << 16
hoard.extend([None] * 5000)
count = 0
while size > 16:
    try:
        hoard[count] = bytearray(size)
        count += 1
    except MemoryError:
        size >>= 1
diary.info('tap', hoard)                # its text would take what is not there
diary.warning('tap', count)
diary.error('tap', 'It broke.', MemoryError())
while count:
    count -= 1
    hoard[count] = None
diary.info('tap', 'all is well again')
print([line[9:] for line in said])
"""


def test_a_log_on_a_full_heap_raises_nothing_and_tells_what_it_lost(micropython):
    assert run_script(FULL_HEAP, '128k') == (
        "['I boot: all is well', 'W log: Lines lost here: 3.', 'I tap: all is well again']\n")


def test_a_text_or_a_console_that_fails_costs_a_line():
    class Bad:
        def __str__(self):
            raise ValueError

    def console(line):
        if failing:
            raise OSError(5)
        written.append(line[9:])
    written, failing = [], True
    diary = Log(console)
    diary.error('tap', 'It broke.', ValueError('no'))
    failing = False
    diary.info('tap', Bad())
    diary.warning('tap', 'And now?')
    diary.warning('tap', 'Well.')
    assert written == ['W log: Lines lost here: 1.', 'W log: Lines lost here: 1.', 'W tap: And now?', 'W tap: Well.']


# -- storage


def test_storage_on_real_files(tmp_path):
    storage = Storage(str(tmp_path / 'data'))
    storage.append('a', b'one')
    storage.append('a', b'two')
    storage.write('a', 2, [b'E', b'T'])
    storage.replace('b', [b'first', b'second'])
    assert storage.names() == ['a', 'b']
    assert (storage.read('a'), storage.size('b'), storage.size('c')) == (b'onETwo', 11, None)
    storage.write('b', 0, [b'anew'])
    storage.rename('b', 'a')
    storage.remove('gone')
    assert Storage(str(tmp_path / 'data')).read('a') == b'anew'
    buffer = bytearray(3)
    with storage.reader('a') as reader:
        assert reader.read_into(2, buffer) == 2
        assert reader.read_into(9, buffer) == 0
    with pytest.raises(StorageError, match='The file b is missing'):
        storage.read('b')


def test_storage_has_a_sentence_for_each_failure():
    files = MemoryFiles()
    storage = files.storage()
    for errno, sentence in ((28, 'The flash is full: a was not saved.'), (84, 'The flash is damaged: saving a failed.'),
                            (5, 'The flash failed: saving a ended with error 5.')):
        files.fail_with = errno
        with pytest.raises(StorageError) as caught:
            storage.append('a', b'x')
        assert (str(caught.value), caught.value.errno) == (sentence, errno)
    files.fail_with, files.capacity = None, 10
    storage.append('b', b'12345')
    with pytest.raises(StorageError, match='full'):
        storage.replace('b', [b'12345', b'6'])
    assert (storage.read('b'), storage.names()) == (b'12345', ['b'])


# -- clock


class RTC:
    """machine.RTC of a world whose time stands still; unset it says 2000, as the ESP32 does."""

    def __init__(self, *now):
        self.now = now or (2000, 1, 1, 5, 0, 0, 3, 0)

    def datetime(self, value=None):
        if value is None:
            return self.now
        self.now = value
        return None


EPOCH = datetime.datetime(2000, 1, 1)


def seconds(*date):
    return int((datetime.datetime(*date) - EPOCH).total_seconds())


@given(st.integers(-40_000, 60_000))
def test_dates_agree_with_cpython(days):
    date = (EPOCH + datetime.timedelta(days)).date()
    assert days_before(date.year, date.month, date.day) == days
    assert date_of(days) == (date.year, date.month, date.day)


@given(st.datetimes(datetime.datetime(2025, 1, 1), datetime.datetime(2099, 12, 31)), st.integers(-720, 840),
       st.integers(0, 12))
def test_day_and_hour_follow_zone_and_start(moment, zone, start):
    moment = moment.replace(microsecond=0)
    rtc = RTC()
    clock = Clock(rtc, Ticks(), zone, start)
    assert (clock.known, clock.day(), clock.hour(), clock.local()) == (False, UNKNOWN_DAY, None, None)
    assert clock.set(int((moment - EPOCH).total_seconds())) is None
    assert rtc.now == (*moment.timetuple()[:3], moment.weekday(), *moment.timetuple()[3:6], 0)
    local = moment + datetime.timedelta(minutes=zone)
    assert clock.hour() == local.hour
    assert clock.local() == (*local.timetuple()[:6], local.weekday())
    assert clock.day() == ((local - datetime.timedelta(hours=start)).date() - EPOCH.date()).days


def test_the_day_turns_at_its_start():
    clock = Clock(RTC(2026, 7, 1, 2, 1, 59, 59, 0), Ticks(), zone_minutes=120)
    assert clock.known
    before = clock.day()
    assert clock.day(clock.now_s() + 1) == before + 1
    clock.day_start_hour = 5
    assert clock.day(clock.now_s() + 1) == before


def test_setting_tells_the_step_and_refuses_nonsense():
    clock = Clock(RTC(), Ticks())
    assert clock.set(seconds(2026, 7, 1)) is None
    assert clock.set(seconds(2026, 7, 2)) == DAY_S
    assert clock.set(seconds(2026, 7, 1, 23)) == -3600
    for moment in (0, seconds(2024, 12, 31, 23, 59, 59), seconds(2100, 1, 1)):
        with pytest.raises(ValueError, match='not between the years'):
            clock.set(moment)
    assert clock.now_s() == seconds(2026, 7, 1, 23)


def test_what_came_before_the_time_was_known_is_dated_afterwards():
    ticks = Ticks(0x3FFFFF00)                           # about to wrap
    clock = Clock(RTC(), ticks)
    ticks.now += 60_000
    walked_s = clock.uptime_s()
    ticks.now += 40_000
    assert (walked_s, clock.at_uptime(walked_s)) == (60, None)
    clock.set(seconds(2026, 7, 1, 12))
    assert clock.at_uptime(walked_s) == seconds(2026, 7, 1, 11, 59, 20)
    assert clock.uptime_s() == 100


# -- settings


def opened(files, log=None):
    log = log or Log(str)
    return Settings(Journal(files.storage(), 'settings', 1, log), log)


def test_every_setting_accepts_its_default_and_its_bounds():
    settings = opened(MemoryFiles())
    for row in SETTINGS:
        assert settings.get(row.key) == row.default
        assert row.complaint(row.default) == ''
        for value in row.allowed or (True, False):
            assert row.complaint(value) == ''
    assert settings.keys() == tuple(row.key for row in SETTINGS)


@pytest.mark.parametrize(('key', 'value', 'sentence'), [
    ('brightness', 101, 'Brightness must be from 5 to 100.'),
    ('brightness', 4, 'Brightness must be from 5 to 100.'),
    ('brightness', '50', 'Brightness must be a whole number.'),
    ('brightness', True, 'Brightness must be a whole number.'),
    ('brightness', 50.0, 'Brightness must be a whole number.'),
    ('brightness', None, 'Brightness must be a whole number.'),
    ('flip', 1, 'Image upside down must be yes or no.'),
    ('distance', 'cubit', 'Unit of distance must be one of km, mi.'),
    ('shoe', 44, 'There is no setting called shoe.'),
])
def test_refusals_are_sentences_and_change_nothing(key, value, sentence):
    files = MemoryFiles()
    with pytest.raises(SettingError) as caught:
        opened(files).set(key, value)
    assert str(caught.value) == sentence
    assert not files.files


VALUES = st.one_of(st.tuples(st.just('brightness'), st.integers(5, 100)), st.tuples(st.just('flip'), st.booleans()),
                   st.tuples(st.just('distance'), st.sampled_from(['km', 'mi'])),
                   st.tuples(st.just('design'), st.integers(-1, 32)))


@given(st.lists(VALUES, max_size=150))
def test_settings_survive_reboots_and_stay_small(changes):
    files = MemoryFiles()
    settings, model = opened(files), {row.key: row.default for row in SETTINGS}
    for key, value in changes:
        assert settings.set(key, value) == (model[key] != value)
        model[key] = value
    assert {key: opened(files).get(key) for key in model} == model
    assert opened(files)._journal.count <= 81
    settings.reset()
    assert opened(files).get('brightness') == 70


def test_a_bad_stored_value_is_said_and_the_last_good_one_counts():
    files, diary = MemoryFiles(), Log(str)
    settings = opened(files)
    settings.set('brightness', 40)
    for stored in (['brightness', 900], ['step_goal', 'many'], ['shoe', 44], 7, ['brightness'], [['brightness'], 40]):
        settings._journal.append(1, json.dumps(stored).encode())
    settings._journal.append(1, b'["brightness",')
    settings._journal.append(9, b'["brightness", 50]')
    again = opened(files, diary)
    assert (again.get('brightness'), again.get('step_goal')) == (40, 8000)
    lines = [line[9:] for line in diary.lines()]
    assert len(lines) == 8
    assert lines[:2] == [
        'W settings: Brightness must be from 5 to 100. The stored 900 is passed over; 40 counts.',
        'W settings: Step goal must be a whole number. The stored many is passed over; 8000 counts.']


def test_full_flash_keeps_the_old_value():
    files = MemoryFiles()
    settings = opened(files)
    files.fail_with = 28
    with pytest.raises(StorageError, match='full'):
        settings.set('flip', True)
    assert settings.get('flip') is False
