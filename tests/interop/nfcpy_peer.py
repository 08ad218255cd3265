"""nfcpy as a peer: real nfcpy on a simulated PN532 behind a pty, in fixed roles.

Owns nothing but the opening and a SNEP server; nfcpy is the independent implementation that the pin's stack is held
against. Everything here blocks: call it in a function given to `pty_port.run_realtime`.

nfcpy's own cadence (listen 1 s, then poll) never meets a peer with the same cadence that began with it, so roles are
fixed with `role='initiator'` or `'target'`; a pin's firmware needs nothing of the kind. nfcpy as initiator polls twice
in 0.2 s and, as it is told to keep its role, again and again; as target it listens for a second at a time.
"""
import contextlib
import threading
import time

import nfc
import nfc.clf.pn532
import nfc.clf.transport
import nfc.llcp
import nfc.snep

SNEP = 'urn:nfc:sn:snep'
ANSWER_S = 0.1                      # for the Success to the message that has just come, before the link is taken down


@contextlib.contextmanager
def open_nfcpy(path):
    """A ContactlessFrontend on the PN532 at `path` (a pty, which nfcpy's own search for ports does not look at)."""
    frontend = nfc.ContactlessFrontend()
    frontend.device = nfc.clf.pn532.init(nfc.clf.transport.TTY(path))
    try:
        yield frontend
    finally:
        frontend.close()


class SnepServer(nfc.snep.SnepServer):
    """SNEP's default server; keeps the records of each message that was put, and answers Success."""

    def __init__(self, llc):
        super().__init__(llc, SNEP)
        self.messages = []

    def process_put_request(self, ndef_message):
        self.messages.append(list(ndef_message))
        return nfc.snep.Success


class Peer:
    """One meeting. `puts` are messages (lists of ndef records) to PUT one after the other, `expected` is how many to
    wait for; `accepted` says of each PUT whether it had Success, `messages` what came in."""

    def __init__(self, puts=(), expected=1, limit_s=3.0):
        self.puts = puts
        self.expected = expected
        self.accepted = []
        self.messages = []
        self._end = time.monotonic() + limit_s
        self._done = threading.Event()
        self._server = None

    def connect(self, path, role, **options):
        """Open the chip at `path` and meet somebody as `role` ('initiator' or 'target').

        `options` are nfcpy's: `brs` 0, 1, 2 asks for 106, 212, 424 kbit/s, `acm` tries active mode first. Raises
        TimeoutError where nothing came of it within `limit_s`. Returns self.
        """
        options = {'brs': 2, 'acm': False, **options, 'role': role,
                   'on-startup': self._startup, 'on-connect': self._connected}
        with open_nfcpy(path) as frontend:
            frontend.connect(llcp=options, terminate=lambda: self._done.is_set() or self._late())
        if not self._done.is_set():
            raise TimeoutError(f'nfcpy as {role}: {len(self.accepted)} of {len(self.puts)} messages put, '
                               f'{len(self.messages)} of {self.expected} received')
        return self

    def _late(self):
        return time.monotonic() > self._end

    def _startup(self, llc):
        self._server = SnepServer(llc)
        self.messages = self._server.messages
        return llc

    def _connected(self, llc):
        self._server.start()
        threading.Thread(target=self._exchange, args=(llc,), daemon=True).start()
        return True

    def _exchange(self, llc):
        client = nfc.snep.SnepClient(llc)
        for records in self.puts:
            client.connect(SNEP)
            self.accepted.append(client.put_records(records))
            client.close()
        while len(self.messages) < self.expected and not self._late():
            time.sleep(0.01)
        time.sleep(ANSWER_S)
        if len(self.messages) >= self.expected:
            self._done.set()
