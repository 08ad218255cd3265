"""NFC Forum Type 4 Tag, read-only: an NDEF message as the two files that a phone reads over ISO-DEP.

Owns the capability container, the NDEF file and which of them is selected; knows nothing of the chip below (its host
hands APDUs in and answers out) nor of what the message says. Used by `firmware.social.tag_session`. Sources: NFC Forum
Type 4 Tag Operation 2.0; ISO 7816-4 for commands and status words. No command of a reader ends the link: what is not
understood has its status word, because phones ask for other applications first and go on.
"""
import struct

from micropython import const

MAX_READ = const(0xF0)                          # MLe: with its status word one TgSetData of the PN532 (262) carries it
MAX_MESSAGE = const(0x7FFD)                     # READ BINARY reaches no further; bit 8 of P1 means something else
APPLICATION = b'\xd2\x76\x00\x00\x85\x01\x01'   # NDEF Tag Application
_CC_FILE = const(0xE103)
_NDEF_FILE = const(0xE104)
_VERSION = const(0x20)
_MAX_WRITE = const(0x34)                        # MLc: some number has to be there; nothing is ever taken
_READ_ONLY = const(0xFF)
_LENGTH_SIZE = const(2)                         # NLEN
_SMALLEST_FILE = const(5)                       # that a capability container may announce

_SELECT = const(0xA4)
_READ_BINARY = const(0xB0)
_WRITES = (0x0E, 0x0F, 0xD0, 0xD1, 0xD6, 0xD7)  # erase, write and update binary
_BY_NAME = b'\x04\x00'                          # P1 P2 of SELECT
_BY_ID = (b'\x00\x0c', b'\x00\x00')

OK = b'\x90\x00'
END_OF_FILE = b'\x62\x82'                       # with the bytes up to there
WRONG_LENGTH = b'\x67\x00'
NOT_ALLOWED = b'\x69\x82'
NOT_FOUND = b'\x6a\x82'
WRONG_P1_P2 = b'\x6a\x86'
WRONG_OFFSET = b'\x6b\x00'
UNKNOWN_INSTRUCTION = b'\x6d\x00'
UNKNOWN_CLASS = b'\x6e\x00'


class Type4Tag:
    """A tag with the NDEF `message` (bytes; empty for an empty tag). Make one for each reader.

    `read`: bytes of the message have reached the reader, as far as the chip can tell. Raises ValueError for a message
    that is too long.
    """

    def __init__(self, message):
        if len(message) > MAX_MESSAGE:
            raise ValueError('A tag holds at most %d bytes, not %d.' % (MAX_MESSAGE, len(message)))
        self._ndef = struct.pack('>H', len(message)) + message
        self._capabilities = struct.pack('>HBHHBBHHBB', 15, _VERSION, MAX_READ, _MAX_WRITE, 4, 6, _NDEF_FILE,
                                         max(_SMALLEST_FILE, len(self._ndef)), 0, _READ_ONLY)
        self._in_application = False
        self._file = None                       # the selected one
        self._offered = False                   # the last answer holds bytes of the message
        self.read = False

    def respond(self, apdu):
        """The answer to any command APDU (bytes-like, of any content): data and status word."""
        self._offered = False
        if len(apdu) < 4:
            return WRONG_LENGTH
        if apdu[0] != 0:
            return UNKNOWN_CLASS
        if apdu[1] == _SELECT:
            return self._select(apdu)
        if apdu[1] == _READ_BINARY:
            return self._read_binary(apdu)
        if apdu[1] in _WRITES:
            return NOT_FOUND if self._file is None else NOT_ALLOWED
        return UNKNOWN_INSTRUCTION

    def delivered(self):
        """The last answer was sent."""
        self.read = self.read or self._offered

    def _select(self, apdu):
        if len(apdu) < 6 or len(apdu) - 5 - apdu[4] not in (0, 1):      # Le may follow the data
            return WRONG_LENGTH
        how, name = bytes(apdu[2:4]), bytes(apdu[5:5 + apdu[4]])
        if how == _BY_NAME:
            if name != APPLICATION:
                return NOT_FOUND                # what was selected before stays so
            self._in_application, self._file = True, None
            return OK
        if how not in _BY_ID:
            return WRONG_P1_P2
        file = self._file_of(name) if self._in_application else None
        if file is None:
            return NOT_FOUND
        self._file = file
        return OK

    def _file_of(self, name):
        if name == struct.pack('>H', _CC_FILE):
            return self._capabilities
        return self._ndef if name == struct.pack('>H', _NDEF_FILE) else None

    def _read_binary(self, apdu):
        if self._file is None:
            return NOT_FOUND
        if len(apdu) != 5:
            return WRONG_LENGTH
        offset, expected = apdu[2] << 8 | apdu[3], apdu[4]              # 0: as many as there are
        if offset >= len(self._file):
            return WRONG_OFFSET
        data = self._file[offset:offset + min(expected or MAX_READ, MAX_READ)]
        end = offset + len(data)
        self._offered = self._file is self._ndef and end > _LENGTH_SIZE
        return data + (END_OF_FILE if end == len(self._file) and len(data) < expected else OK)
