"""nfcpy as a peer: real nfcpy on a simulated PN532 behind a pty, in fixed roles.

Owns nothing but the opening, SNEP servers and the course of a meeting; nfcpy is the independent implementation that the
pin's stack is held against. Everything here blocks: call it in a function given to `pty_port.run_realtime`.

nfcpy's own cadence (listen 1 s, then poll) never meets a peer with the same cadence that began with it, so roles are
fixed with `role='initiator'` or `'target'`; a pin's firmware needs nothing of the kind. nfcpy as initiator polls twice
in 0.2 s and, as it is told to keep its role, again and again; as target it listens for a second at a time.
"""
import contextlib
import errno
import os
import threading
import time
from unittest import mock

import ndef
import nfc
import nfc.clf.pn532
import nfc.clf.transport
import nfc.dep
import nfc.llcp
import nfc.snep

SNEP = 'urn:nfc:sn:snep'
ANSWER_S = 0.1                      # for the Success to the message that has just come, before the link is taken down
PATIENCE_MS = 8000
ACK = nfc.clf.pn532.Chipset.ACK


class Line(nfc.clf.transport.TTY):
    """nfcpy's way to the chip at `port` (a PtyPort): waits longer than nfcpy asks for, because a busy machine makes the world
    slow, and tells the port what nfcpy is about. nfcpy 1.0.4 takes a LEN of FF for an extended frame's; here it is one only
    with FF as LCS too, else the pin's longest fragment at 106 kbit/s would never end."""

    def __init__(self, port):
        self._port = port
        port.waits, port.taken = False, port.sent
        super().__init__(port.path)

    def read(self, timeout):
        self.tty.timeout = (timeout + PATIENCE_MS) / 1000
        self._port.waits = True
        try:
            frame = self._frame()
        finally:
            self._port.waits = False
        if not frame:
            raise OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
        self._port.taken += len(frame)
        return frame

    def _frame(self):
        """The next frame, b'' where none comes."""
        frame = bytearray(self.tty.read(6))
        if not frame or frame == ACK:
            return frame
        length = frame[3]
        if frame[3:5] == b'\xff\xff':
            frame += self.tty.read(3)
            length = frame[5] << 8 | frame[6]
        return frame + self.tty.read(length + 1)

    def write(self, frame):
        with self._port.lock:                   # as nfcpy does, drop what it has not read by now
            self.tty.reset_input_buffer()
            self._port.taken = self._port.sent
        self.tty.write(frame)


class InitiatorAtF(nfc.dep.Initiator):
    """NFC-DEP that looks for its target at NFC-F alone, as ISO 18092 has it; nfcpy itself looks at 106A first, and at NFC-F
    takes only targets with NFCID2 01FE, as the NFC Forum has it."""

    technology = '212F'

    def activate(self, target=None, **options):
        looking_for = nfc.clf.RemoteTarget(self.technology, sensf_req=b'\0\xFF\xFF\0\0')
        target = self.clf.sense(looking_for, iterations=2, interval=0.1)
        return target and super().activate(target, **options)

    def send_req_recv_res(self, req, timeout):
        if isinstance(req, nfc.dep.ATR_REQ):
            req.nfcid3 = self.target.sensf_res[1:9] + b'ST'
        return super().send_req_recv_res(req, timeout)


class InitiatorAt424F(InitiatorAtF):
    technology = '424F'


INITIATORS = {'106A': nfc.dep.Initiator, '212F': InitiatorAtF, '424F': InitiatorAt424F}


@contextlib.contextmanager
def open_nfcpy(port):
    """A ContactlessFrontend on the PN532 at `port` (a PtyPort), which nfcpy's own search for ports would not look at."""
    frontend = nfc.ContactlessFrontend()
    frontend.device = nfc.clf.pn532.init(Line(port))
    try:
        yield frontend
    finally:
        frontend.close()


class SnepServer(nfc.snep.SnepServer):
    """SNEP's default server; `take(records)` gets each message that is put and returns the response code."""

    def __init__(self, llc, take):
        super().__init__(llc, SNEP)
        self._take = take

    def process_put_request(self, ndef_message):
        return self._take(list(ndef_message))


class Meeting:
    """One link with somebody. Derived classes say what is put (`converse`) and what is answered (`take`)."""

    def __init__(self, limit_s=15.0):
        self._end = time.monotonic() + limit_s
        self._all_said = threading.Event()
        self._leaving = threading.Event()
        self._server = None

    def converse(self, client):
        """Put what there is to put by the SnepClient `client`; returns once all is said in both directions."""
        raise NotImplementedError

    def take(self, records):
        """The peer put a message; returns SNEP's response code."""
        raise NotImplementedError

    def progress(self):
        """How far it came, for the TimeoutError."""
        raise NotImplementedError

    def connect(self, port, role, look_at='106A', **options):
        """Open the chip at `port` and meet somebody as `role` ('initiator' or 'target').

        An initiator looks at `look_at`: '106A', '212F' or '424F'. `options` are nfcpy's: `brs` 0, 1, 2 asks for 106, 212,
        424 kbit/s by PSL, `acm` tries active mode first. Raises TimeoutError where not all was said within `limit_s`.
        Returns self.
        """
        options = {'brs': 2, 'acm': False, **options, 'role': role,
                   'on-startup': self._startup, 'on-connect': self._connected}
        with open_nfcpy(port) as frontend, mock.patch.object(nfc.dep, 'Initiator', INITIATORS[look_at]):
            frontend.connect(llcp=options, terminate=lambda: self._leaving.is_set() or self.late())
        if not self._all_said.is_set():
            raise TimeoutError(f'nfcpy as {role}: {self.progress()}')
        return self

    def late(self):
        return time.monotonic() > self._end

    def _startup(self, llc):
        self._server = SnepServer(llc, self.take)
        return llc

    def _connected(self, llc):
        self._server.start()
        threading.Thread(target=self._run, args=(llc,), daemon=True).start()
        return True

    def _run(self, llc):
        self.converse(nfc.snep.SnepClient(llc))
        if not self.late():
            self._all_said.set()                # from now on the peer may take the link down
            time.sleep(ANSWER_S)
            self._leaving.set()


class Peer(Meeting):
    """`puts` are messages (lists of ndef records) to PUT one after the other, `expected` is how many to wait for;
    `accepted` says of each PUT whether it had Success, `refusals` the other response codes, `messages` what came in."""

    def __init__(self, puts=(), expected=1, limit_s=15.0):
        super().__init__(limit_s)
        self.puts = puts
        self.expected = expected
        self.accepted = []
        self.refusals = []
        self.messages = []

    def converse(self, client):
        for records in self.puts:
            self._put(client, records)
        while len(self.messages) < self.expected and not self.late():
            time.sleep(0.01)

    def _put(self, client, records):
        client.connect(SNEP)
        try:
            self.accepted.append(client.put_records(records))
        except nfc.snep.SnepError as error:
            self.accepted.append(False)
            self.refusals.append(error.errno)
        client.close()

    def take(self, records):
        self.messages.append(records)
        return nfc.snep.Success

    def progress(self):
        return (f'{len(self.accepted)} of {len(self.puts)} messages put, '
                f'{len(self.messages)} of {self.expected} received')


class Wearer(Meeting):
    """Somebody with a Cloud Pin whose NFC stack is nfcpy: `handshake` (firmware.social.handshake) decides what is said.

    What comes in is taken apart and put together again by ndeflib, so that the hashes in READY hold only where our NDEF
    is byte for byte what ndeflib makes of it. `outcomes` are the handshake's, in their order.
    """

    def __init__(self, handshake, limit_s=15.0):
        super().__init__(limit_s)
        self.outcomes = []
        self._handshake = handshake
        self._heard = threading.Condition()     # held while the handshake is used: nfcpy's server has its own thread

    def converse(self, client):
        handshake = self._handshake
        with self._heard:
            hello = handshake.hello()
        client.connect(SNEP)
        client.put_octets(hello)
        with self._heard:
            handshake.hello_delivered()
        while not (handshake.done or self.late()):
            with self._heard:
                ready = handshake.ready()
                if ready is None and not handshake.done:
                    self._heard.wait(0.05)
            if ready:
                client.put_octets(ready)
                with self._heard:
                    handshake.ready_delivered()
        client.close()

    def take(self, records):
        with self._heard:
            outcome = self._handshake.received(b''.join(ndef.message_encoder(records)))
            self.outcomes.append(outcome)
            self._heard.notify()
        return outcome.code

    def progress(self):
        return f'the handshake came to state {self._handshake.state} with {len(self.outcomes)} messages received'
