"""The NOR flash behind a pin's file system: erase to ones, program to zeros, power cut in the middle of either.

Owns the bytes (a descriptor that MicroPython reads directly) and the wear of each block. Outlives the processor: a pin
boots again on what is left here. Used by `pin`; faults are set by tests.
"""
import os
from collections import Counter

BLOCK = 4096


class PowerCut(Exception):
    """The supply fails at this write; what `Flash` has applied of it stays."""


class Flash:
    """`image` is the first content, followed by `erased` blocks of ones. `cut_at` (index of a write or erase, counted in
    `operations`) cuts the power there: `torn` of 0..1 says how much of that operation still reaches the cells."""

    def __init__(self, image, erased=0):
        if len(image) % BLOCK:
            raise ValueError(f'a flash image is a whole number of {BLOCK}-byte blocks, not {len(image)} bytes')
        self.blocks = len(image) // BLOCK + erased
        self.fd = os.memfd_create('flash')
        os.pwrite(self.fd, image, 0)
        os.pwrite(self.fd, b'\xff' * erased * BLOCK, len(image))
        self.operations = 0
        self.bytes_programmed = 0
        self.erases = Counter()
        self.complaints = []
        self.cut_at = None
        self.torn = 0.0

    def close(self):
        os.close(self.fd)

    def load(self, image, offset=0):
        """Other content from `offset` on, as a flasher writes it to a board that is off."""
        if offset + len(image) > self.blocks * BLOCK:
            raise ValueError('the image does not fit into this flash')
        os.pwrite(self.fd, image, offset)

    def image(self, blocks=None):
        """The content, or that of the first `blocks`, as bytes."""
        return os.pread(self.fd, (self.blocks if blocks is None else blocks) * BLOCK, 0)

    def _share(self, length):
        """How many bytes of this operation take effect; counts it, and tells whether the power fails here."""
        cut = self.cut_at is not None and self.operations >= self.cut_at
        self.operations += 1
        return (int(length * self.torn), True) if cut else (length, False)

    def program(self, offset, data):
        """Clear bits from `offset` on. Raises PowerCut where a test asked for it."""
        old = os.pread(self.fd, len(data), offset)
        share, cut = self._share(len(data))
        new = bytes(a & b for a, b in zip(old, data, strict=True)) if old.count(0xff) != len(old) else data
        if new != data:
            self.complaints.append(f'programmed over cells that were not erased, at {offset:#x}')
        os.pwrite(self.fd, new[:share], offset)
        self.bytes_programmed += share
        if cut:
            raise PowerCut

    def erase(self, block):
        """Set a block to ones. Raises PowerCut where a test asked for it."""
        share, cut = self._share(BLOCK)
        self.erases[block] += 1
        os.pwrite(self.fd, b'\xff' * share, block * BLOCK)
        if cut:
            raise PowerCut
