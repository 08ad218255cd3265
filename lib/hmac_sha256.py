"""HMAC-SHA-256 (RFC 2104) for MicroPython, which has the hash but not the code around it.

Owns nothing; used by whoever shares a secret with a peer.
"""
import hashlib

from micropython import const

_BLOCK = const(64)


def hmac_sha256(key, message):
    """The 32-byte code of `message` under `key`, both bytes-like. RFC 4231 has test vectors."""
    if len(key) > _BLOCK:
        key = hashlib.sha256(key).digest()
    key = bytes(key) + bytes(_BLOCK - len(key))
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key))
    inner.update(message)
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in key))
    outer.update(inner.digest())
    return outer.digest()


def same(one, other):
    """Whether two codes are equal, found out in a time that does not tell where they differ."""
    difference = len(one) ^ len(other)
    for a, b in zip(one, other):
        difference |= a ^ b
    return not difference
