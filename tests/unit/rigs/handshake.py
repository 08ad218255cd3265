"""What tests of the handshake share: a pin as far as a tap goes, and the carrying of its messages.

Owns nothing of the rules. Used by test_handshake*.py.
"""
import hashlib

from firmware.social.card import Card
from firmware.social.friend import Figures
from firmware.social.friends import FriendBook
from firmware.social.handshake import SUCCESS, Handshake, Own
from firmware.social.messages import Hello, decode
from firmware.system.journal import Journal
from firmware.system.log import Log
from tests.simulator.memory_storage import MemoryFiles


class Pin:
    """A pin as far as a tap goes; `flash` may be that of an earlier one."""

    def __init__(self, name, flash=None, secret=None, seed=0):
        self.id = hashlib.sha256(name.encode()).digest()[:16]
        self.secret = secret or hashlib.sha256(b'secret' + name.encode()).digest()
        self.name = name
        self.card = Card(name).to_vcard() if name else b''
        self.flash = flash or MemoryFiles()
        self.seed = seed
        self.figures = Figures(1000, 1, 2, 0)
        self.day = 9000
        self.boot()

    def boot(self):
        self.book = FriendBook(Journal(self.flash.storage(), 'friends', 1, Log(str)), Log(str))

    def random_bytes(self, n):
        self.seed += 1
        return hashlib.sha256(b'%s %d' % (self.name.encode(), self.seed)).digest()[:n]

    def handshake(self, asked=True):
        return Handshake(Own(self.id, self.secret, self.card, self.figures), self.book, self.random_bytes, self.day, asked)


def put(sender, message, receiver):
    """One PUT whose answer arrives; returns the receiver's outcome."""
    outcome = receiver.received(message)
    if outcome.code != SUCCESS:
        sender.refused(outcome.code)
    elif isinstance(decode(message), Hello):
        sender.hello_delivered()
    else:
        sender.ready_delivered()
    return outcome


def tap(first, second):
    """A whole tap, `first` speaking first; returns both handshakes and all outcomes that brought a friend."""
    one, two = first.handshake(), second.handshake()
    outcomes = [put(one, one.hello(), two), put(two, two.hello(), one)]
    while one.ready_due or two.ready_due:
        for sender, receiver in ((one, two), (two, one)):
            message = sender.ready()
            if message:
                outcomes.append(put(sender, message, receiver))
    return one, two, [outcome for outcome in outcomes if outcome.friend]
