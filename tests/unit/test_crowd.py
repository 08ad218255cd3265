"""The plan of an event, the order in which its meetings are played, and what the report makes of pins that disagree."""
import random
from xml.etree import ElementTree

import pytest

from firmware.motion.step_store import VERSION, StepStore
from firmware.motion.steps import StepDays
from firmware.system.journal import Journal
from firmware.system.log import Log
from tests.crowd import between, model, phones, report
from tests.crowd import run as command
from tests.crowd.cells import Cells, differing
from tests.crowd.energy import Rates
from tests.crowd.plot import fit
from tests.crowd.pool import Outcome, Schedule
from tests.crowd.run import Bar, cut, digest
from tests.simulator.flash import BLOCK
from tests.simulator.memory_storage import MemoryFiles

EVENT = model.event(seed=3, pins=40, hours=2)


def result_of(meeting, ids=('friends with X', 'friends with Y'), tries=1):
    sides = tuple(between.Side(None, ((50.0 + place, 'I', 'tap', text),), ()) for place, text in enumerate(ids))
    return between.Result(meeting.number, tries, True, False, sides, 24, (), False, 0.2)


def outcome_of(event, meetings=None):
    """What must be left of an event after so many of its meetings, and all visits of phones."""
    met, results, friends, held = set(), [], {}, {}
    for meeting in event.meetings[:meetings]:
        words = 'met again: X' if meeting.people in met else 'friends with X'
        met.add(meeting.people)
        results.append(result_of(meeting, (words, words)))
        for person, other in (meeting.people, meeting.people[::-1]):
            friends.setdefault(person, set()).add(b'%016d' % other)
    audits = {person: between.Audit(b'%016d' % person, tuple(sorted(found)), 0, 0, 0, (), 0)
              for person, found in sorted(friends.items())}
    most = max(audits, key=lambda person: (len(audits[person].friends), -person))
    visits = [phones.Visited(one.number, None, None, (), True, 2.5, 400, (), False, 0.1) for one in event.visits]
    held = {one.person: phones.Held({}, '', {}, 0) for one in event.visits}
    return Outcome(audits, results, visits, held, most, [b'PNG'], meetings is None)


class TestThePlan:
    def test_is_the_same_for_the_same_seed_and_another_for_another(self):
        assert model.event(3, 40, 2) == EVENT
        assert model.event(4, 40, 2).meetings != EVENT.meetings

    def test_nobody_meets_two_at_once_or_walks_while_tapping(self):
        for wearer in EVENT.wearers:
            taps_s = [meeting.at_s for meeting in EVENT.meetings if wearer.number in (meeting.one, meeting.other)]
            assert all(later - earlier >= model.APART_S - 0.01 for earlier, later in zip(taps_s, taps_s[1:]))
            assert all(at_s >= wearer.arrives_s for at_s in taps_s)
            for begin_s, steps, cadence in wearer.bouts:
                end_s = begin_s + steps * 60 / cadence
                assert not any(begin_s - 10 < at_s < end_s + 10 for at_s in taps_s)

    def test_a_day_has_lunch_and_people_meet_over_coffee(self):
        phases = list(model.phases_of(8))
        assert [kind for kind, _, _ in phases].count('lunch') == 1
        assert phases[0][1] == 0 and phases[-1][2] == 8 * 3600
        assert all(end_s == begin_s for (_, _, end_s), (_, begin_s, _) in zip(phases, phases[1:]))
        coffee = sum(meeting.at_s % 3600 >= model.SESSION_S for meeting in EVENT.meetings)
        assert coffee > len(EVENT.meetings) / 2

    def test_steps_of_a_bout_count_as_far_as_it_was_walked(self):
        wearer = EVENT.wearers[0]._replace(bouts=((100, 200, 120), (400, 60, 120)))
        assert wearer.steps(50) == []
        assert wearer.steps(150) == [(100, 100)]
        assert sum(steps for _, steps in wearer.steps(1000)) == 260
        assert wearer.walked_s(410) == 110

    def test_a_share_has_a_phone_which_is_bound_before_anybody_taps_and_looked_at_while_nobody_does(self):
        owners = {wearer.number for wearer in EVENT.wearers if wearer.phone}
        assert {visit.person for visit in EVENT.visits} == owners and 0.1 < len(owners) / len(EVENT.wearers) < 0.5
        for person in owners:
            own = [one for one in EVENT.happenings if person in one.people]
            assert [one in EVENT.visits and one.binds for one in own] == [True] + [False] * (len(own) - 1)
            assert all(later.at_s - one.at_s >= model.APART_S - 0.01 for one, later in zip(own, own[1:]))

    @pytest.mark.parametrize('options', [(1, 1, 8), (1, 10, 0), (1, 10, 1, -1)])
    def test_an_event_that_is_none_is_refused_in_a_sentence(self, options):
        with pytest.raises(ValueError, match=r'needs two pins'):
            model.event(*options)


def test_each_wearers_meetings_and_visits_are_played_in_their_order_whoever_is_first_done():
    schedule, running, done, rng = Schedule(EVENT.happenings), [], [], random.Random(1)
    while len(done) < len(EVENT.happenings):
        while meeting := schedule.take():
            running.append(meeting)
        done.append(running.pop(rng.randrange(len(running))))
        schedule.give(done[-1])
    for wearer in EVENT.wearers:
        own = [one.at_s for one in done if wearer.number in one.people]
        assert own == sorted(own)


def test_a_pin_takes_the_planned_steps_from_the_memory_that_outlives_resets():
    wearer = EVENT.wearers[0]._replace(bouts=((600, 300, 100), (3700, 150, 100)))
    days, log = StepDays(), Log(lambda line: None)
    StepStore(Journal(MemoryFiles().storage(), 'steps', VERSION, log), days, log,
              lambda data=None: between.steps_memory(wearer, 7000)).load()
    day, hour = between.day_and_hour(3700)
    assert (days.on(day), days.hours(day)[hour], hour) == (450, 150, 10)
    assert between.steps_memory(wearer, 100) == b''


def test_a_flash_chip_that_was_lent_before_is_as_new_but_for_what_a_pin_has_left_there():
    base = bytes(range(256)) * (3 * BLOCK // 256)
    chip = Cells(base)
    chip.lend({1: b'\xff' * BLOCK})
    chip.program(BLOCK + 8, b'abc')
    chip.erase(2)
    left = chip.differing()
    assert left == {1: b'\xff' * 8 + b'abc' + b'\xff' * (BLOCK - 11), 2: b'\xff' * BLOCK}
    assert chip.operations == 2 and chip.lend({}).image() == base and chip.operations == 0
    assert chip.lend(left).differing() == left == differing(base, left | {0: base[:BLOCK]})


class Busy:
    """A phone, a pin and a wearer in one, that do not get on the first so many times."""
    name = 'Ada'

    def __init__(self, failures):
        self.failures, self.presses = failures, 0

    def press(self):
        self.presses += 1

    def do(self, coroutine, limit_s):
        coroutine.close()
        if self.presses <= self.failures:
            raise TimeoutError('nobody advertises')
        return phones.Held({}, 'new', {}, 0), 99


@pytest.mark.parametrize(('failures', 'cursor', 'troubles'), [(0, 'new', 0), (2, 'new', 2), (3, 'old', phones.TRIES)])
def test_a_phone_that_finds_no_pin_tries_again_and_keeps_what_it_has(failures, cursor, troubles):
    busy = Busy(failures)
    held, _, said = phones._tried(busy, busy, busy, phones.Held({}, 'old', {}, 0))
    assert (held.cursor, len(said)) == (cursor, troubles)
    assert all(text == 'TimeoutError: nobody advertises' for text in said)


def test_without_a_card_there_is_no_event_for_a_wearer():
    with pytest.raises(ValueError, match='The phone of Ada and the new pin do not get on'):
        phones._tried(Busy(9), None, Busy(9), None)


class TestTheReport:
    RATES = Rates(4.0, 5.0, 1.0, 0.2, 1.5, {})

    def test_finds_nothing_wrong_where_books_and_logs_agree(self, tmp_path):
        outcome = outcome_of(EVENT)
        found = report.facts(EVENT, outcome, self.RATES)
        assert report.wrong(found) == []
        assert found['friendships'] == len({meeting.people for meeting in EVENT.meetings})
        assert found['protocol']['tap_ms']['median'] == 51
        assert found['phones']['bound'] == sum(wearer.phone for wearer in EVENT.wearers)
        report.draw(EVENT, outcome, self.RATES, found, tmp_path)
        texts = [node.text for node in ElementTree.parse(tmp_path / 'crowd.svg').iter() if node.text]
        assert 'Who knows whom' in texts
        assert found['busiest']['name'] in texts

    def test_a_one_sided_friendship_and_a_phone_that_knows_others_are_wrong(self):
        outcome = outcome_of(EVENT)
        person, visit = EVENT.meetings[0].one, EVENT.visits[0]
        outcome.audits[person] = outcome.audits[person]._replace(friends=outcome.audits[person].friends[1:])
        outcome.visits[0] = outcome.visits[0]._replace(agrees=False)
        found = report.facts(EVENT, outcome, self.RATES)
        assert found['one_sided'] == 1
        sentences = report.wrong(found)
        assert any('one-sided' in sentence for sentence in sentences)
        for wearer in (person, visit.person):
            assert any(EVENT.wearers[wearer].name in sentence for sentence in sentences)

    def test_the_digest_knows_nothing_of_the_computer(self):
        outcome = outcome_of(EVENT)
        slower = outcome._replace(results=[result._replace(cpu_s=9.0) for result in outcome.results])
        assert digest(outcome) == digest(slower)
        assert digest(outcome) != digest(outcome._replace(visits=outcome.visits[1:]))

    def test_an_event_that_was_ended_early_is_told_as_far_as_it_was_played(self, tmp_path):
        outcome = outcome_of(EVENT, 20)
        event = cut(EVENT, outcome)
        found = report.facts(event, outcome, self.RATES)
        assert found['hours'] == round(EVENT.meetings[19].at_s / 3600, 3) and report.wrong(found) == []
        assert next(report.lines(found, report.cost(event, outcome, 9.0, 9.0, 2))).startswith('ENDED EARLY')
        report.draw(event, outcome, self.RATES, found, tmp_path)
        assert 'ended early' in (tmp_path / 'crowd.svg').read_text()


@pytest.mark.parametrize(('arguments', 'sentence'), [
    (['--pins', '0'], "PINS is a whole number from 2 to 80,000, not '0'."),
    (['--pins', 'many'], "not 'many'."), (['--hours', '-1'], "HOURS is a number from 0.01 to 24, not '-1'."),
    (['--hours', 'nan'], "not 'nan'."), (['--seed', '1.5'], 'SEED is'), (['--workers', '0'], 'WORKERS is'),
    (['--pins', '2', '--hours', '0.01'], 'Nobody meets')])
def test_what_is_no_event_ends_in_a_sentence(arguments, sentence, monkeypatch, capsys):
    monkeypatch.setattr('sys.argv', ['run', *arguments])
    assert command.main() == command.BAD_ARGUMENT
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(('most', 'found'), [(1, (1, 1)), (7, (8, 2)), (50, (50, 10)), (56, (60, 20)), (501, (600, 200))])
def test_an_axis_ends_at_a_round_number(most, found):
    assert fit(most) == found


def test_the_bar_tells_each_tenth_where_there_is_no_terminal(capsys):
    import sys
    bar = Bar(20, sys.stderr)
    for done in range(1, 21):
        bar.show(done, f'{done} meetings')
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 11
    assert '50 %  10 meetings' in lines[5]
