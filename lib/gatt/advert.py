"""What is advertised, as bytes. Formats from the Bluetooth Core Specification Supplement, part A, section 1. Owns nothing."""
import struct

MOST = 31                                       # bytes of a legacy advertisement
FLAGS, WHOLE_128_BIT_UUIDS, WHOLE_NAME = 0x01, 0x07, 0x09
GENERAL_NO_BR_EDR = 0x06                        # general discoverable, LE alone


def payload(uuid, name):
    """The advertisement of a service (`uuid`: 16 bytes, least significant first) by a device called `name`. Raises ValueError
    where that is too long."""
    data = b''.join([struct.pack('BB', len(value) + 1, kind) + value for kind, value in (
        (FLAGS, bytes([GENERAL_NO_BR_EDR])), (WHOLE_128_BIT_UUIDS, bytes(uuid)), (WHOLE_NAME, name.encode()))])
    if len(data) > MOST:
        raise ValueError('An advertisement of %d bytes; %d are the most.' % (len(data), MOST))
    return data
