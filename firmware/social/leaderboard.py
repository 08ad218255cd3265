"""The boards: friends ranked by steps today and by friends, me among them, from the figures of their latest tap.

Owns nothing on flash; `pack` makes of boards what can be kept until the book changes, and `page` looks into that. Loaded by
the screen or the phone's request that shows a board, and forgotten after. Figures of another day are shown as such, with their
age, and do not rank. Equal figures share a place; among them I come first, then the longer friendship, so that two looks at
the same book give the same order.
"""
import asyncio
import struct

from micropython import const

STEPS = 'steps'
FRIENDS = 'friends'
MOST = const(10)                                # rows that rank, and rows that do not
_SLICE = const(4)                               # friends that are read without letting others run
_ME = const(1 << 30)                            # my place in the order of friendships: before the first
_PACKED = '>HHIhbH'                             # place, number in the book, figure, age, hours, of the friend's id
_NOBODY = const(0xFFFF)                         # the number that stands for me
_UNKNOWN = const(-1 << 15)                      # an age


class Row:
    """One line of a board. `place` from 1, None where it does not rank; `name`, '' for me; `figure`; `age`: days since it was
    told, None where that is not known; `hours` likewise if it is of today; `strip`: the name's picture, only on a `page`."""
    strip = b''
    place = None

    def __init__(self, figure, order, age, hours, name, mark):
        self.name = name
        self.figure = figure
        self.age = age
        self.hours = hours
        self.order = order                      # the higher, the longer a friend
        self.mark = mark                        # of the friend's id

    def text(self, measure):
        """'2. Ben Okafor: 7,312 steps, 3 h ago'."""
        from firmware.social.goals import thousands  # who shows a board has its own

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
        self._me = mine, _ME, 0, 0, '', b''
        self._today, self._hour = today, hour
        self._ranked = []                       # what Rows of friends are made of, the best first
        self._others = []                       # those of other days, the newest first
        self._ahead = 0                         # friends of today with more than I have

    def take(self, friend, order):
        """See what `friend` told; `order` is higher for a longer friendship."""
        figure = getattr(friend.figures, self.measure)
        if figure is None:
            return
        age = self._today - friend.last_day if self._today and friend.last_day else None
        if age == 0:
            hours = None if None in (friend.hour, self._hour) else (self._hour - friend.hour) % 24
            self._ahead += figure > self._me[0]
            _keep(self._ranked, (figure, order, 0, hours, friend.name, friend.id[:2]), _better)
        else:
            _keep(self._others, (figure, order, age, None, friend.name, friend.id[:2]), _newer)

    def rows(self):
        """The Rows to show: those that rank, mine always among them, then those of other days."""
        found = self._ranked[:]
        _keep(found, self._me, _better)
        if self._me not in found:
            found[-1] = self._me
        rows = [Row(*row) for row in found]
        for at, row in enumerate(rows):
            row.place = rows[at - 1].place if at and rows[at - 1].figure == row.figure else at + 1
        rows[found.index(self._me)].place = self._ahead + 1
        return rows + [Row(*row) for row in self._others]

    def lines(self):
        """The rows as texts, for who cannot see them."""
        return [row.text(self.measure) for row in self.rows()]


def _better(one, other):
    return one[0] > other[0] or one[0] == other[0] and one[1] > other[1]


def _newer(one, other):
    """By age; those dated ahead come after the past, those of unknown days at the end."""
    ages = [(1 << 17 if age is None else age if age > 0 else (1 << 16) - age) for age in (one[2], other[2])]
    return ages[0] < ages[1] or ages[0] == ages[1] and _better(one, other)


def _keep(rows, row, before):
    """Put `row` into `rows`, where `before(row, other)` holds for no one ahead of it, and let go of the last beyond MOST."""
    at = len(rows)
    while at and before(row, rows[at - 1]):
        at -= 1
    if at < MOST:
        rows.insert(at, row)
        del rows[MOST:]


async def boards(book, clock, mine, counting, go_on=None):
    """The Boards of today: by steps, unless the step counter is off (`counting`), and by friends; `mine` are my Figures.

    Reads the book in slices, so that nothing waits for long; a friend who comes meanwhile is on the next look's boards.
    `go_on(friends read)`, where there is one, is asked after each slice; where it gives False nobody wants to know any more,
    and None is returned.
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
        before = tuple([friend.id for friend in page])
        page = friend = None                    # their cards take room
        await asyncio.sleep_ms(1)               # not 0: what waits for an interrupt shall have its turn
        start += _SLICE + max(0, book.count - count)    # new friends come first
        count = book.count
        if go_on and not go_on(min(start, count)):
            return None
    return found


def pack(found):
    """Boards as ((measure, their rows in bytes), ...), without the names, which stand in the book."""
    return tuple([(board.measure, b''.join([_packed(row) for row in board.rows()])) for board in found])


def _packed(row):
    number = row.order if row.name else _NOBODY
    age = _UNKNOWN if row.age is None else max(_UNKNOWN + 1, min(row.age, -1 - _UNKNOWN))
    mark = struct.unpack('>H', row.mark)[0] if row.mark else 0
    return struct.pack(_PACKED, row.place or 0, min(number, _NOBODY), row.figure, age, -1 if row.hours is None else row.hours,
                       mark)


def page(packed, book, number, rows):
    """(the measure of each page of so many `rows`, the Rows on page `number`) of what `pack` gave, with names as `book` has
    them; one whom the book does not give is called '…'."""
    wide = struct.calcsize(_PACKED)
    pages = [(measure, data[at:at + rows * wide]) for measure, data in packed for at in range(0, len(data), rows * wide)]
    data = pages[number][1] if number < len(pages) else b''
    return tuple([measure for measure, _ in pages]), [_unpacked(data, at, book) for at in range(0, len(data), wide)]


def _unpacked(data, at, book):
    place, number, figure, age, hours, mark = struct.unpack_from(_PACKED, data, at)
    row = Row(figure, number, None if age == _UNKNOWN else age, None if hours < 0 else hours, '', b'')
    row.place = place or None
    if number != _NOBODY:
        found = [friend for friend in book.page(number, 1) if friend.id[:2] == struct.pack('>H', mark)]
        row.name, row.strip = (found[0].name, found[0].strip) if found else ('…', b'')
    return row
