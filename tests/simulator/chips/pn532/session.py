"""The target's end of a block protocol as its host sees it: data in, data out, chaining, more time.

Owns the buffers between the air and TgGetData/TgSetData. `dep.DEPTarget` and `isodep.ISODEPCard` add the blocks of
their protocol; `target` owns the session that is on.
"""
from collections import deque

from tests.simulator.chips.pn532 import timings
from tests.simulator.chips.pn532.status import INVALID_STATE, MORE, OK, RELEASED, StatusError

HOST_MAX = 262                      # bytes of data in one TgGetData, TgSetData or InDataExchange


class Session:
    """Subclasses set `waiting_ns` and `chunk_bytes`, implement `frame`, `_send_chunk(chunk, more, then)`, `_send_ack()`
    and `_send_extension()`, and call `_information`, `_continue`, `_again` and `_granted` as blocks come in."""

    def __init__(self, engine, link):
        self.engine = engine
        self.clock = engine.clock
        self.link = link
        self.waiting_ns = timings.RWT_UNIT_NS << 9
        self.chunk_bytes = 0
        self._inbox = deque()                       # (data, more) for the host
        self._incoming = bytearray()                # a chain that is not yet complete
        self._held_ack = False                      # the chain's next ACK waits until the host has made room
        self._owed = False                          # the peer waits for a block of ours
        self._outgoing = deque()                    # (chunk, more) still to be sent
        self._extending = False                     # RTOX or WTX has been asked for and not granted yet
        self._watch = None
        self._reader = self._writer = None          # the host's commands that wait: callable(response)

    # -- host ---------------------------------------------------------------------------------------------------
    def get_data(self, answer):
        """TgGetData: `answer(response)` now or when data or the end has come."""
        if self._inbox:
            data, more = self._inbox.popleft()
            if self._held_ack and not self._inbox:
                self._held_ack = self._owed = False
                self._stop_watch()
                self._send_ack()
            answer(bytes([MORE if more else OK]) + data)
        else:
            self._reader = answer

    def set_data(self, data, more, answer):
        """TgSetData, or TgSetMetaData with `more`. Raises StatusError where it is not the host's turn."""
        if not self._owed or self._held_ack:
            raise StatusError(INVALID_STATE)
        pieces = [data[i:i + self.chunk_bytes] for i in range(0, len(data), self.chunk_bytes)] or [b'']
        self._outgoing = deque((piece, more or i < len(pieces) - 1) for i, piece in enumerate(pieces))
        self._writer = answer
        self._pay()

    def forget(self):
        """The waiting command was aborted."""
        self._reader = self._writer = None

    def over(self):
        """The field has gone or the initiator has released us: commands that wait end with 29."""
        self._stop_watch()
        self._owed = False
        for answer in (self._reader, self._writer):
            if answer:
                answer(bytes([RELEASED]))
        self.forget()

    def damaged(self, frame):
        """A frame with a bad CRC: the block protocols stay silent, the peer's time-out deals with it."""

    # -- for subclasses -----------------------------------------------------------------------------------------
    def _information(self, data, more):
        """A new information block."""
        self._incoming += data
        if more and len(self._incoming) <= HOST_MAX:
            self._send_ack()
            return
        self._owed = True
        self._held_ack = more
        while len(self._incoming) > HOST_MAX:
            self._deliver(bytes(self._incoming[:HOST_MAX]), True)
            del self._incoming[:HOST_MAX]
        if not more:
            self._deliver(bytes(self._incoming), False)
            self._incoming.clear()
        if self._owed:
            self._start_watch(1)

    def _deliver(self, data, more):
        self._inbox.append((data, more))
        if self._reader:
            answer, self._reader = self._reader, None
            self.get_data(answer)

    def _continue(self):
        """The peer has acknowledged a chunk of ours."""
        self._owed = True
        self._pay()

    def _again(self):
        """The peer has repeated itself while we owe it an answer: its earlier grant of time does not count."""
        self._extending = False
        self._pay()

    def _granted(self, factor):
        """The peer has granted `factor` waiting times more."""
        self._extending = False
        self._pay(factor)

    def _pay(self, factor=1):
        """Send the next chunk if there is one and the air is ours, else see to it that the peer goes on waiting."""
        if self._extending:
            return
        if not self._outgoing:
            self._start_watch(factor)
            return
        self._stop_watch()
        self._owed = False
        chunk, more = self._outgoing.popleft()
        self._send_chunk(chunk, more, None if self._outgoing else self._written)

    def _written(self):
        """The last bit of the host's data has left."""
        answer, self._writer = self._writer, None
        if answer:
            answer(bytes([OK]))

    def _start_watch(self, factor):
        self._stop_watch()
        if self.engine.chip.auto_extension:
            delay_ns = int(factor * self.waiting_ns * timings.EXTENSION_SHARE)
            self._watch = self.clock.call_later(delay_ns, self._extend)

    def _extend(self):
        self._extending = True
        self._send_extension()

    def _stop_watch(self):
        if self._watch:
            self._watch.cancel()
            self._watch = None
