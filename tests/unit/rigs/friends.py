"""A friend book in memory, friends to put into it, its upkeep step by step, and all of it as a file for other programs."""
from firmware.social import export
from firmware.social.friend import Figures, Friend
from firmware.social.friends import FriendBook
from firmware.system.journal import Journal
from firmware.system.log import Log


class Quiet:
    """Always; and `finish` gets its turn between two slices."""

    def now(self):
        return True

    async def wait(self):
        await _Slice()


class _Slice:
    def __await__(self):
        yield


def finish(coroutine, meanwhile=lambda: None, slices=None):
    """Run `coroutine` to its end, with `meanwhile()` between its slices, and return its result; or drop it after `slices`."""
    try:
        while slices is None or slices > 0:
            if coroutine.send(None) is None:
                meanwhile()
                slices = slices and slices - 1
        coroutine.close()
    except StopIteration as end:
        return end.value
    return None


def opened(files, log=None):
    """The book on `files` (MemoryFiles), after power-on."""
    files.power_on()
    log = log or Log(str)
    storage = files.storage()
    storage.quiet = Quiet()
    return FriendBook(Journal(storage, 'friends', 1, log), log, storage)


def device(number):
    return b'device %09d' % number


def friend(number, session=1, day=9000, card=b'vcard', steps=1000):
    return Friend(device(number), f'Friend {number}', card, Figures(steps, 1, 2, 0), b'session%d' % session, day)


def values(entry):
    """What a Friend holds, to compare."""
    return entry and {**vars(entry), 'figures': entry.figures.numbers(), 'stands': None}


def table(book):
    """The whole book as CSV, who was met first comes first."""
    return export.csv_header() + b''.join(map(export.csv_row, reversed(book.page(0, book.count))))


def vcards(book):
    """The whole book as vCards."""
    return b''.join(map(export.vcard_of, reversed(book.page(0, book.count))))
