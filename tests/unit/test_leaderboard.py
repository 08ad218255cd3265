"""The boards against a plain sort: who ranks, in which order, with which age; and that ten thousand friends fit."""
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.social.friend import Figures, Friend
from firmware.social.leaderboard import FRIENDS, MOST, STEPS, Board, boards, pack, page
from tests.simulator.host import Host

TODAY, HOUR = 9820, 15


class Book:
    """As much of a friend book as the boards read; `entries` are Friends, the newest last, None one that cannot be read."""

    def __init__(self, entries):
        self.entries = entries
        self.reads = 0                          # pages

    @property
    def count(self):
        return len(self.entries)

    def page(self, start, n):
        self.reads += 1
        newest_first = (self.entries[-1 - at] for at in range(start, len(self.entries)))
        return list(itertools.islice(filter(None, newest_first), n))


class Calendar:
    """A clock that stands still."""

    def __init__(self, day=TODAY, hour=HOUR):
        self.day, self.hour = lambda: day, lambda: hour


def somebody(number, steps=None, friends=0, day=TODAY, hour=HOUR):
    return Friend(b'%016d' % number, f'F{number}', b'', Figures(steps, 0, friends, 0), b'', day, hour=hour)


def board_of(entries, steps=0, friends=0, counting=True, clock=None):
    mine = Figures(steps if counting else None, 0, friends, 0)
    return {board.measure: board
            for board in Host().run(boards(Book(entries), clock or Calendar(), mine, counting))}


def test_ranked_with_ages_and_me_among_them():
    entries = [somebody(1, 9_000, hour=12), somebody(2, 12_345, hour=HOUR), somebody(3, 50_000, day=TODAY - 1),
               somebody(4, None), somebody(5, 100, hour=None), somebody(6, 1, day=0), somebody(7, 7, day=TODAY + 2),
               somebody(8, 70, day=TODAY - 9)]
    assert board_of(entries, steps=9_500)[STEPS].lines() == [
        '1. F2: 12,345 steps, just now', '2. You: 9,500 steps', '3. F1: 9,000 steps, 3 h ago', '4. F5: 100 steps, today',
        'F3: 50,000 steps, yesterday', 'F8: 70 steps, 9 days ago', 'F7: 7 steps, dated ahead', 'F6: 1 step, day unknown']


def test_by_friends_and_without_the_step_counter():
    found = board_of([somebody(1, 5, friends=1), somebody(2, None, friends=40)], friends=7, counting=False)
    assert list(found) == [FRIENDS]
    assert found[FRIENDS].lines() == ['1. F2: 40 friends, just now', '2. You: 7 friends', '3. F1: 1 friend, just now']


def test_without_a_clock_only_i_rank():
    lines = board_of([somebody(1, 5, day=0), somebody(2, 9)], steps=3, clock=Calendar(0, None))[STEPS].lines()
    assert lines == ['1. You: 3 steps', 'F2: 9 steps, day unknown', 'F1: 5 steps, day unknown']


def test_equal_figures_share_a_place_in_a_stable_order():
    entries = [somebody(number, steps) for number, steps in enumerate((5, 9, 5, 5, 1))]
    board = board_of(entries, steps=5)[STEPS]
    assert [(row.place, row.name) for row in board.rows()] == [(1, 'F1'), (2, ''), (2, 'F0'), (2, 'F2'), (2, 'F3'), (6, 'F4')]
    later = board_of([*entries, somebody(9, 2)], steps=5)[STEPS]
    assert [row.name for row in later.rows()] == ['F1', '', 'F0', 'F2', 'F3', 'F9', 'F4']


@pytest.mark.parametrize(('steps', 'place', 'at'), [(0, 31, 9), (15, 16, 9), (27, 4, 3), (99, 1, 0)])
def test_i_am_on_it_however_far_down(steps, place, at):
    rows = board_of([somebody(number, number) for number in range(1, 31)], steps=steps)[STEPS].rows()
    assert len(rows) == MOST
    assert (rows[at].name, rows[at].place) == ('', place)


TOLD = st.tuples(st.none() | st.integers(0, 6), st.integers(0, 4), st.sampled_from([TODAY, TODAY, TODAY - 1, TODAY - 2, 0]))


@given(st.lists(st.none() | TOLD, max_size=40), st.integers(0, 6))
def test_it_agrees_with_a_plain_sort(told, mine):
    """`None` is a friend who cannot be read."""
    entries = [row and somebody(number, *row) for number, row in enumerate(told)]
    told_steps = [(friend, friend.figures.steps) for friend in entries if friend and friend.figures.steps is not None]
    today = sorted((-steps, friend.id) for friend, steps in told_steps if friend.last_day == TODAY)
    order = [(-mine, b''), *today]
    order = sorted(order)[:MOST]
    expected = [(1 + sum(other < figure for other, _ in [(-mine, b''), *today]), id) for figure, id in order]
    rows = board_of(entries, steps=mine)[STEPS].rows()
    ranked = [(row.place, b'%016d' % int(row.name[1:]) if row.name else b'') for row in rows if row.place]
    if (-mine, b'') in order:
        assert ranked == expected
    else:
        assert ranked[:-1] == expected[:-1] and ranked[-1] == (1 + sum(other < -mine for other, _ in today), b'')
    others = sorted(((TODAY - friend.last_day if friend.last_day else 1 << 17, -steps, friend.id)
                     for friend, steps in told_steps if friend.last_day != TODAY))[:MOST]
    assert [row.name for row in rows if not row.place] == [f'F{int(id)}' for *_, id in others]


def test_ten_thousand_friends_are_read_in_small_slices_and_ten_are_kept():
    entries = [somebody(number, number * 7919 % 10_007) for number in range(10_000)]
    book, host = Book(entries), Host()
    steps, friends = host.run(boards(book, Calendar(), Figures(5, 0, 5, 0), True))
    assert book.reads == 2_500
    assert len(steps.rows()) == len(friends.rows()) == MOST
    assert [row.figure for row in steps.rows()][:3] == [10_006, 10_005, 10_004]


def test_a_friend_who_comes_while_it_is_read_disturbs_nothing():
    entries = [somebody(number, number) for number in range(20)]

    class Growing(Book):
        def page(self, start, n):
            if self.reads < 4:
                self.entries.append(somebody(100 + self.reads, 500))
            return super().page(start, n)

    rows = Host().run(boards(Growing(entries), Calendar(), Figures(0, 0, 0, 0), True))[0].rows()
    names = [row.name for row in rows]
    assert len(names) == len(set(names)) and {'F19', 'F18', 'F17', 'F16', ''} <= set(names)
    assert Board(STEPS, 0, TODAY, HOUR).lines() == ['1. You: 0 steps']


def test_what_is_packed_is_told_as_before_with_names_as_the_book_has_them():
    entries = [somebody(number, number * 7919 % 10_007, number, TODAY - number % 3, number % 24) for number in range(40)]
    entries[7] = somebody(7, 10_100, 7, TODAY + 40_000, None)
    book = Book(entries)
    found = Host().run(boards(book, Calendar(), Figures(5000, 0, 12, 0), True))
    packed = pack(found)
    assert all(len(data) < 20 * len(board.rows()) for (_, data), board in zip(packed, found, strict=True))
    lines = {STEPS: [], FRIENDS: []}
    measures, _ = page(packed, book, 0, 3)
    for number, measure in enumerate(measures):
        lines[measure] += [row.text(measure) for row in page(packed, book, number, 3)[1]]
    assert [lines[board.measure] for board in found] == [board.lines() for board in found]
    assert page(packed, book, len(measures), 3) == (measures, [])


def test_one_whom_the_book_gives_no_more_is_not_named_by_another():
    book = Book([somebody(number, number) for number in range(3)])
    packed = pack(Host().run(boards(book, Calendar(), Figures(0, 0, 0, 0), True)))
    book.entries[1] = Friend(b'else' * 4, 'Else', b'', Figures(9, 0, 9, 0), b'', TODAY)
    assert [row.name for row in page(packed, book, 0, 9)[1]] == ['F2', '…', '', 'F0']


def test_a_count_that_nobody_wants_any_more_ends():
    book = Book([somebody(number, number) for number in range(40)])
    assert Host().run(boards(book, Calendar(), Figures(0, 0, 0, 0), True, lambda done: done < 8)) is None
    assert book.reads == 2
