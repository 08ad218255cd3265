"""Designs, medals and errands at their boundaries, and what was earned over reboots and power cuts."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.social import goals, rewards
from firmware.social.rewards import DESIGN_COUNT, DESIGNS, ERRANDS, MEDALS, Rewards, Standing, news
from firmware.system.journal import Journal
from firmware.system.log import Log
from firmware.system.storage import StorageError
from tests.simulator.memory_storage import MemoryFiles, PowerCut

OF_STEPS = {'steps_best_day', 'steps_total', 'goal_days_in_a_row', 'friends_ahead', 'boards_led'}
MEASURES = OF_STEPS | {'friends_best_day', 'friend_days', 'early_taps', 'late_taps', 'gold_friends', 'meetings_best',
                       'card_complete'}


def test_the_designs_are_the_33_sports():
    names = DESIGNS.split(',')
    assert len(names) == len(set(names)) == DESIGN_COUNT == 33
    assert names == sorted(names)
    assert (names[0], names[-1]) == ('aquatics', 'wrestling')


@pytest.mark.parametrize(('friends', 'designs'), [(0, 0), (4, 0), (5, 1), (9, 1), (10, 2), (49, 9), (50, 10), (99, 19),
                                                  (100, 20), (164, 32), (165, 33), (166, 33), (10_000, 33)])
def test_every_fifth_friend_opens_a_design(friends, designs):
    assert rewards.designs_unlocked(friends, 0) == designs
    assert rewards.designs_unlocked(friends, 2) == min(33, designs + 2)


@pytest.mark.parametrize(('friends', 'name'), [(0, 'rookie'), (49, 'rookie'), (50, 'bronze'), (99, 'bronze'), (100, 'silver'),
                                               (150, 'silver'), (151, 'gold'), (1000, 'gold')])
def test_medals(friends, name):
    assert MEDALS[rewards.rank(friends)][0] == name


@pytest.mark.parametrize(('friends', 'errands', 'missing'), [(0, 0, 5), (4, 0, 1), (5, 0, 5), (164, 0, 1), (165, 0, None),
                                                             (159, 1, 1), (160, 1, None), (0, 33, None)])
def test_the_next_design(friends, errands, missing):
    assert rewards.to_next_design(friends, errands) == missing


@pytest.mark.parametrize(('friends', 'medal'), [(0, ('bronze', 50)), (49, ('bronze', 1)), (50, ('silver', 50)),
                                                (150, ('gold', 1)), (151, None)])
def test_the_next_medal(friends, medal):
    assert rewards.to_next_medal(friends) == medal


def test_every_errand_is_whole_and_pays_once():
    assert len({key for key, *_ in ERRANDS}) == len(ERRANDS) == len(goals.errands({}, ())) >= 7
    assert {measure for _, measure, *_ in ERRANDS} == MEASURES
    for key, measure, target, needs_steps in ERRANDS:
        assert needs_steps == (measure in OF_STEPS)
        assert key not in rewards.errands_done({measure: target - 1})
        assert key in rewards.errands_done({measure: target})
        done = Standing().with_more(0, {measure: target})
        assert ('errand', key) in news(Standing(), done)
        assert ('errand', key) not in news(done, done.with_more(0, {measure: 9 * target}))
        assert done.with_more(0, {}) == done


@pytest.mark.parametrize(('friends', 'standing', 'design', 'medal'), [
    (0, Standing(), '5 friends to the next design', '50 friends to bronze'),
    (4, Standing(), '1 friend to the next design', '46 friends to bronze'),
    (47, Standing(9), '3 friends to the next design', '3 friends to bronze'),
    (7, Standing(3, 0, ('early',)), '8 friends to the next design', '43 friends to bronze'),     # three were forgotten
    (48, Standing(10, 1), '7 friends to the next design', '52 friends to silver'),               # two were forgotten
    (150, Standing(30, 2), '5 friends to the next design', '1 friend to gold'),
    (165, Standing(33, 3), 'All designs are yours', 'All medals are yours')])
def test_the_next_goals_are_sentences(friends, standing, design, medal):
    assert goals.next_design(friends, standing) == design
    assert goals.next_medal(friends, standing) == medal


def test_errands_tell_how_far_they_are():
    rows = goals.errands({'steps_best_day': 7_312, 'steps_total': 999_999, 'meetings_best': 1}, ('habit', 'traveller'))
    assert rows[:4] == [('Walk 10,000 steps in a day', False, '7,312 of 10,000 steps'),
                        ('Walk 42,195 steps in a day', False, '7,312 of 42,195 steps'),
                        ('Reach your step goal five days in a row', True, 'done'),
                        ('Walk 250,000 steps in all', True, 'done')]
    assert ('Meet one friend on three days', False, '1 of 3 days') in rows
    assert ('Tap after ten at night', False, 'not yet') in rows
    assert max(len(title) for title, *_ in rows) <= 42


def test_news_names_each_thing_once():
    before, after = Standing(9, 0, ('crowd',)), Standing(11, 1, ('crowd', 'early'))
    assert news(before, after) == [('errand', 'early'), ('unlock', 9), ('unlock', 10), ('medal', 'bronze')]
    assert news(after, after) == []
    assert [item for item in news(Standing(), Standing(33, 3)) if item[0] == 'unlock'] == [('unlock', n) for n in range(33)]


@given(st.lists(st.tuples(st.integers(0, 200), st.dictionaries(st.sampled_from(sorted(MEASURES)), st.integers(0, 50_000)))))
def test_nothing_is_ever_taken_back(history):
    standing = Standing()
    for friends, measures in history:
        later = standing.with_more(friends, measures)
        assert later.designs >= standing.designs
        assert later.rank >= standing.rank
        assert set(standing.errands) <= set(later.errands)
        assert later.designs <= 33
        assert later.designs >= min(33, standing.designs + len(later.errands) - len(standing.errands))
        standing = later


def opened(files, log=None):
    files.power_on()
    log = log or Log(str)
    return Rewards(Journal(files.storage(), 'rewards', 1, log), log)


def test_state_first_moment_second_and_once():
    files = MemoryFiles()
    earned = opened(files)
    assert earned.update(4, {}) == []
    assert earned.update(5, {}) == [('unlock', 0)]
    later = opened(files)                               # the power went before the moment was shown
    assert later.unseen() == [('unlock', 0)]
    later.mark_shown()
    later.mark_shown()
    assert opened(files).unseen() == []
    assert opened(files).update(5, {}) == []
    assert opened(files).update(3, {'early_taps': 1}) == [('errand', 'early'), ('unlock', 1)]    # two were forgotten
    assert opened(files).earned == Standing(2, 0, ('early',))


def test_a_moment_is_lost_or_doubled_by_no_power_cut():
    for steps in range(200):
        files, shown = MemoryFiles(), []
        files.cut_after(steps)
        try:
            earned = Rewards(Journal(files.storage(), 'rewards', 1, Log(str)), Log(str))
            for friends in range(5, 40, 5):
                moments = earned.update(friends, {})
                shown += moments
                earned.mark_shown()
        except PowerCut:
            again = opened(files)
            missed = again.unseen()
            assert again.earned.designs == len(set(shown + missed))
            assert len(set(missed) & set(shown)) <= 1   # shown, but its mark was not on flash yet
        else:
            break
    assert steps > 14


def test_full_flash_earns_later():
    files = MemoryFiles()
    earned = opened(files)
    files.fail_with = 28
    with pytest.raises(StorageError, match='full'):
        earned.update(5, {})
    assert earned.unseen() == []
    files.fail_with = None
    assert earned.update(5, {}) == [('unlock', 0)]


def test_it_stays_small_and_resets():
    files = MemoryFiles()
    earned = opened(files)
    for friends in range(0, 166):
        earned.update(friends, {})
        earned.mark_shown()
    assert opened(files).earned == Standing(33, 3)
    assert opened(files)._journal.count <= 101
    earned.reset()
    assert opened(files).earned == Standing()


def test_foreign_records_are_passed_over_and_said():
    files, log = MemoryFiles(), Log(str)
    earned = opened(files)
    earned.update(10, {})
    for kind, payload in ((9, b'[1,1,[]]'), (1, b'{'), (1, b'[99,0,[]]'), (1, b'[1,"x",[]]'), (2, b'3'), (3, b'[]'),
                          (3, b'7')):
        earned._journal.append(kind, payload)
    assert opened(files, log).earned == Standing(2)
    assert len(log.lines()) == 7
