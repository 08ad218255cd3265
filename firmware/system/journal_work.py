"""What a journal does seldom: rewriting its log, at once or in slices, and moving its tail to the log.

Owns nothing; works on a Journal. Loaded by `journal` for as long as it takes.
"""
from micropython import const

from firmware.system import records
from firmware.system.lane import Lane
from firmware.system.storage import StorageError

_HEADER_SIZE = const(14)


def rewriting(journal, pairs, placed):
    """A new log of `pairs`, and of what is appended meanwhile, takes the place of log and tail. Yields None after each
    piece, and at its end where those of `pairs` end. Raises StorageError."""
    from firmware.system.journal_opening import header
    _finish(journal)
    base = mark = journal.next
    before, end, count = journal.base, _HEADER_SIZE, 0
    writer = journal.storage.writer(journal.name + '.new')
    try:
        writer.write(header(journal.version, base))
        for kind, payload in pairs:
            data = records.encode(kind, payload, base + end)
            writer.write(data)
            if placed:
                placed(end)
            end += len(data)
            count += 1
            yield
        size = end
        while mark < journal.next and journal.base == before:
            kind, payload = journal.read(mark - before)
            data = records.encode(kind, payload, base + end)
            writer.write(data)
            mark += len(data)
            end += len(data)
            count += 1
            yield
        if journal.base != before:
            raise StorageError('%s was rewritten twice at once.' % journal.name)
        writer.close()
        _take_place(journal, base, end)
        journal.count = count
    finally:
        writer.abandon()
    yield size


def _take_place(journal, base, end):
    """The new log is whole: it becomes the log."""
    storage, name = journal.storage, journal.name
    journal.ready = False
    if journal.damaged:
        if journal.tail.next:
            storage.create(name + '.tail.bad', journal.tail.everything())
        storage.rename(name + '.log', name + '.bad')
    storage.rename(name + '.new', name + '.log')
    journal.tail.clear()
    journal.end = journal.written = end
    journal.base, journal.next = base, base + end
    journal.torn, journal.damaged, journal.ready = 0, False, True


async def rewrite_in_slices(journal, pairs, placed):
    """See Journal.rewrite_in_slices."""
    journal.get_ready()
    size, steps, journal.busy = journal.size, rewriting(journal, pairs, placed), True
    try:
        for end in steps:
            if end is not None:
                return end - size
            await journal.pause()
    finally:
        journal.busy = False
        steps.close()


def fold(journal, data):
    """Move the tail to the log, followed by `data`, in one write. Raises StorageError."""
    _finish(journal)
    begin = journal.base + journal.end
    if begin == journal.next and not data:
        return
    end = journal.end + journal.next - begin + len(data)
    rest = max(0, journal.written - end)        # of a torn end
    journal.storage.write(journal.name + '.log', journal.end, _chain(journal.tail.pieces(begin, journal.next), data, rest))
    journal.end, journal.written = end, end + rest
    journal.tail.clear()


def _chain(pieces, data, zeros):
    yield from pieces
    yield data
    for begin in range(0, zeros, 64):
        yield bytes(min(64, zeros - begin))


def _finish(journal):
    """Do at once what is left of a folding in slices."""
    for _ in journal.work:
        pass
    journal.work = ()


def _folding(journal):
    """`fold` in slices, for what is in the tail by now."""
    begin, following = journal.base + journal.end, journal.next
    end = journal.end + following - begin
    writer = journal.storage.writer(journal.name + '.log', journal.end)
    try:
        for piece in _chain(journal.tail.pieces(begin, following), b'', journal.written - end):
            writer.write(piece)
            yield
        writer.close()
        journal.end, journal.written = end, max(journal.written, end)
    finally:
        writer.abandon()


async def tend(journal):
    """See Journal.tend."""
    lane, pairs, journal.put_off = journal.tail, journal.put_off, None
    if pairs:
        await rewrite_in_slices(journal, pairs(), None)
    if not isinstance(lane, Lane):
        return
    from firmware.system import lane_work
    if journal.work or lane_work.crowded(lane):
        journal.work = journal.work or _folding(journal)
        for _ in journal.work:
            await journal.pause()
        journal.work = ()
    while True:
        await journal.pause()
        block = None if journal.busy else lane_work.outdated(lane, journal.base + journal.end, journal.next)
        if block is None:
            return
        lane_work.erase(lane, block)
