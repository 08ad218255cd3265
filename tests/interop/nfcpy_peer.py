"""nfcpy as a peer: real nfcpy on a simulated PN532 behind a pty, in fixed roles.

Owns nothing but the opening, SNEP servers and the course of a meeting; nfcpy is the independent implementation that the
pin's stack is held against. Everything here blocks: call it in a function given to `pty_port.run_realtime`.

nfcpy's own cadence (listen 1 s, then poll) never meets a peer with the same cadence that began with it, so roles are
fixed with `role='initiator'` or `'target'`; a pin's firmware needs nothing of the kind. nfcpy as initiator polls twice
in 0.2 s and, as it is told to keep its role, again and again; as target it listens for a second at a time.
"""
import contextlib
import threading
import time

import ndef
import nfc
import nfc.clf.pn532
import nfc.clf.transport
import nfc.llcp
import nfc.snep

SNEP = 'urn:nfc:sn:snep'
ANSWER_S = 0.1                      # for the Success to the message that has just come, before the link is taken down
PATIENCE_MS = 2000
STEP_NS = 1_000_000
THINK_NS = 20_000_000               # nfcpy takes about 10 ms for an answer on a machine that does nothing else


class Port(nfc.clf.transport.TTY):
    """nfcpy's way to a chip whose world is kept at `pace` (a Pace): waits longer than nfcpy asks for, because a busy machine
    makes the world slow, and tells the Pace what nfcpy is about."""

    def __init__(self, path, pace):
        self._pace = pace
        super().__init__(path)

    def read(self, timeout):
        self._pace.nfcpy_waits = True
        try:
            frame = super().read(timeout + PATIENCE_MS)
            self._pace.taken += len(frame)
            return frame
        finally:
            self._pace.nfcpy_waits = False

    def write(self, frame):
        self._pace.taken = self._pace.sent      # nfcpy drops what it has not read by now
        super().write(frame)


class Pace:
    """Moves `clock` on as real time goes by, for as long as the machine keeps up: by STEP_NS at most between two looks at
    the pty, and hardly on once nfcpy has taken THINK_NS to make up what to say to `chip`.

    So nfcpy, which has 77 ms for an answer on the air, is about as fast in the world on a busy machine as on an idle one.
    """

    def __init__(self, clock, chip):
        self.clock = clock
        self.sent = self.taken = 0              # bytes: by the chip, and by nfcpy of them
        self.nfcpy_waits = False
        self._real_ns = self._thought_ns = 0
        self._hand_on = chip.front.on_serial
        chip.front.on_serial = self._count

    def _count(self, data):
        self.sent += len(data)
        self._hand_on(data)

    def advance_to(self, real_ns):
        """Real time has come to `real_ns`, counted from 0. For `run_realtime`."""
        step_ns = min(real_ns - self._real_ns, STEP_NS)
        self._real_ns = real_ns
        if self.nfcpy_waits and self.taken == self.sent:
            self._thought_ns = 0
        elif self._thought_ns > THINK_NS:
            step_ns //= 20
        self._thought_ns += step_ns
        self.clock.advance(step_ns)


@contextlib.contextmanager
def open_nfcpy(path, pace=None):
    """A ContactlessFrontend on the PN532 at `path` (a pty, which nfcpy's own search for ports does not look at), with the
    world of that chip kept at `pace`."""
    frontend = nfc.ContactlessFrontend()
    frontend.device = nfc.clf.pn532.init(Port(path, pace) if pace else nfc.clf.transport.TTY(path))
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

    def __init__(self, limit_s=3.0):
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

    def connect(self, path, role, pace=None, **options):
        """Open the chip at `path` and meet somebody as `role` ('initiator' or 'target'), known to `pace`.

        `options` are nfcpy's: `brs` 0, 1, 2 asks for 106, 212, 424 kbit/s, `acm` tries active mode first. Raises
        TimeoutError where not all was said within `limit_s`. Returns self.
        """
        options = {'brs': 2, 'acm': False, **options, 'role': role,
                   'on-startup': self._startup, 'on-connect': self._connected}
        with open_nfcpy(path, pace) as frontend:
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

    def __init__(self, puts=(), expected=1, limit_s=3.0):
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

    def __init__(self, handshake, limit_s=3.0):
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
