"""In front of the other texts that `make deploy` runs on a board: the checksum of a file."""
import binascii
import hashlib


def digest(path):
    """SHA-256 of a file in hex."""
    total, buffer = hashlib.sha256(), memoryview(bytearray(4096))
    with open(path, 'rb') as file:
        while True:
            count = file.readinto(buffer)
            if not count:
                return binascii.hexlify(total.digest()).decode()
            total.update(buffer[:count])
