"""Noise on a wire: so many of the bytes that pass come out with one bit turned over.

Owns its own random numbers, so that a run repeats from its seed and chips see the same ones with noise as without. Put on a
bus of `wires` as its `noise`; set by the simulator's page and by tests.
"""
import math


class Noise:
    """`noise(data)` is what arrives. `share` of 0..1: of all bytes. `hits`: how many it has struck."""

    def __init__(self, rng, share):
        if not 0 < share <= 1:
            raise ValueError(f'noise strikes a share of 0 to 1 of the bytes, not {share}')
        self._rng, self.share, self.hits = rng, share, 0
        self._left = self._gap()

    def _gap(self):
        """How many bytes pass before the next that is struck: geometrically distributed, one number a hit."""
        return 0 if self.share == 1 else int(math.log(1 - self._rng.random()) / math.log(1 - self.share))

    def __call__(self, data):
        if self._left >= len(data):
            self._left -= len(data)
            return data
        struck = bytearray(data)
        while self._left < len(struck):
            struck[self._left] ^= 1 << self._rng.randrange(8)
            self.hits += 1
            self._left += 1 + self._gap()
        self._left -= len(struck)
        return bytes(struck)
