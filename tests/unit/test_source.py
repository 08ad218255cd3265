"""firmware/ui/source: what screens are told, from real services over files in memory."""
import asyncio
import types

import pytest

from firmware.facts import Facts
from firmware.motion.steps import StepDays
from firmware.social.card import SCHEMA as CARD_SCHEMA
from firmware.social.card import Card, Wearer
from firmware.social.friend import Figures
from firmware.social.rewards import SCHEMA as REWARDS_SCHEMA
from firmware.social.rewards import Rewards
from firmware.system.clock import Clock
from firmware.system.events import Events
from firmware.system.journal import Journal
from firmware.system.log import Log
from firmware.system.settings import SCHEMA as SETTINGS_SCHEMA
from firmware.system.settings import Settings
from firmware.ui import source
from firmware.ui.model import Model
from tests.simulator.host import Host
from tests.simulator.memory_storage import MemoryFiles
from tests.unit.rigs.friends import device, friend, opened

READ_NS = 1_600_000                             # what it takes a pin to read one friend
TODAY = 9820                                    # Friday, 20 November 2026


class Rtc:
    def __init__(self, year):
        self.year = year

    def datetime(self):
        return self.year, 11, 20, 4, 12, 0, 0, 0


class Rig:
    """A pin as `source` knows it."""

    def __init__(self, year=2026):
        self.host = Host(seed=1)
        files, log = MemoryFiles(), Log(lambda line: None)
        storage = files.storage()
        self.book = opened(files, log)
        days = StepDays()
        days.add(TODAY, 12, 4321)
        days.add(TODAY - 2, 12, 9000)
        self.wearer = Wearer(Journal(storage, 'card', CARD_SCHEMA, log), log, bytes)
        rewards = Rewards(Journal(storage, 'rewards', REWARDS_SCHEMA, log), log)
        settings = Settings(Journal(storage, 'settings', SETTINGS_SCHEMA, log), log)
        clock = Clock(Rtc(year), lambda: 0)
        motion = types.SimpleNamespace(days=days, steps_today=4321)
        self.facts = Facts(self.wearer, self.book, rewards, motion, None, settings, clock, 'Pin')
        self.progress = types.SimpleNamespace(measures=lambda: {'steps_best_day': 9000, 'friends_best_day': 3})
        self.journals = [self.book._journal]
        self.events, self.log, self.model = Events(log), log, Model()
        self.model.depth, self.model.entered = 1, [('boards', 0)]

    def befriend(self, number, name=None, **facts):
        one = friend(number, day=facts.pop('day', TODAY), steps=facts.pop('steps', 1000))
        one.name = name or one.name
        for fact, value in facts.items():
            setattr(one, fact, value)
        self.book.befriend(one)

    def rows(self, *wants):
        return self.host.run(source.rows(self, *wants))


@pytest.fixture
def pin():
    return Rig()


def test_a_week_ends_today_on_its_weekday(pin):
    assert pin.rows('week') == ((0, 0, 0, 0, 9000, 0, 4321), 4)
    assert Rig(year=2000).rows('week')[1] is None
    assert pin.rows('nothing') == ()


@pytest.mark.parametrize('day, words', [
    (TODAY, 'today'), (TODAY - 1, 'yesterday'), (TODAY - 14, '14 days ago'), (TODAY - 15, '5 Nov 2026'),
    (TODAY + 1, '21 Nov 2026'), (0, 'on some day')])
def test_when_a_friend_was_met(pin, day, words):
    pin.befriend(1, 'Jo', day=day)
    assert pin.rows('friends', 0, 5) == (('Jo', b'', 'met ' + words),)


def test_friends_come_newest_first_as_many_as_are_wanted(pin):
    for number in range(9):
        pin.befriend(number)
    assert [name for name, _, _ in pin.rows('friends', 2, 3)] == ['Friend 6', 'Friend 5', 'Friend 4']
    assert pin.rows('friends', 8, 5) == (('Friend 0', b'', 'met today'),)


def test_a_card_tells_who_it_is_and_what_was_told_last(pin):
    vcard = Card('Ben Okafor', 'Field Engineer', 'Northwind').to_vcard()
    pin.befriend(1, 'Ben Okafor', vcard=vcard, day=TODAY - 3, figures=Figures(7312, 2, 41, 0), times_met=3, note='likes tea')
    assert pin.rows('friend', 0) == (
        device(1), 'Ben Okafor', ('Field Engineer', 'Northwind', 'met 3 days ago'),
        ('7,312 steps', '41 friends', 'last met 3 days ago', 'met on 3 days', 'likes tea'), False, b'')
    pin.book.block(device(1))
    assert pin.rows('friend', 0)[4] is True
    assert pin.rows('friend', 1) == ()


def test_a_card_that_cannot_be_read_leaves_the_name(pin):
    pin.befriend(1, 'Jo', vcard=b'rubbish', figures=Figures(None, 0, 1, 0))
    assert pin.rows('friend', 0)[1:4] == ('Jo', ('met today',), ('1 friend', 'last met today', 'met on 1 day'))


def test_boards_are_counted_again_when_the_book_has_changed_and_not_otherwise(pin):
    pin.befriend(1, 'Ben', steps=9000, hour=9)
    pin.befriend(2, 'Jo', day=TODAY - 1)
    measures, rows = pin.rows('boards', True, 0, 5)
    assert measures == ('steps', 'friends')
    assert rows == ((1, 'Ben', b'', '9,000', '3 h ago'), (2, 'You', b'', '4,321', ''), (0, 'Jo', b'', '1,000', 'yesterday'))
    assert pin.rows('boards', True, 1, 5)[1] == (
        (1, 'You', b'', '2', ''), (1, 'Ben', b'', '2', '3 h ago'), (0, 'Jo', b'', '2', 'yesterday'))
    assert pin.rows('boards', True, 2, 5)[1] == ()
    assert pin.rows('boards', True, 2, 2) == (('steps', 'steps', 'friends', 'friends'), (
        (1, 'You', b'', '2', ''), (1, 'Ben', b'', '2', '3 h ago')))
    pin.facts.motion.steps_today += 1
    pin.rows('nothing')
    assert pin.rows('boards', True, 0, 5)[1] == rows
    pin.befriend(3, 'Ada')
    assert pin.rows('boards', True, 0, 5)[1][1][:4] == (2, 'You', b'', '4,322')


class Crowd:
    """A pin with many friends whose boards are looked at."""

    def __init__(self, pin, count):
        self.pin, self.told, self.read = pin, [], 0
        for number in range(count):
            pin.befriend(number, steps=number * 7919 % 10_007, hour=12)
        pin.events.subscribe(self, 'counted', lambda _: self.told.append(pin.facts.counted[1]))
        page = pin.book.page

        def reading(start, n):
            self.read += n
            pin.host.clock.advance(n * READ_NS)
            return page(start, n)
        pin.book.page = reading

    async def look(self, *wants):
        return await source.rows(self.pin, 'boards', True, *wants)

    def play(self, scene):
        return self.pin.host.run(scene(self))


def test_many_friends_are_counted_aside_and_only_once(pin):
    async def scene(crowd):
        assert await crowd.look(0, 3) == (0, 1000)
        await asyncio.sleep(3)
        assert len(crowd.told) > 3 and sorted(crowd.told[:-1]) == crowd.told[:-1] and crowd.read == 1000
        measures, rows = await crowd.look(0, 3)
        assert measures == ('steps',) * 4 + ('friends',) * 4 and [row[0] for row in rows] == [1, 2, 3]
        assert crowd.read == 1003 and sum(len(data) for _, data in pin.facts.counted[1]) < 400
        await source.rows(pin, 'nothing')
        assert [row[1] for row in (await crowd.look(3, 3))[1]] == ['You'] and crowd.read == 1003
    Crowd(pin, 1000).play(scene)


def test_a_tap_ends_a_count_and_the_next_look_begins_anew(pin):
    async def scene(crowd):
        await crowd.look(0, 3)
        await asyncio.sleep(.05)
        assert 0 < pin.facts.counted[1] < 100
        pin.events.publish('tap', 'link')
        await asyncio.sleep(1)
        assert pin.facts.counted is None and crowd.read < 100
        pin.befriend(100, 'Ada', steps=20_000)
        await crowd.look(0, 3)
        await asyncio.sleep(1)
        assert (await crowd.look(0, 3))[1][0][:2] == (1, 'Ada')
    Crowd(pin, 100).play(scene)


def test_without_the_step_counter_there_is_one_board_and_fewer_errands(pin):
    pin.befriend(1, 'Ben')
    assert pin.rows('boards', False, 0, 3)[0] == ('friends',)
    all_of_them, fewer = pin.rows('errands', True), pin.rows('errands', False)
    assert ('Walk 10,000 steps in a day', False, '9,000 of 10,000 steps') in all_of_them
    assert ('Make ten friends in one day', False, '3 of 10 friends') in fewer
    assert set(fewer) < set(all_of_them) and not any('steps' in title for title, _, _ in fewer)


def test_the_code_is_of_the_card_or_of_the_page(pin):
    assert pin.rows('code', 0, 7) == ()
    pin.wearer.save(Card('Amelia Q', web='amelia.example'))
    title, other, size, rows = pin.rows('code', 0, 7)
    assert (title, other, size) == ('My card', True, 37) and len(rows) == 37 * 5
    assert pin.rows('code', 1, 7)[:3] == ('My page', True, 25)
    pin.wearer.save(Card('Amelia Q', web='amelia.example', public=('name',)))
    assert pin.rows('code', 1, 7)[:2] == ('My card', False)
