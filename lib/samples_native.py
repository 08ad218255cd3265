"""The loops over samples of acceleration, 250 times a second all day, as machine code; `samples` is their plain twin.

Owns nothing. Used by `qmi8658` and `firmware/motion`, which take the twin where a port cannot load this module. Arguments are
not checked. Readings are unsigned to viper: with the sign's bit turned over they are the value and 0x8000.
"""


@micropython.viper
def scale(target, at: int, source, words: int, shift: int):  # see samples
    to = ptr16(target)
    of = ptr16(source)
    index = 0
    while index < words:
        to[at + index] = ((of[index] ^ 0x8000) - 0x8000) * 125 >> shift
        index += 1


@micropython.viper
def largest_kink(samples, begin: int, end: int) -> int:  # see samples
    of = ptr16(samples)
    most = 0
    at = 3 * begin
    stop = 3 * end
    while at < stop:
        kink = (of[at] ^ 0x8000) - 2 * (of[at - 3] ^ 0x8000) + (of[at - 6] ^ 0x8000)
        if kink < 0:
            kink = 0 - kink
        if kink > most:  # noqa: PLR1730  max is a function, of objects
            most = kink
        at += 1
    return most


@micropython.viper
def add_up(sums, samples, begin: int, end: int):  # see samples
    to = ptr32(sums)
    of = ptr16(samples)
    at = 3 * begin
    stop = 3 * end
    while at < stop:
        to[0] += (of[at] ^ 0x8000) - 0x8000
        to[1] += (of[at + 1] ^ 0x8000) - 0x8000
        to[2] += (of[at + 2] ^ 0x8000) - 0x8000
        at += 3
