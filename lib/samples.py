"""The loops over samples of acceleration in plain Python: for ports without machine code, and what `samples_native` is
checked against.

Owns nothing. Samples lie in an array('h') as x, y, z, x, ... in mg, and `begin` and `end` count samples of three. Used by
`qmi8658` and `firmware/motion`, which take these where `samples_native` cannot be loaded.
"""


def scale(target, at, source, words, shift):
    """Put `words` 16-bit readings of `source` (bytes, low byte first) into `target` from index `at` on, times 125 >> shift."""
    for index in range(words):
        value = source[2 * index] | source[2 * index + 1] << 8
        target[at + index] = ((value ^ 0x8000) - 0x8000) * 125 >> shift


def largest_kink(samples, begin, end):
    """The largest second difference of any axis at samples `begin` to `end`; two more must lie before them."""
    return max([abs(samples[at] - 2 * samples[at - 3] + samples[at - 6]) for at in range(3 * begin, 3 * end)], default=0)


def add_up(sums, samples, begin, end):
    """Add samples `begin` to `end` to the three `sums`, an array('i')."""
    for axis in range(3):
        for at in range(3 * begin + axis, 3 * end, 3):
            sums[axis] += samples[at]
