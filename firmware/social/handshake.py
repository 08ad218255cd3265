"""The handshake of a tap: two HELLOs, two READYs, and a friendship that both pins keep or neither.

Owns the state of one tap and the rule in which order flash and air are touched. A pure state machine: `tap` carries the
messages and tells it what happened, the friend book keeps the result. For each pin:

    NONE     nothing here
    STAGED   the peer's HELLO is here, in RAM
    PENDING  my READY may be on its way; for a stranger the book holds PENDING since before it was made
    FRIEND   the peer's valid READY is here, and on flash as FRIEND before its Success is answered

A READY covers both HELLOs, and with them both nonces, so none is ever valid in another tap; one that arrives proves that
the peer has my HELLO, even if its Success is lost, and that the peer holds at least PENDING. Broken before my READY:
nothing happened. Broken after it: in doubt, until the next tap settles it: a complete one makes friends anyway; and the
pin that speaks second, which knows whom it answers, tells in its HELLO how it holds the other, so that the first may
commit or drop at once. It never tells a friend "nothing", so a drop never leaves a one-sided friendship.
"""
import hashlib

from micropython import const

import vcard
from firmware.social.friend import NO_SHARE, Friend
from firmware.social.friends import FRIEND, NONE, PENDING
from firmware.social.messages import NO_SESSION, ForeignVersion, Hello, MessageError, Ready, decode
from firmware.social.pair_key import PairKey
from firmware.system.storage import StorageError

STAGED = const(3)                               # the other states are the book's
SUCCESS = const(0x81)                           # SNEP 1.0, table 3
BAD_REQUEST = const(0xC2)
REJECT = const(0xFF)
_LONGEST_NAME = const(60)                       # characters; the whole one stays in the vCard

AGAIN = 'Hold the pins together again.'
LONGER = 'Hold the pins together a little longer.'
NO_CARD = 'Make your card first: bind a phone.'
STRANGE = 'The other pin sent something strange. Try again.'
FULL = 'Too many taps broke off. Repeat one of those first.'
BLOCKED = 'You have blocked this pin.'


class Own:
    """What this pin brings to a tap: `device_id` (16), `secret` (32), `vcard` (b'' where there is no card or no binding),
    `figures` and `strip`."""

    def __init__(self, device_id, secret, vcard, figures, strip=b''):
        self.device_id = device_id
        self.secret = secret
        self.vcard = vcard
        self.figures = figures
        self.strip = strip


class Outcome:
    """What an input led to. `code`: the SNEP response to give. `friend`: the Friend whose friendship or newer data is now
    on flash, else None; `new`: it is a new one. `sentence`: for the screen, `reason`: for the log ('' where none).
    `in_doubt`: the screen must ask for another tap."""

    def __init__(self, code=SUCCESS, friend=None, new=False, sentence='', reason='', in_doubt=False):
        self.code = code
        self.friend = friend
        self.new = new
        self.sentence = sentence
        self.reason = reason
        self.in_doubt = in_doubt


class Handshake:
    """One tap of `own` (an Own) with whoever is there. `book` is the FriendBook, `day` the wearer's day and `hour` the local
    hour, None where it is not known. `asked`: the wearer has asked for it, by a bump or the button; else a refusal shows
    nothing, so that no stranger can light the screen.

    The carrier puts `hello()`, and after each input `ready()` if it is not None; it tells `hello_delivered` and
    `ready_delivered` when the peer answered Success, `refused` when it answered something else, gives `received` what the
    peer puts and answers with the outcome's code, and calls `broken` when the link is lost. `done`: all is said.
    `hopeless`: I have refused the peer and would again, and a wearer who asked knows why.
    """

    def __init__(self, own, book, random_bytes, day, asked=True, hour=None):
        self._own = own
        self._book = book
        self._day, self._hour = day, hour
        self._asked = asked
        self._nonce = random_bytes(8)
        self._hello = None                      # my HELLO as it was or will be sent
        self._hello_arrived = False
        self._ready_made = False
        self._ready_arrived = False
        self._peer = None                       # the peer's Hello
        self._peer_digest = None
        self._name = ''
        self._key = None                        # the PairKey with this peer
        self._known = None                      # the Friend that the peer is already
        self._share_said = False                # my half of the key was in a READY
        self._share_wanted = False              # the peer lacks it, and has proved that it is the peer
        self._announced = False                 # the tap before was settled to a friendship in this one
        self._shunned = False                   # the peer is blocked
        self.hopeless = False
        self._settled = False                   # the peer's READY is here and its effect on flash

    @property
    def state(self):
        """NONE, STAGED, PENDING or FRIEND, as in the module's docstring."""
        if self._settled:
            return FRIEND
        if self._ready_made:
            return PENDING
        return STAGED if self._peer else NONE

    @property
    def done(self):
        """Whether both READYs have arrived: nothing is left to say."""
        return self._settled and self._ready_arrived and not self.ready_due

    @property
    def ready_due(self):
        """Whether `ready()` has something to say now: first when both HELLOs have arrived, and once more if the peer turns
        out to lack my half of the key after my READY was made without it. With too many taps in doubt already I wait for
        the peer's READY: then mine leaves no doubt."""
        if self._ready_made:
            return self._share_wanted and not self._share_said
        return self._peer is not None and self._hello_arrived and (self._known is not None
                                                                   or self._book.may_doubt(self._peer.device_id))

    # -- what I say

    def hello(self):
        """My HELLO, the same bytes at each call, or None where the wearer has no card to give, or not to this peer."""
        if self._shunned or not self._own.vcard:
            return None
        if not self._hello:
            own, peer = self._own, self._peer
            pending, answer = self._book.newest_pending(), None
            if peer:
                held = self._held()
                pending = self._book.pending_session(peer.device_id)
                answer = (peer.nonce, held) if peer.pending != NO_SESSION else None
            self._hello = Hello(own.device_id, self._nonce, own.figures, own.vcard, own.strip, pending or NO_SESSION,
                                answer).encode()
        return self._hello

    def hello_delivered(self):
        """The peer answered Success to my HELLO."""
        self._hello_arrived = True

    def ready(self):
        """My READY if it is due, else None. A stranger is PENDING on flash when this returns.

        Raises StorageError: then nothing has changed, and there is no READY to send.
        """
        if not self.ready_due:
            return None
        if not self._known:
            self._book.put_pending(self._entry())
        self._ready_made, self._ready_arrived = True, False
        self._share_said = self._share_wanted or not self._key.known
        session, covered = self._session(), self._covered()
        return Ready(session, covered, self._key.share if self._share_said else None,
                     self._key.code(session + covered)).encode()

    def ready_delivered(self):
        """The peer answered Success to my READY: it has committed."""
        self._ready_arrived = True

    # -- what the peer says

    def received(self, data):
        """The peer put the NDEF message `data`; the Outcome tells what to answer. Whatever it holds, nothing is raised."""
        if not self._own.vcard:
            return self._refusal('no card to give', NO_CARD, hopeless=True)
        try:
            message = decode(data)
            if isinstance(message, Hello):
                return self._on_hello(message, data)
            return self._on_ready(message)
        except ForeignVersion as error:
            return self._refusal(str(error), str(error), hopeless=True)
        except (MessageError, vcard.VCardError) as error:
            return self._refusal(str(error), STRANGE, BAD_REQUEST)
        except StorageError as error:
            self.hopeless = True
            return Outcome(REJECT, sentence=str(error), reason=str(error))

    def _refusal(self, reason, sentence='', code=REJECT, hopeless=False):
        self.hopeless = self.hopeless or hopeless and self._asked
        return Outcome(code, reason=reason, sentence=sentence if self._asked else '')

    def refused(self, code):
        """The peer answered `code` instead of Success; the tap is over."""
        outcome = self.broken()
        outcome.reason = 'the peer answered %02X' % code
        if not outcome.in_doubt and not self._settled:
            outcome.sentence = 'The other pin did not take the card.'
        return outcome

    def broken(self):
        """The link is lost; the Outcome tells what is left of the tap."""
        if self._settled or not self._peer:
            return Outcome()
        if self._ready_made and not self._known:
            return Outcome(sentence=AGAIN, reason='in doubt', in_doubt=True)
        if not self._known and not self._book.may_doubt(self._peer.device_id):
            return Outcome(sentence=FULL, reason='no room for another doubt')
        return Outcome(sentence=LONGER, reason='too short')

    def _on_hello(self, hello, data):
        digest = hashlib.sha256(data).digest()
        if self._peer:
            if digest == self._peer_digest:
                return Outcome()                # its Success was lost; nothing new
            return self._refusal('a second HELLO in one tap')
        if hello.device_id == self._own.device_id:
            return self._refusal('this pin met itself', hopeless=True)
        if self._book.blocked(hello.device_id):
            self._shunned = True
            return self._refusal('a blocked pin', BLOCKED, hopeless=True)
        name = vcard.decode(hello.vcard)['fn'].strip()[:_LONGEST_NAME]
        outcome = self._settle_doubt(hello)
        self._known = self._book.get(hello.device_id)
        self._key = PairKey(self._own.device_id, self._own.secret, hello.device_id,
                            self._known.share if self._known else NO_SHARE)
        self._peer, self._peer_digest, self._name = hello, digest, name
        return outcome

    def _settle_doubt(self, hello):
        """A tap of before is in doubt, and this HELLO answers mine: commit or drop, as the peer holds me."""
        session = self._book.pending_session(hello.device_id)
        if not session or not self._hello or not hello.answer or hello.answer[0] != self._nonce:
            return Outcome()
        if hello.answer[1] == FRIEND:
            self._announced = True
            return Outcome(friend=self._book.commit(hello.device_id, session), new=True, reason='the tap before counts')
        if hello.answer[1] == NONE:
            self._book.drop_pending(hello.device_id)
            return Outcome(reason='the tap before does not count')
        return Outcome()

    def _on_ready(self, ready):
        if not self._peer or not self._hello:
            return self._refusal('a READY before the HELLOs', code=BAD_REQUEST)
        session, covered = self._session(), self._covered()
        if ready.session != session or ready.hash != covered:
            return self._refusal('a READY of another tap')
        if not self._key.proves(session + covered, ready.code, ready.share):
            return self._refusal('no proof of the pair key', 'This pin says it is %s, but cannot prove it.' % self._known.name,
                                 hopeless=True)
        self._hello_arrived = True
        self._share_wanted = self._share_wanted or ready.share is not None
        if self._settled:
            return self._on_ready_again(ready)
        outcome = self._commit(self._key.peer_share if self._key.known else ready.share or NO_SHARE)
        self._settled = True
        return outcome

    def _on_ready_again(self, ready):
        """Its Success was lost and nothing is new, or it brings the half of the key that I lack."""
        if ready.share and not self._key.known:
            self._known.share = self._key.peer_share = ready.share
            self._book.refresh(self._known, whole=False)
        return Outcome()

    # -- the book

    def _held(self):
        """How the book holds the peer."""
        if self._known:
            return FRIEND
        return PENDING if self._book.pending_session(self._peer.device_id) else NONE

    def _entry(self):
        peer = self._peer
        return Friend(peer.device_id, self._name, peer.vcard, peer.figures, self._session(), self._day, strip=peer.strip,
                      hour=self._hour)

    def _commit(self, share):
        """Put what this tap brought on flash as FRIEND; returns the Outcome."""
        peer, new = self._peer, not self._known
        if self._known:
            friend = self._known
            self._book.refresh(friend, friend.meet(peer, self._name, self._session(), self._day, share, self._hour))
        elif self._ready_made:
            friend = self._book.commit(peer.device_id, self._session(), share)
        else:
            friend = self._entry()
            friend.share = share
            self._book.befriend(friend)
        self._known = friend
        self._key.peer_share = share
        if self._announced:
            return Outcome()
        return Outcome(friend=friend, new=new)

    # -- what both pins compute alike, whoever is first

    def _in_order(self, mine, theirs):
        return mine + theirs if self._own.device_id < self._peer.device_id else theirs + mine

    def _session(self):
        both = self._in_order(self._own.device_id + self._nonce, self._peer.device_id + self._peer.nonce)
        return hashlib.sha256(both).digest()[:8]

    def _covered(self):
        """The hash of both HELLOs."""
        mine = hashlib.sha256(self._hello).digest()
        return hashlib.sha256(self._in_order(mine, self._peer_digest)).digest()[:8]
