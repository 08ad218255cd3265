"""A model check of the handshake with its real code: every order of the messages of a tap, each message twice, the link
lost at every point, power cut at every flash write of either pin and of both, either flash full at every write, and then the
same again in a second and a third tap.

Owns a small world of two books in memory. Whatever happened, no friendship is one-sided without the other pin being in
doubt, nothing is told to a wearer before it is on flash, and one undisturbed tap makes both friends, counted once.
"""
import copy
import functools
from collections import Counter

from firmware.social.friend import NO_SHARE, Figures
from firmware.social.friends import FRIEND, NONE, PENDING, FriendBook
from firmware.social.handshake import SUCCESS, Handshake, Own
from firmware.system.journal import Journal
from firmware.system.log import Log
from firmware.system.storage import StorageError
from tests.simulator.memory_storage import MemoryFiles, PowerCut

IDS = (b'A' * 16, b'B' * 16)


class Refused(Exception):
    """A pin answered something else than Success."""


class LateBook:
    """The FriendBook on `files`, opened when it is first asked for something: at most points of a tap nobody asks."""

    def __init__(self, files):
        self._files = files

    @functools.cached_property
    def _opened(self):
        return FriendBook(Journal(self._files.storage(), 'friends', 1, Log(str)), Log(str))

    def __getattr__(self, name):
        return getattr(self._opened, name)


class Side:
    """One pin: its flash, and while powered its book and its handshake. `outgoing` is its message on the air, `answer`
    the response to it on the way back, `said` all that has arrived of it."""

    def __init__(self, number):
        self.number = number
        self.files = MemoryFiles()
        self.seed = 0

    def power_on(self):
        self.files.power_on()
        self.book = LateBook(self.files)

    def start_tap(self):
        self.power_on()
        self.seed += 1
        name = b'AB'[self.number:self.number + 1]
        own = Own(IDS[self.number], name * 32,
                  b'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:' + name + b'\r\nEND:VCARD\r\n', Figures(self.seed))
        self.handshake = Handshake(own, self.book, lambda n: bytes([self.seed, self.number] + [0] * (n - 2)), day=1)
        self.hello_put = False
        self.outgoing = self.answer = None
        self.said = ()
        self.told = False

    def copy(self):
        """Another Side at the same point. Its book is opened from flash, which says the same as the one in RAM."""
        other = copy.copy(self)
        other.files = copy.copy(self.files)
        other.files.files = dict(self.files.files)
        other.power_on()
        other.handshake = copy.copy(self.handshake)
        other.handshake._book = other.book
        other.handshake._known = copy.copy(self.handshake._known)
        other.handshake._key = copy.copy(self.handshake._key)
        return other

    @property
    def peer_id(self):
        return IDS[1 - self.number]

    def on_flash(self):
        """(state, count, in doubt, whether the pair key is known) as a reboot would find them."""
        return look(self.peer_id, tuple(sorted(self.files.files.items())))


def check_end(side, outcome):
    """A pin whose tap has ended early asks for another exactly where it is in doubt."""
    assert outcome.in_doubt <= bool(outcome.sentence)
    assert outcome.in_doubt == (side.on_flash()[0] == PENDING and side.handshake.state == PENDING)


@functools.cache
def look(peer_id, content):
    files = MemoryFiles()
    files.files = dict(content)
    book = FriendBook(Journal(files.storage(), 'friends', 1, Log(str)), Log(str))
    friend = book.get(peer_id)
    return book.state(peer_id), book.count, book.in_doubt, friend is not None and friend.share != NO_SHARE


class Tap:
    """Both sides within one tap; `actions()` are the next things that may happen, `do(action)` makes one happen."""

    def __init__(self, sides):
        self.sides = sides
        for side in sides:
            side.start_tap()

    def actions(self):
        for side in self.sides:
            if not side.hello_put:
                yield side.number, 'put hello'
            if side.outgoing:
                yield side.number, 'arrives'
            if side.answer:
                yield side.number, 'answer arrives'
            if not side.outgoing and side.handshake.ready_due:
                yield side.number, 'put ready'

    def copy(self):
        tap = Tap.__new__(Tap)
        tap.sides = [side.copy() for side in self.sides]
        return tap

    def do(self, action):
        side, peer = self.sides[action[0]], self.sides[1 - action[0]]
        if action[1] == 'put hello':
            side.hello_put = True
            side.outgoing = 'hello', side.handshake.hello()
        elif action[1] == 'put ready':
            side.answer = None                          # a READY of the peer made up for the Success that was missing
            side.outgoing = 'ready', side.handshake.ready()
            assert side.on_flash()[0] != NONE, 'READY was made before PENDING was on flash'
        elif action[1] == 'arrives':
            kind, message = side.outgoing
            side.outgoing = None
            outcome = peer.handshake.received(message)
            if outcome.code != SUCCESS:
                check_end(side, side.handshake.refused(outcome.code))
                raise Refused(outcome.reason)
            side.answer = kind
            side.said += (message,)
            if kind == 'ready':
                assert peer.on_flash()[0] == FRIEND, 'Success was answered before FRIEND was on flash'
            if outcome.friend:
                assert peer.on_flash()[0] == FRIEND, 'a moment was shown before FRIEND was on flash'
                peer.told = True
        else:
            kind, side.answer = side.answer, None
            if kind == 'hello':
                side.handshake.hello_delivered()
            else:
                side.handshake.ready_delivered()

    def key(self):
        """What distinguishes this point of the tap from others."""
        points = []
        for side in self.sides:
            shake = side.handshake
            points.append((side.hello_put, side.outgoing and side.outgoing[0], side.answer, side.told, shake.state,
                           shake._hello_arrived, shake._ready_made, shake._ready_arrived, shake._share_said,
                           shake._share_wanted, shake._known is None, shake._peer and shake._peer.answer,
                           tuple(sorted(side.files.files.items()))))
        return tuple(points)


class Explorer:
    """Walks every way a tap from `start` (two Sides) can go; `points` counts the disturbances tried, `ends` collects the
    flashes that each left, one of each kind; `undisturbed` those of whole taps."""

    def __init__(self, start):
        self.points = Counter()
        self._one_sided = {side.on_flash()[0] for side in start} == {FRIEND, NONE}      # a pin has lost its flash before
        self.ends = {}
        self.undisturbed = {}
        self._seen = set()
        self._walk(Tap(start))

    def _walk(self, tap):
        if tap.key() in self._seen:
            return
        self._seen.add(tap.key())
        actions = list(tap.actions())
        if not actions:
            self._complete(tap)
            return
        self._said_twice(tap)
        self._link_lost(tap.copy())
        for action in actions:
            self._power_cuts(tap, action)
            self._flash_full(tap, action)
            after = tap.copy()
            after.do(action)
            self._walk(after)

    def _complete(self, tap):
        for side in tap.sides:
            assert side.handshake.done
            assert side.on_flash() == (FRIEND, 1, 0, True), 'a whole tap left something open'
        assert len({side.handshake._key.code(b'') for side in tap.sides}) == 2
        assert tap.sides[0].handshake._key.share == tap.sides[1].handshake._key.peer_share
        assert len({side.book.get(side.peer_id).session for side in tap.sides}) == 1, 'their receipts would not match'
        self._collect(self.undisturbed, tap)

    def _said_twice(self, tap):
        """Whatever has arrived may arrive once more: it is taken for what it is, and nothing changes."""
        for number, side in enumerate(tap.sides):
            for message in side.said:
                self.points['twice'] += 1
                again = tap.copy()
                outcome = again.sides[1 - number].handshake.received(message)
                assert (outcome.code, outcome.friend) == (SUCCESS, None)
                assert again.key() == tap.key()

    def _link_lost(self, tap):
        self.points['link lost'] += 1
        for side in tap.sides:
            check_end(side, side.handshake.broken())
        self._collect(self.ends, tap)

    def _power_cuts(self, tap, action):
        for number in (0, 1):
            for cut in self._cuts(tap, action, number):
                self.points['power cut'] += 1
                self._collect(self.ends, cut)
                if cut.sides[number].outgoing:
                    self._outlived(cut, number)

    def _cuts(self, tap, action, number):
        """Yield the Tap as it is where a pin's power fails before the first, second, ... write that an action brings about."""
        for step in range(20):
            cut = tap.copy()
            cut.sides[number].files.cut_after(step)
            try:
                cut.do(action)
                return
            except PowerCut:
                yield cut

    def _outlived(self, tap, number):
        """What a pin had on the air when its power went still arrives, and may cost the other pin its power too."""
        action = number, 'arrives'
        for cut in self._cuts(tap, action, 1 - number):
            self.points['both cut'] += 1
            self._collect(self.ends, cut)
        tap = tap.copy()
        tap.do(action)
        self._collect(self.ends, tap)

    def _flash_full(self, tap, action):
        for number in (0, 1):
            full = tap.copy()
            full.sides[number].files.capacity = 0
            try:
                full.do(action)
            except (StorageError, Refused) as reason:
                assert 'flash is full' in str(reason)
                self.points['flash full'] += 1
                self._collect(self.ends, full)

    def _collect(self, ends, tap):
        mine, theirs = [side.on_flash() for side in tap.sides]
        for state, count, in_doubt, _ in (mine, theirs):
            assert (count, in_doubt) == (state == FRIEND, state == PENDING)
        assert self._one_sided or {mine[0], theirs[0]} != {FRIEND, NONE}, 'one-sided, and nobody is in doubt'
        for side in tap.sides:
            assert not side.told or side.on_flash()[0] == FRIEND, 'the wearer was told of a friend that is none'
        sessions = []
        for side in tap.sides:
            side.power_on()
            sessions.append(side.book.pending_session(side.peer_id))
        ends.setdefault((mine, theirs, sessions[0] == sessions[1]), tap.sides)


def fresh():
    return [Side(0), Side(1)]


def bare(sides):
    """Only what survives: flash and the seed of the random source."""
    kept = []
    for side in sides:
        other = Side(side.number)
        other.files.files, other.seed = dict(side.files.files), side.seed
        kept.append(other)
    return kept


def explore_three_taps(start):
    """(points, kinds of ends after tap one and two)."""
    points, first = Counter(), Explorer(start)
    points += first.points
    kinds = set(first.ends)
    for left in list(first.ends.values()) + list(first.undisturbed.values()):
        second = Explorer(bare(left))
        points += second.points
        kinds |= set(second.ends)
        for end in second.ends.values():
            third = Explorer(bare(end))
            points += third.points
    return points, kinds


def test_two_strangers():
    points, kinds = explore_three_taps(fresh())
    states = {(mine[0], theirs[0]) for mine, theirs, _ in kinds}
    assert states == {(NONE, NONE), (PENDING, NONE), (NONE, PENDING), (PENDING, PENDING), (FRIEND, PENDING),
                      (PENDING, FRIEND), (FRIEND, FRIEND)}
    assert points['link lost'] > 2000
    assert points['power cut'] > 1000
    assert points['both cut'] > 100
    assert points['flash full'] > 1000
    assert points['twice'] > 6000


def test_a_friend_who_lost_its_flash():
    """However the next tap is disturbed, the one after it makes both friends again; the pin that kept the book keeps it."""
    sides = bare(next(iter(Explorer(fresh()).undisturbed.values())))
    sides[1].files.files.clear()
    explorer = Explorer(sides)
    assert {mine[0] for mine, _, _ in explorer.ends} == {FRIEND}
    assert {theirs[0] for _, theirs, _ in explorer.ends} == {NONE, PENDING, FRIEND}
    assert explorer.points['link lost'] > 20 and explorer.points['power cut'] > 20
    for end in explorer.ends.values():
        left = bare(end)
        tap = Tap(left)
        while action := next(tap.actions(), None):
            tap.do(action)
        assert [side.on_flash() for side in left] == [(FRIEND, 1, 0, True)] * 2
