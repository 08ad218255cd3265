"""What errands count and no other store holds: taps of a kind, days on which the step goal was reached, a board's lead.

Owns these values and their bytes; `rewards` keeps them in its journal, `progress` feeds them. Whatever is fed twice counts
once: so the tap that a power cut parted from its count is simply fed again at the next start, from the friend book.
"""
import binascii
import json

from micropython import const

_EARLY = const(1)                               # flags
_LATE = const(2)
_AHEAD = const(4)
_GOLD = const(8)
_LED = const(16)
_EARLY_HOUR = const(8)                          # an early tap comes before, a late one from here on
_LATE_HOUR = const(22)
_NIGHT_ENDS = const(4)                          # an hour before this is late, wherever the wearer's day begins
_GOLD_RANK = const(3)
_OTHERS = const(4)                              # friends who make a board of five with me
_GOAL_DAYS = const(10)                          # more than a run needs, so that days of a wrong clock push out no right one


class Counts:
    """What has been counted so far. `packed`: what `pack` gave. Raises ValueError, or TypeError, where that is something
    else."""

    def __init__(self, packed=b'[0,0,[],0,0,[]]'):
        # flags; most days on which one friend was met; days with the goal reached, the newest ten; the day of today's board,
        # most steps of a friend who was met on it, and up to _OTHERS of those friends, by the CRC of their ids
        self._flags, self._meetings, self._goal_days, self._board_day, self._best, self._board = json.loads(packed)

    def pack(self):
        """Everything, as at most 140 bytes."""
        return json.dumps([self._flags, self._meetings, self._goal_days, self._board_day, self._best, self._board]).encode()

    def tap(self, friend):
        """A tap with `friend`, a Friend whose record holds it."""
        self._meetings = max(self._meetings, friend.times_met)
        if friend.figures.rank == _GOLD_RANK:
            self._flags |= _GOLD
        hour = friend.hour
        if hour is not None and not _EARLY_HOUR <= hour < _LATE_HOUR:
            self._flags |= _EARLY if _NIGHT_ENDS <= hour < _EARLY_HOUR else _LATE

    def compare(self, friend, day, steps):
        """`friend` told figures of `day`, on which I have walked `steps`. An unknown day (0) has no board."""
        theirs = friend.figures.steps
        if theirs is None:
            return
        if theirs > steps:
            self._flags |= _AHEAD
        if day and not self._flags & _LED:
            if day != self._board_day:
                self._board_day, self._best, self._board = day, 0, []
            self._best = max(self._best, theirs)
            mark = binascii.crc32(friend.id)
            if mark not in self._board and len(self._board) < _OTHERS:
                self._board.append(mark)
        self._lead(day, steps)

    def walked(self, day, steps, goal):
        """I have walked `steps` on `day` by now; the step goal is `goal`."""
        if steps >= goal and day not in self._goal_days:
            self._goal_days = self._goal_days[1 - _GOAL_DAYS:] + [day]
        self._lead(day, steps)

    def _lead(self, day, steps):
        if day == self._board_day and len(self._board) == _OTHERS and steps > self._best:
            self._flags |= _LED
            self._board = []

    def measures(self):
        """What of rewards.ERRANDS' measures is counted here, as a dict; any number but 0 is enough where the target is 1."""
        flags, days = self._flags, self._goal_days
        run = 0
        for day in days:
            length = 1
            while day + length in days:
                length += 1
            run = max(run, length)
        return {'early_taps': flags & _EARLY, 'late_taps': flags & _LATE, 'friends_ahead': flags & _AHEAD,
                'gold_friends': flags & _GOLD, 'boards_led': flags & _LED, 'meetings_best': self._meetings,
                'goal_days_in_a_row': run}
