"""The pin under attack, and what must hold after each case and after each batch: the oracles.

Owns a World with the victim (two friends already) and an honest second pin for the end. After each case: no error, warning or
traceback on the console but those of NAMED, no complaint of a chip; the NFC chip was never away from being armed for longer
than a session may take, and is armed again soon; one boot; every friend as before, and a new one only where the peer
completed a tap. Now and then an honest peer must make friends; after a batch two real pins must, and the heap must be back
at its level.
"""
from firmware.social.burst_budget import CAPACITY
from firmware.social.friends import SCHEMA, FriendBook
from firmware.system.journal import Journal
from firmware.system.log import Log
from tests.fuzz.peer import Peer, honest
from tests.simulator.console import LINE
from tests.simulator.data import names_of_friends, storage_of
from tests.simulator.world import World

BOOT_S = 2
LOOK_NS = 10_000_000
UNARMED_MS = 3500                               # a session of 3 s, the last words, and arming again
ARMED_S = 1.0
RESTED_S = 75                                   # a minute without a move, and some
BURST_S = 4
BUDGET_S = 181 * CAPACITY                       # after that the pin may look for others as often as it can in a row
HEAP_DRIFT = 3072                               # bytes beyond what is rightly kept; it swings by 2 kB with log and screens
FRIEND_BYTES = 112                              # of heap for each friend in the book's index, and each one in doubt
LOG_LINES = 24                                  # kept in RAM
WARM_UP = 6                                     # honest sessions before the heap is measured
NAMED = ('is missing; the plain design stands in',      # of a medal: pictures need not be built for this
         'Too many taps are in doubt; the oldest is dropped.')
HONEST_IDENTITY = 1 << 40
REPLAYED_IDENTITY = HONEST_IDENTITY - 1


class Failure(Exception):
    """An oracle does not hold; the text says which."""


class Bench:
    """`play(case)` raises Failure where an oracle does not hold. `close` it, or use it with `with`."""

    def __init__(self, seed=0, nfc='spi', heap='384k'):
        self.world = World(seed)
        self.ada = self.world.add_pin('Ada Lovelace', friends=2, nfc=nfc, heap=heap)
        self.ben = self.world.add_pin('Ben Okafor', on=False)
        self.met = self.cases = self.friends_made = self._honest = 0
        self.drift = 0                          # bytes of heap, at the last look
        self.longest_ms = self._unarmed_ms = 0
        self._console_at = self._operations = self._bursts = 0
        self._friends = {}
        self._watch()
        self._begin()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.world.close()

    def _begin(self):
        """Boot, and let honest peers come first: their messages are replayed later, and the heap is as it is in use."""
        self.world.run(BOOT_S)
        self._friends = self._read_friends()
        first = self._session(honest('initiator', REPLAYED_IDENTITY))
        self._old = [*first.said, *first.heard]
        for index in range(WARM_UP):
            self.check_honest('initiator' if index else 'target')
        self._heap_before, self._kept_before = self._heap(), self._kept()

    def _watch(self):
        """Notes how long the chip is not armed."""
        self._unarmed_ms = 0 if self.ada.nfc.target.state == 'armed' else self._unarmed_ms + LOOK_NS // 1_000_000
        self.longest_ms = max(self.longest_ms, self._unarmed_ms)
        self.world.clock.call_later(LOOK_NS, self._watch)

    # -- cases

    def play(self, case):
        self.cases += 1
        peer = self._session(case)
        self.met += peer.met
        return peer

    def _session(self, case):
        looking = case['kind'] == 'answers' or case.get('role') == 'target'
        if looking:
            self._afford_burst()
        self.longest_ms = self._unarmed_ms = 0
        peer = Peer(self.world, self.ada, getattr(self, '_old', ()))
        peer.play(case)
        if looking:
            self.world.run(BURST_S)
        elif not self.world.run_until(lambda: self.ada.nfc.target.state == 'armed', ARMED_S):
            raise Failure('The pin is not armed a second after the peer has left.')
        self.world.run(0.05)
        self._check(peer)
        return peer

    def _afford_burst(self):
        """The pin looks for others so often in a row, and then once in three minutes."""
        if self._bursts == CAPACITY:
            self.world.run(BUDGET_S)
            self._bursts = 0
        self._bursts += 1

    def check_honest(self, role='initiator'):
        """Somebody new who means well must become a friend."""
        self._honest += 1
        before = len(self._friends)
        self._session(honest(role, HONEST_IDENTITY + self._honest))
        if len(self._friends) != before + 1:
            raise Failure(f'An honest peer as {role} made no friends with the pin.')

    def finish(self):
        """The end of a batch: heap, and a tap with a real pin. Raises Failure."""
        self.check_honest('initiator')
        self.check_honest('target')
        heap, kept = self._heap() - self._heap_before, self._kept() - self._kept_before
        self.drift = heap - kept
        if self.drift > HEAP_DRIFT:
            raise Failure(f'The heap has grown by {heap} bytes, where {kept} were due to friends and log.')
        self._afford_burst()
        self.ben.boot()
        self.world.run(BOOT_S)
        self.world.bump(self.ada, self.ben)
        self.world.run(3)
        names = [names_of_friends(pin)[:1] for pin in (self.ada, self.ben)]
        if names != [['Ben Okafor'], ['Ada Lovelace']]:
            raise Failure(f'Two honest pins did not make friends afterwards: {names}')

    # -- oracles

    def _check(self, peer):
        self._check_console()
        if not self.ada.on or self.ada.boots != 1:
            raise Failure(f'The pin has booted {self.ada.boots} times.')
        if self.world.complaints:
            raise Failure(f'A chip complains: {self.world.complaints}')
        if self.longest_ms > UNARMED_MS:
            raise Failure(f'The pin was busy for {self.longest_ms} ms.')
        self._check_friends(peer)

    def _check_console(self):
        text = self.ada.console.text
        new, self._console_at = text[self._console_at:], len(text)
        if 'Traceback' in new:
            raise Failure(f'A traceback: {new}')
        bad = [line for line in new.splitlines() if (parts := LINE.match(line)) and parts[2] != 'I'
               and not parts[4].endswith(NAMED)]
        if bad:
            raise Failure('The console shows: ' + ' / '.join(bad))

    def _check_friends(self, peer):
        if self.ada.flash.operations == self._operations:
            return
        now, before = self._read_friends(), self._friends
        self._friends = now
        self.friends_made += len(now) - len(before)
        for identity in set(now) | set(before):
            if now.get(identity) != before.get(identity) and not (peer.may_befriend and identity == peer.device_id):
                raise Failure(f'The friend {identity.hex()} is {now.get(identity)}, was {before.get(identity)}.')

    def _read_friends(self):
        self._operations = self.ada.flash.operations
        log = Log(write_line=lambda line: None)
        book = FriendBook(Journal(storage_of(self.ada), 'friends', SCHEMA, log), log)
        self._in_doubt = book.in_doubt
        return {friend.id: (friend.name, friend.vcard, friend.session, friend.share, friend.strip)
                for friend in book.page(0, book.count)}

    def _kept(self):
        """About how many bytes of heap are rightly in use for friends, taps in doubt and the lines of the log."""
        lines = [line for line in self.ada.console.text.splitlines() if LINE.match(line)][-LOG_LINES:]
        return FRIEND_BYTES * (len(self._friends) + self._in_doubt) + sum(len(line) for line in lines)

    def _heap(self):
        self.world.run_until(lambda: self.ada.nfc.target.state == 'armed', ARMED_S)
        self.world.run(RESTED_S)                # screens have gone, and so has the code of a tap
        self.ada.measure_heap()
        self.world.run(1)
        return self.ada.heap_live
