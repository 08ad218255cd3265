"""The crash-loop counter: how many starts in a row did not come to a good end.

Owns the format of the RTC's memory (which survives resets but not power loss): magic, count, CRC, and then what others keep
there (the steps that are not on flash yet). boot.py counts up, the running pin sets it to zero once it has been well for a
while; three in a row mean safe mode. Plain functions.
"""
import binascii
import struct

CRASHES_TO_SAFE_MODE = 3
CRASHES_TO_STOP = 6                             # safe mode crashes too: no reset helps
HEALTHY_AFTER_S = 90                            # longer than the watchdog and the supervisor's patience together
_FORMAT = '<4sBI'
_MAGIC = b'CPcl'


def _pack(count):
    return struct.pack(_FORMAT, _MAGIC, count, binascii.crc32(bytes([count])))


def count(memory):
    """Starts in a row that are not known to have gone well; 0 where the memory holds nothing of ours."""
    if len(memory) < struct.calcsize(_FORMAT):
        return 0
    magic, starts, crc = struct.unpack_from(_FORMAT, memory)
    return starts if magic == _MAGIC and crc == binascii.crc32(bytes([starts])) else 0


def starting(memory):
    """The memory to write at power-on."""
    return _pack(min(255, count(memory) + 1)) + kept(memory)


def healthy(memory):
    """The memory to write once the pin is well (or is reset on purpose)."""
    return _pack(0) + kept(memory)


def steady(memory):
    """The memory to write once safe mode is well: it may show all it has at the next start, too."""
    return _pack(min(count(memory), CRASHES_TO_SAFE_MODE)) + kept(memory)


def kept(memory):
    """What others keep in it."""
    return memory[struct.calcsize(_FORMAT):]


def keeping(memory, data):
    """The memory to write where others want to keep `data`."""
    return _pack(count(memory)) + data


def wants_safe_mode(memory):
    """Whether this start, already counted, follows too many bad ones."""
    return count(memory) > CRASHES_TO_SAFE_MODE


def wants_least(memory):
    """Whether safe mode itself has not gone well since, so that it is to be but a sentence."""
    return count(memory) > CRASHES_TO_SAFE_MODE + 1


def is_hopeless(memory):
    """Whether even safe mode has crashed again and again."""
    return count(memory) >= CRASHES_TO_STOP
