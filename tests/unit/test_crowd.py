"""The plan of an event, the order in which its meetings are played, and what the report makes of pins that disagree."""
import random
from xml.etree import ElementTree

import pytest

from firmware.motion.step_store import VERSION, StepStore
from firmware.motion.steps import StepDays
from firmware.system.journal import Journal
from firmware.system.log import Log
from tests.crowd import between, model, report
from tests.crowd.energy import Rates
from tests.crowd.plot import fit
from tests.crowd.run import Bar, Schedule, digest
from tests.simulator.memory_storage import MemoryFiles

EVENT = model.event(seed=3, pins=40, hours=2)


def result_of(meeting, ids=('friends with X', 'friends with Y'), tries=1):
    sides = tuple(between.Side(None, ((50.0 + place, 'I', 'tap', text),), ()) for place, text in enumerate(ids))
    return between.Result(meeting.number, tries, True, False, sides, 24, (), False, 0.2)


def audits_of(event):
    """What the flash of each pin must hold after all its meetings."""
    friends = {}
    for meeting in event.meetings:
        for person, other in ((meeting.one, meeting.other), (meeting.other, meeting.one)):
            friends.setdefault(person, set()).add(b'%016d' % other)
    return {person: between.Audit(b'%016d' % person, tuple(sorted(found)), 0, 0, 0, (), 0)
            for person, found in friends.items()}


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

    @pytest.mark.parametrize('options', [(1, 1, 8), (1, 10, 0), (1, 10, 1, -1)])
    def test_an_event_that_is_none_is_refused_in_a_sentence(self, options):
        with pytest.raises(ValueError, match=r'needs two pins'):
            model.event(*options)


def test_each_wearers_meetings_are_played_in_their_order_whoever_is_first_done():
    schedule, running, done, rng = Schedule(EVENT.meetings), [], [], random.Random(1)
    while len(done) < len(EVENT.meetings):
        while meeting := schedule.take():
            running.append(meeting)
        done.append(running.pop(rng.randrange(len(running))))
        schedule.give(done[-1].number)
    for wearer in EVENT.wearers:
        own = [meeting.number for meeting in done if wearer.number in (meeting.one, meeting.other)]
        assert own == sorted(own)


def test_a_pin_takes_the_planned_steps_from_the_memory_that_outlives_resets():
    wearer = EVENT.wearers[0]._replace(bouts=((600, 300, 100), (3700, 150, 100)))
    days, log = StepDays(), Log(lambda line: None)
    StepStore(Journal(MemoryFiles().storage(), 'steps', VERSION, log), days, log,
              lambda data=None: between.steps_memory(wearer, 7000)).load()
    day, hour = between.day_and_hour(3700)
    assert (days.on(day), days.hours(day)[hour], hour) == (450, 150, 10)
    assert between.steps_memory(wearer, 100) == b''


class TestTheReport:
    RATES = Rates(4.0, 5.0, 0.2, {})

    def facts(self, audits):
        met, results = set(), []
        for meeting in EVENT.meetings:
            words = 'met again: X' if (meeting.one, meeting.other) in met else 'friends with X'
            met.add((meeting.one, meeting.other))
            results.append(result_of(meeting, (words, words)))
        return results, report.facts(EVENT, audits, results, self.RATES)

    def test_finds_nothing_wrong_where_books_and_logs_agree(self, tmp_path):
        audits = audits_of(EVENT)
        results, found = self.facts(audits)
        assert report.wrong(found) == []
        assert found['friendships'] == len({(meeting.one, meeting.other) for meeting in EVENT.meetings})
        assert found['tap_ms']['median'] == 51
        report.draw(EVENT, audits, results, self.RATES, found, tmp_path)
        texts = [node.text for node in ElementTree.parse(tmp_path / 'crowd.svg').iter() if node.text]
        assert 'Who knows whom' in texts
        assert found['busiest']['name'] in texts

    def test_a_one_sided_friendship_is_wrong(self):
        audits = audits_of(EVENT)
        person = EVENT.meetings[0].one
        audits[person] = audits[person]._replace(friends=audits[person].friends[1:])
        _, found = self.facts(audits)
        assert found['one_sided'] == 1
        assert any('one-sided' in sentence for sentence in report.wrong(found))
        assert any(EVENT.wearers[person].name in sentence for sentence in report.wrong(found))

    def test_the_digest_knows_nothing_of_the_computer(self):
        audits = audits_of(EVENT)
        results = self.facts(audits)[0]
        assert digest(audits, results) == digest(audits, [result._replace(cpu_s=9.0) for result in results])
        assert digest(audits, results) != digest(audits, [result._replace(tries=2) for result in results])


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
