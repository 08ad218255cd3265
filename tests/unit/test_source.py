"""firmware/ui/source: what screens are told, from real services over files in memory."""
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
from firmware.system.journal import Journal
from firmware.system.log import Log
from firmware.system.settings import SCHEMA as SETTINGS_SCHEMA
from firmware.system.settings import Settings
from firmware.ui import source
from tests.simulator.host import Host
from tests.simulator.memory_storage import MemoryFiles
from tests.unit.rigs.friends import device, friend, opened

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
    assert pin.rows('friends', 0, 5) == (('Jo', 'met ' + words),)


def test_friends_come_newest_first_as_many_as_are_wanted(pin):
    for number in range(9):
        pin.befriend(number)
    assert [name for name, _ in pin.rows('friends', 2, 3)] == ['Friend 6', 'Friend 5', 'Friend 4']
    assert pin.rows('friends', 8, 5) == (('Friend 0', 'met today'),)


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
    rows = pin.rows('boards', True)
    assert rows == (('steps', ((1, 'Ben', '9,000', '3 h ago'), (2, 'You', '4,321', ''), (0, 'Jo', '1,000', 'yesterday'))),
                    ('friends', ((1, 'You', '2', ''), (1, 'Ben', '2', '3 h ago'), (0, 'Jo', '2', 'yesterday'))))
    pin.facts.motion.steps_today += 1
    assert pin.rows('boards', True) is rows
    pin.befriend(3, 'Ada')
    assert pin.rows('boards', True)[0][1][1][:3] == (2, 'You', '4,322')
    pin.rows('nothing')
    assert pin.facts.counted is None


def test_without_the_step_counter_there_is_one_board_and_fewer_errands(pin):
    pin.befriend(1, 'Ben')
    assert [measure for measure, _ in pin.rows('boards', False)] == ['friends']
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
