"""Frames between host and PN532: built into and parsed in buffers that the caller owns.

Owns the format of user manual section 6.2.1 and nothing else; the same bytes travel over SPI, I2C and UART. Used by
`dialogue` (what to say) and the links (how many bytes to fetch). Buffers are memoryviews, so that a checksum costs one
call of `sum`. No function here allocates what a frame announces.

    normal    00 00 FF LEN LCS TFI PD0..PDn DCS 00          LEN + LCS = 0, TFI + PD.. + DCS = 0 (mod 256)
    extended  00 00 FF FF FF LENM LENL LCS TFI PD.. DCS 00  LENM + LENL + LCS = 0
    ACK       00 00 FF 00 FF 00
    NACK      00 00 FF FF 00 00
    error     00 00 FF 01 FF 7F 81 00
"""
from micropython import const

ACK_FRAME = b'\x00\x00\xff\x00\xff\x00'
NACK_FRAME = b'\x00\x00\xff\xff\x00\x00'

# What a parse can find. TIMEOUT is the links' own: nothing arrived.
TIMEOUT = const(0)
NOTHING = const(1)          # no start of a frame as far as was looked
PARTIAL = const(2)          # fine so far, `Parser.missing` more bytes are needed
BAD = const(3)              # a checksum, length or direction is wrong
ACK = const(4)
NACK = const(5)
ERROR = const(6)            # the chip's "syntax error"
RESPONSE = const(7)         # `Parser.code`, and data from `Parser.start` to `Parser.end`

MAX_LENGTH = const(265)     # TFI, code and up to 263 bytes of data
MAX_DATA = const(263)
LONGEST = const(275)        # an extended frame of MAX_LENGTH with preamble and postamble
SPARE = const(1)            # free byte ahead of a frame: SPI's operation code, I2C's status byte
ACK_SIZE = const(6)
_HUNT = const(24)           # so many bytes are searched for the start of a frame
RECEIVE_SIZE = const(300)   # SPARE + _HUNT + LONGEST
_TO_CHIP = const(0xD4)
_TO_HOST = const(0xD5)


def build(buffer, code, parts):
    """Write the frame of command `code` with the bytes-like `parts` as data behind SPARE bytes; return its length.

    Raises ValueError where the data is more than a frame carries.
    """
    length = 2
    for part in parts:
        length += len(part)
    if length > MAX_LENGTH:
        raise ValueError('A PN532 command carries at most %d bytes, not %d.' % (MAX_DATA, length - 2))
    at = _header(buffer, length)
    buffer[at] = _TO_CHIP
    buffer[at + 1] = code
    end = at + 2
    for part in parts:
        buffer[end:end + len(part)] = part
        end += len(part)
    buffer[end] = -_sum(buffer, at, end) & 0xFF
    buffer[end + 1] = 0
    return end + 2 - SPARE


def _header(buffer, length):
    """Write everything ahead of TFI; return the index of TFI."""
    buffer[SPARE] = buffer[SPARE + 1] = 0
    buffer[SPARE + 2] = 0xFF
    at = SPARE + 3
    if length > 255:
        buffer[at] = buffer[at + 1] = 0xFF
        buffer[at + 2] = length >> 8
        at += 3
    buffer[at] = length & 0xFF
    buffer[at + 1] = -((length >> 8) + length) & 0xFF
    return at + 2


def _sum(buffer, start, end):
    return sum(buffer[start:end]) & 0xFF


class Parser:
    """Finds the first frame in a buffer. One instance serves all frames; the fields hold until the next `parse`."""

    def __init__(self):
        self.missing = 0
        self.hunting = True         # PARTIAL or NOTHING without even the start of a frame
        self.code = 0
        self.start = 0
        self.end = 0

    def parse(self, buffer, end):
        """Look at `buffer` from SPARE to `end`; returns one of the kinds above. Bytes ahead of 00 FF are skipped."""
        at = _after_start_code(buffer, end)
        self.hunting = not at
        if not at:
            return self._need(ACK_SIZE) if end - SPARE < _HUNT else NOTHING
        if end < at + 2:
            return self._need(at + 2 - end)
        first, second = buffer[at], buffer[at + 1]
        if first == 0x00 and second == 0xFF:
            return ACK
        if first == 0xFF and second == 0x00:
            return NACK
        if first == 0xFF and second == 0xFF:
            return self._extended(buffer, at + 2, end)
        if (first + second) & 0xFF:
            return BAD
        return self._content(buffer, at + 2, first, end)

    def _need(self, count):
        self.missing = count
        return PARTIAL

    def _extended(self, buffer, at, end):
        if end < at + 3:
            return self._need(at + 3 - end)
        if (buffer[at] + buffer[at + 1] + buffer[at + 2]) & 0xFF:
            return BAD
        return self._content(buffer, at + 3, buffer[at] << 8 | buffer[at + 1], end)

    def _content(self, buffer, at, length, end):
        """TFI to DCS: `length` bytes from index `at`, then the checksum."""
        if not 1 <= length <= MAX_LENGTH or at + length >= len(buffer):
            return BAD
        if end <= at + length:
            return self._need(at + length + 1 - end)
        if _sum(buffer, at, at + length + 1):
            return BAD
        if length == 1:
            return ERROR if buffer[at] == 0x7F else BAD
        if buffer[at] != _TO_HOST:
            return BAD
        self.code = buffer[at + 1]
        self.start = at + 2
        self.end = at + length
        return RESPONSE


def _after_start_code(buffer, end):
    """The index behind the first 00 FF, or 0. Only the first _HUNT bytes are searched."""
    for index in range(SPARE + 1, min(end, SPARE + _HUNT)):
        if buffer[index] == 0xFF and buffer[index - 1] == 0x00:
            return index + 1
    return 0
