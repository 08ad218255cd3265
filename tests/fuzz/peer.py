"""The hostile peer: a second PN532 with a plain host, in the world's clock and air, that plays one case against the pin.

Owns its chip for the length of a case, and knows which of its messages could rightly make a friend. An edited conversation is
that of an honest pin (LLCP and handshake of our own, on CPython) with a `Tamper` at each layer. Used by `bench`.
"""
import asyncio
import hashlib
import random
import struct

import snep
from firmware.social import messages
from firmware.social.card import Card
from firmware.social.friend import Figures
from firmware.social.friends import SCHEMA, FriendBook
from firmware.social.handshake import Handshake, Own
from firmware.system.journal import Journal
from firmware.system.log import Log
from llcp.errors import LLCPError, NotLLCP
from llcp.link import LLCP
from tests.fuzz.mutation import Tamper
from tests.fuzz.seeds import GENERAL
from tests.simulator.chips.pn532 import PN532
from tests.simulator.host import Host
from tests.simulator.memory_storage import MemoryFiles
from tests.simulator.nfc_host import ErrorFrame, NFCHost, NoAnswer
from tests.simulator.wires import Nack

MILLISECOND = 1_000_000
MEET_NS = 2500 * MILLISECOND
SESSION_MS = 6000                               # longer than any pin allows
ANSWER_MS = 1200
LONGEST_FRAME = 262
LONG_PRESS_MS = 700                             # asks for a burst on purpose
TODAY = 9820
ARM = bytes.fromhex('00 0400123456 60 02fec0c1c2c3c4c5ffffffffffffffff12fc 01fe1122334455660000')
RESPONSE_GENERAL, ACTIVATION_GENERAL = 17, 18   # where general bytes begin, behind the response code


class Gone(OSError):
    """The pin has ended the link, or the chip says so."""


class Peer:
    """`old`: messages of earlier sessions, to be replayed. After `play`: `met`, whether there was a link; `may_befriend`,
    whether a READY of this very tap was said; `device_id`; `said` and `heard`, the messages of both sides."""

    def __init__(self, world, pin, old=()):
        self.world, self.pin, self._old = world, pin, old
        self.chip = PN532(world.clock, random.Random(world.clock.now_ns), world.air, 'spi', 'eve')
        self.host = NFCHost(self.chip)
        self.met = self.may_befriend = False
        self.device_id = None
        self.said, self.heard = [], []

    def play(self, case):
        """Do all of `case`, then leave the field."""
        self.host.begin()
        self.world.air.couple(self.pin.nfc, self.chip)
        try:
            getattr(self, '_' + case['kind'])(case)
        except (Gone, NotLLCP):
            pass
        finally:
            self.world.air.clear_faults()
            self.world.air.uncouple(self.chip)
            self.chip.power_off()

    def command(self, code, data, timeout_ns=1500 * MILLISECOND):
        """The chip's answer without its response code. Raises Gone."""
        self.host.frames.clear()
        try:
            return self.host.command(code, data, timeout_ns)
        except (NoAnswer, ErrorFrame, Nack) as error:
            self.host.abort()
            raise Gone(str(error)) from None

    def exchange(self, code, data=b'', timeout_ns=1500 * MILLISECOND):
        """As `command` for one whose answer opens with a status; returns what follows. Raises Gone."""
        answer = self.command(code, data[:LONGEST_FRAME + 1], timeout_ns)
        if not answer or answer[0] & 0x3F:
            raise Gone(f'status {answer[:1].hex()}')
        return answer[1:]

    def be_found(self, arm):
        """Be a target while the pin looks; returns what activated the chip. Raises Gone."""
        self.pin.press(LONG_PRESS_MS)
        return self.command(0x8C, arm, MEET_NS)

    # -- the kinds of cases

    def _commands(self, case):
        for code, data in case['do']:
            try:
                answer = self.command(code, bytes.fromhex(data)[:LONGEST_FRAME])
            except Gone:
                continue
            self.met |= code in (0x4A, 0x56) and bool(answer) and (code == 0x4A) == bool(answer[0])

    def _answers(self, case):
        raw = not case['parameters'] & 0x04
        self.command(0x12, bytes([case['parameters']]))
        self.be_found(bytes.fromhex(case['arm']))
        self.met = True
        listen, say = (0x88, 0x90) if raw else (0x86, 0x8E)
        for index, data in enumerate(case['answers'] + case['answers'][-1:] * case['again']):
            if index or not raw:
                self.exchange(listen)
            self.exchange(say, bytes.fromhex(data))

    def _peer(self, case):
        for _, number, fault in [edit for edit in case['edits'] if edit[0] == 'air']:
            if fault == 'cut':
                self.world.air.cut_at(number, self.chip)
            else:
                getattr(self.world.air, fault)(nth=number)
        tamper = Tamper(case['edits'], self._old)
        mac = (_InitiatorMAC if case['role'] == 'initiator' else _TargetMAC)(self, tamper, bytes.fromhex(case['general']))
        self.met = True
        talk = _Talk(self, case, tamper)
        Host(clock=self.world.clock).run(talk.run(mac))


class _MAC:
    """An end of the link for `llcp`, over the peer's chip, with the tamper between."""

    def __init__(self, peer, tamper):
        self.peer, self.tamper = peer, tamper
        self.frames = []                        # what is still to be sent

    def _take(self, pdu):
        self.frames += self.tamper.items('pdu', bytes(pdu))

    async def _next(self):
        """The next frame to send; silence comes before it where that was asked for."""
        if self.tamper.wait_ms:
            wait_ms, self.tamper.wait_ms = self.tamper.wait_ms, 0
            await asyncio.sleep(wait_ms / 1000)
        return self.frames.pop(0) if self.frames else b'\0\0'

    async def close(self):
        """Leaving the field is the case's end."""


class _InitiatorMAC(_MAC):
    role = 'initiator'

    def __init__(self, peer, tamper, general):
        super().__init__(peer, tamper)
        answer = peer.exchange(0x56, b'\x00\x00' + bytes([4 if general else 0]) + general)
        self.peer_general_bytes = answer[RESPONSE_GENERAL - 1:]
        peer.exchange(0x4E, b'\x01\x02\x02')
        self._answers = []

    async def send(self, pdu):
        self._take(pdu)

    async def receive(self, timeout_ms):
        while self.frames or not self._answers:
            self._answers.append(self.peer.exchange(0x40, b'\x01' + await self._next(), timeout_ms * MILLISECOND))
        return self._answers.pop(0)


class _TargetMAC(_MAC):
    role = 'target'

    def __init__(self, peer, tamper, general):
        super().__init__(peer, tamper)
        general = general[:47]
        answer = peer.be_found(ARM + bytes([len(general)]) + general + b'\0')
        self.peer_general_bytes = answer[ACTIVATION_GENERAL:]

    async def send(self, pdu):
        self._take(pdu)
        self.peer.exchange(0x8E, await self._next())

    async def receive(self, timeout_ms):
        return self.peer.exchange(0x86, b'', timeout_ms * MILLISECOND)


class _Talk:
    """An honest pin's side of a tap, but for the tamper, and for going on where an honest pin would stop."""

    def __init__(self, peer, case, tamper):
        self._peer, self._tamper = peer, tamper
        log = Log(write_line=lambda line: None)
        book = FriendBook(Journal(MemoryFiles().storage(), 'friends', SCHEMA, log), log)
        rng = random.Random(case['identity'])
        peer.device_id = hashlib.sha256(rng.randbytes(4)).digest()[:16]
        vcard = bytes.fromhex(case['vcard']) or Card(f'Eve {case["identity"]}').to_vcard()
        own = Own(peer.device_id, bytes(32), vcard, Figures(4321, 1, 2, 1))
        self._handshake = Handshake(own, book, rng.randbytes, TODAY)
        self._hold_ms = case['hold_ms']
        self._heard = asyncio.Event()

    async def run(self, mac):
        link = LLCP(mac, SESSION_MS)
        serving = asyncio.create_task(snep.serve(link, self._take))
        link.start()
        try:
            await self._speak(await link.connect(4, ANSWER_MS))
        except (LLCPError, TimeoutError, messages.MessageError):
            pass
        if self._hold_ms:
            await asyncio.wait([asyncio.create_task(link.closed())], timeout=self._hold_ms / 1000)
        await link.close()
        serving.cancel()

    async def _take(self, message):
        self._peer.heard.append(message)
        outcome = self._handshake.received(message)
        self._heard.set()
        return outcome.code

    async def _hear(self):
        await asyncio.wait_for(self._heard.wait(), ANSWER_MS / 1000)
        self._heard.clear()

    async def _speak(self, connection):
        await self._say(connection, self._handshake.hello())
        self._handshake.hello_delivered()
        while (ready := self._handshake.ready()) is None:
            await self._hear()
        await self._say(connection, ready)
        self._handshake.ready_delivered()
        while not self._handshake.done:
            await self._hear()

    async def _say(self, connection, message):
        self._peer.said.append(message)
        for item in self._tamper.items('message', message):
            self._peer.may_befriend |= _same_tap(item, message)
            await self._put(connection, item)

    async def _put(self, connection, message):
        """A SNEP PUT; what the server answers is of no interest, but that it does."""
        size = connection.fragment
        request = struct.pack('>BBI', 0x10, 2, len(message)) + message
        for at in range(0, len(request), size):
            if at == size:
                await connection.recv(ANSWER_MS)
            for item in self._tamper.items('snep', request[at:at + size]):
                await connection.send(item[:connection.send_miu], ANSWER_MS)
        await connection.recv(ANSWER_MS)


def _same_tap(item, message):
    """Whether `item` is a READY that proves as much as `message`."""
    try:
        said, meant = messages.decode(item), messages.decode(message)
    except messages.MessageError:
        return False
    return (isinstance(said, messages.Ready) and isinstance(meant, messages.Ready)
            and (said.session, said.hash) == (meant.session, meant.hash))


def honest(role, identity):
    """The case of a peer that means well."""
    return {'kind': 'peer', 'role': role, 'general': GENERAL.hex(), 'identity': identity, 'vcard': '', 'hold_ms': 0,
            'edits': []}
