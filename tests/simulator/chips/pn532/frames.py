"""Host frames of the PN532: building, and hunting them in a stream of bytes.

Owns the format (manual, "host controller communication protocol"), nothing of what the frames mean. Used by the fronts.
"""

ACK = bytes.fromhex('0000ff00ff00')
NACK = bytes.fromhex('0000ffff0000')
ERROR = bytes.fromhex('0000ff01ff7f8100')
HOST_TO_CHIP = 0xD4
CHIP_TO_HOST = 0xD5
MAX_LENGTH = 265                                # TFI and 264 more
START = b'\x00\xff'


def encode(data, identifier=CHIP_TO_HOST, bare=False):
    """Frame around `data` (command or response code first). `bare` leaves preamble and postamble out.

    Raises ValueError where `data` is longer than 264 bytes.
    """
    body = bytes([identifier]) + bytes(data)
    length = len(body)
    if length > MAX_LENGTH:
        raise ValueError(f'{len(data)} bytes do not fit a PN532 frame')
    if length <= 255:
        head = bytes([length, -length & 0xFF])
    else:
        high, low = divmod(length, 256)
        head = bytes([0xFF, 0xFF, high, low, -(high + low) & 0xFF])
    frame = START + head + body + bytes([-sum(body) & 0xFF])
    return frame if bare else b'\x00' + frame + b'\x00'


class Parser:
    """Finds frames in what the host writes. Bad ones get no answer at all: they only count in `bad`."""

    def __init__(self):
        self.bad = 0
        self._buffer = bytearray()

    def reset(self):
        self._buffer.clear()

    def feed(self, data):
        """Take bytes; return what they complete: ('ack', b''), ('nack', b'') or ('command', code and parameters)."""
        self._buffer += data
        found = []
        while True:
            item = self._next()
            if item is None:
                return found
            if item[0] == 'bad':
                self.bad += 1
            else:
                found.append(item)

    def _next(self):
        """One item cut from the buffer's head, or None where more bytes are needed."""
        buffer = self._buffer
        at = buffer.find(START)
        if at < 0:
            del buffer[:len(buffer) - (buffer[-1:] == b'\x00')]
            return None
        del buffer[:at]
        if len(buffer) < 4:
            return None
        head = bytes(buffer[2:4])
        if head == b'\x00\xff':
            return self._cut(4, 'ack')
        if head == b'\xff\x00':
            return self._cut(4, 'nack')
        if head == b'\xff\xff':
            return self._extended()
        if sum(head) & 0xFF or not head[0]:
            return self._cut(2, 'bad')
        return self._body(4, head[0])

    def _extended(self):
        if len(self._buffer) < 7:
            return None
        high, low, check = self._buffer[4:7]
        length = high << 8 | low
        if (high + low + check) & 0xFF or not 0 < length <= MAX_LENGTH:
            return self._cut(2, 'bad')
        return self._body(7, length)

    def _body(self, at, length):
        end = at + length + 1
        if len(self._buffer) < end:
            return None
        body = bytes(self._buffer[at:end])
        if sum(body) & 0xFF or body[0] != HOST_TO_CHIP:
            return self._cut(2, 'bad')
        return self._cut(end, 'command', body[1:-1])

    def _cut(self, length, kind, data=b''):
        del self._buffer[:length]
        return kind, data
