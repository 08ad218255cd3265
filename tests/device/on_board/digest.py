"""In front of the other texts that `make deploy` runs on a board: checksums, and what is in a pack (see lib/pack.py)."""
import binascii
import hashlib
import struct


def digest(path, at=0, size=1 << 30):
    """SHA-256 of a file, or of `size` bytes of it, in hex."""
    total, buffer = hashlib.sha256(), memoryview(bytearray(4096))
    with open(path, 'rb') as file:
        file.seek(at)
        while size:
            count = file.readinto(buffer[:min(size, 4096)])
            if not count:
                break
            total.update(buffer[:count])
            size -= count
    return binascii.hexlify(total.digest()).decode()


def entries(head):
    """[(key, place, size)] of the modules in a pack that begins with `head`; the last one's size is larger than it is."""
    magic, count, folders, _, crc = struct.unpack('<4sHHII', head[:16])
    index = head[16:16 + 8 * count]
    if magic != b'CPK1' or binascii.crc32(index) != crc:
        raise ValueError('this is no pack, or it is damaged')
    found = [struct.unpack_from('<II', index, 8 * number) for number in range(folders, count)]
    ends = [at for _, at in found[1:]] + [1 << 30]
    return [(key, at, end - at) for (key, at), end in zip(found, ends)]


def modules(path):
    """{key: (place, size)} of a pack; empty where there is none, or it is damaged."""
    try:
        with open(path, 'rb') as file:
            head = file.read(16)
            head += file.read(8 * struct.unpack_from('<H', head, 4)[0])
        return {key: (at, size) for key, at, size in entries(head)}
    except (OSError, ValueError):
        return {}
