"""The loops of `pixels_native` in plain Python: for ports without machine code, and what that is checked against.

Owns nothing. Used by `image` and `gc9a01` where `pixels_native` cannot be loaded.
"""


def gather(target, source, at, step, wide, rows):
    """Copy `rows` rows of `wide` pixels of two bytes, which lie `step` pixels apart in `source` from pixel `at` on, one after
    the other into `target` (both memoryviews)."""
    start, length = 2 * at, 2 * wide
    for to in range(0, length * rows, length):
        target[to:to + length] = source[start:start + length]
        start += 2 * step
