"""NFC Forum Type 3 Tag, read-only: an NDEF message as the blocks that a FeliCa reader asks for.

Owns the attribute block and the commands Check and Update; knows nothing of the chip below (its host hands frames in and
answers out) nor of what the message says. Used by `firmware.social.tag_session`, for phones that settle on NFC-F.
Sources: NFC Forum Type 3 Tag Operation; JIS X 6319-4 for the frames.

    Polling   06 00 SYS SYS RC TSN                          -> 12 01 IDm PMm, 14 .. SYS where RC asks for it
    Check     LEN 06 IDm n SERVICE*n m BLOCK*m              -> LEN 07 IDm 00 00 m DATA*m, or 0C 07 IDm STATUS
    Update    LEN 08 IDm ..                                 -> 0C 09 IDm STATUS
"""
import struct

from micropython import const

MAX_BLOCKS = const(3)                           # for each Check: the PN532 passes frames of 64 bytes
BLOCK = const(16)
_POLLING = const(0x00)
_CHECK = const(0x06)
_UPDATE = const(0x08)
_IDM_END = const(10)
_SYSTEM = b'\x12\xfc'                           # NDEF
_SERVICES = (b'\x0b\x00', b'\x09\x00')          # read-only, and read-write, which readers name out of habit
_VERSION = const(0x10)
_WRITE_BLOCKS = const(1)                        # some number has to be there; nothing is ever taken
_NOT_READABLE = b'\x01\xa2'
_NOT_WRITABLE = b'\x01\xa6'


def normalised(frame):
    """`frame` with its length byte, which the chip may or may not have left in place."""
    frame = bytes(frame)
    return frame if frame and frame[0] == len(frame) else bytes((len(frame) + 1 & 0xFF,)) + frame


class Type3Tag:
    """A tag with the NDEF `message` that answers as `idm` (8 bytes, NFCID2 at arming) and `pmm` (8 bytes).

    `read`: bytes of the message have reached the reader, as far as the chip can tell. Make one for each reader.
    """

    def __init__(self, idm, message, pmm=b'\xff' * 8):
        self._idm, self._pmm = bytes(idm), pmm
        self._message = message
        self._blocks = 1 + (len(message) + BLOCK - 1) // BLOCK
        head = struct.pack('>BBBHIHBH', _VERSION, MAX_BLOCKS, _WRITE_BLOCKS, self._blocks - 1, 0, 0, len(message) >> 16,
                           len(message) & 0xFFFF)                       # WriteF 00, RWFlag 00
        self._attributes = head + struct.pack('>H', sum(head))
        self._offered = False                   # the last answer holds bytes of the message
        self.read = False

    def respond(self, frame):
        """The answer to any frame (bytes-like, of any content), with its length byte; b'' where a card says nothing."""
        self._offered = False
        command = normalised(frame)
        code = command[1] if len(command) > 1 else None
        if code == _POLLING:
            return self._polling(command)
        if command[2:_IDM_END] != self._idm:
            return b''
        if code == _CHECK:
            return self._answer(code, self._check(command))
        return self._answer(code, _NOT_WRITABLE) if code == _UPDATE else b''

    def delivered(self):
        """The last answer was sent."""
        self.read = self.read or self._offered

    def _answer(self, code, content):
        return bytes((_IDM_END + len(content), code + 1)) + self._idm + content

    def _polling(self, command):
        if len(command) != 6 or any(wanted not in (0xFF, have) for wanted, have in zip(command[2:4], _SYSTEM)):
            return b''
        body = b'\x01' + self._idm + self._pmm + (_SYSTEM if command[4] == 1 else b'')
        return bytes((len(body) + 1,)) + body

    def _check(self, command):
        """Status, and after a good one the blocks."""
        numbers = _block_numbers(command)
        if not numbers or max(numbers) >= self._blocks:
            return _NOT_READABLE
        self._offered = max(numbers) > 0
        return b''.join([b'\x00\x00', bytes((len(numbers),))] + [self._block(number) for number in numbers])

    def _block(self, number):
        if number == 0:
            return self._attributes
        data = self._message[(number - 1) * BLOCK:number * BLOCK]
        return data + bytes(BLOCK - len(data))


def _block_numbers(command):
    """The numbers of the blocks a Check asks for, or None where it is malformed, of other services or for too many."""
    rest = command[_IDM_END:]
    at = 1 + 2 * rest[0] if rest else 0
    services = [rest[index:index + 2] for index in range(1, at, 2)]
    if not services or len(rest) <= at or not 1 <= rest[at] <= MAX_BLOCKS:
        return None
    if any(service not in _SERVICES for service in services):
        return None
    count, at, numbers = rest[at], at + 1, []
    while len(numbers) < count:
        element = rest[at:at + (2 if rest[at:at + 1] and rest[at] & 0x80 else 3)]
        if len(element) < 2 or element[0] & 0x0F >= len(services) or (len(element) == 2 and not element[0] & 0x80):
            return None
        numbers.append(element[1] if len(element) == 2 else element[1] | element[2] << 8)
        at += len(element)
    return numbers if at == len(rest) else None
