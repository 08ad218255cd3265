"""The boards: friends ranked by steps today and by friends, me among them, from the figures of their latest tap.

Owns nothing on flash. Loaded by the screen or the phone's request that shows a board, and forgotten after. Figures of another
day are shown as such, with their age, and do not rank. Equal figures share a place; among them I come first, then the longer
friendship, so that two looks at the same book give the same order.
"""
import asyncio

from micropython import const

from firmware.social.goals import thousands

STEPS = 'steps'
FRIENDS = 'friends'
MOST = const(10)                                # rows that rank, and rows that do not
_SLICE = const(2)                               # friends that are read without letting others run
_ME = const(1 << 30)                            # my place in the order of friendships: before the first


class Row:
    """One line of a board. `place` from 1, None where it does not rank; `name`, '' for me; `figure`; `age`: days since it was
    told, None where that is not known; `hours` likewise if it is of today."""

    def __init__(self, name, figure, age, hours, order):
        self.place = None
        self.name = name
        self.figure = figure
        self.age = age
        self.hours = hours
        self.order = order                      # the higher, the longer a friend

    def text(self, measure):
        """'2. Ben Okafor: 7,312 steps, 3 h ago'."""
        unit = measure[:-1] if self.figure == 1 else measure
        line = '%s: %s %s' % (self.name or 'You', thousands(self.figure), unit)
        if self.place:
            line = '%d. %s' % (self.place, line)
        return line + ', ' + self.when() if self.name else line

    def when(self):
        """How old the figure is, in words."""
        if self.age is None:
            return 'day unknown'
        if self.age == 0:
            return 'today' if self.hours is None else '%d h ago' % self.hours if self.hours else 'just now'
        if self.age < 0:
            return 'dated ahead'                # the clock was set back since
        return 'yesterday' if self.age == 1 else '%d days ago' % self.age


class Board:
    """The best of one `measure` on day `today` at hour `hour` (None: not known), `mine` being my figure; of any number of
    friends at most MOST are kept, and the newest MOST of other days."""

    def __init__(self, measure, mine, today, hour):
        self.measure = measure
        self._me = Row('', mine, 0, 0, _ME)
        self._today, self._hour = today, hour
        self._ranked = []                       # rows of friends, the best first
        self._others = []                       # rows of other days, the newest first
        self._ahead = 0                         # friends of today with more than I have

    def take(self, friend, order):
        """See what `friend` told; `order` is higher for a longer friendship."""
        figure = getattr(friend.figures, self.measure)
        if figure is None:
            return
        age = self._today - friend.last_day if self._today and friend.last_day else None
        if age == 0:
            hours = None if None in (friend.hour, self._hour) else (self._hour - friend.hour) % 24
            self._ahead += figure > self._me.figure
            _keep(self._ranked, Row(friend.name, figure, 0, hours, order), _better)
        else:
            _keep(self._others, Row(friend.name, figure, age, None, order), _newer)

    def rows(self):
        """The Rows to show: those that rank, mine always among them, then those of other days."""
        rows = self._ranked[:]
        _keep(rows, self._me, _better)
        if self._me not in rows:
            rows[-1] = self._me
        for at, row in enumerate(rows):
            row.place = rows[at - 1].place if at and rows[at - 1].figure == row.figure else at + 1
        self._me.place = self._ahead + 1
        return rows + self._others

    def lines(self):
        """The rows as texts, for who cannot see them."""
        return [row.text(self.measure) for row in self.rows()]


def _better(one, other):
    return one.figure > other.figure or one.figure == other.figure and one.order > other.order


def _newer(one, other):
    """By age; those dated ahead come after the past, those of unknown days at the end."""
    ages = [(1 << 17 if row.age is None else row.age if row.age > 0 else (1 << 16) - row.age) for row in (one, other)]
    return ages[0] < ages[1] or ages[0] == ages[1] and _better(one, other)


def _keep(rows, row, before):
    """Put `row` into `rows`, where `before(row, other)` holds for no one ahead of it, and let go of the last beyond MOST."""
    at = len(rows)
    while at and before(row, rows[at - 1]):
        at -= 1
    if at < MOST:
        rows.insert(at, row)
        del rows[MOST:]


async def boards(book, clock, mine, counting):
    """The Boards of today: by steps, unless the step counter is off (`counting`), and by friends; `mine` are my Figures.

    Reads the book in slices, so that nothing waits for long; a friend who comes meanwhile is on the next look's boards.
    """
    today, hour = clock.day(), clock.hour()
    found = [Board(FRIENDS, mine.friends, today, hour)]
    if counting:
        found.insert(0, Board(STEPS, mine.steps or 0, today, hour))
    start, count, before = 0, book.count, ()
    while start < book.count:
        page = book.page(start, _SLICE)
        for number, friend in enumerate(page):
            if friend.id not in before:         # a page passes over who cannot be read, and the next one begins with the same
                for board in found:
                    board.take(friend, start + number)
        before = tuple(friend.id for friend in page)
        await asyncio.sleep_ms(0)
        start += _SLICE + max(0, book.count - count)    # new friends come first
        count = book.count
    return found
