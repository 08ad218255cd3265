"""Opening a journal: what a power cut left undone, which schema it is of, where its records are and where they end.

Owns nothing; fills in a Journal's state. Loaded by `journal` when one is opened or replayed.
"""
import binascii
import struct

from micropython import const

from firmware.system import records
from firmware.system.lane import Lane
from firmware.system.scan import WINDOW, Scan
from firmware.system.storage import StorageError

_MAGIC = b'CPJ2'
_HEADER = '>4sHI'
_HEADER_SIZE = const(14)


def header(version, base):
    """The bytes that a log begins with."""
    data = struct.pack(_HEADER, _MAGIC, version, base)
    return data + struct.pack('>I', binascii.crc32(data))


def _read_header(journal):
    """(schema version, base sequence) of the log; a damaged header counts as one of this version with base 0."""
    data = bytearray(_HEADER_SIZE)
    with journal.storage.reader(journal.name + '.log') as reader:
        reader.read_into(0, data)
    magic, version, base = struct.unpack_from(_HEADER, data)
    if magic == _MAGIC and data == header(version, base):
        return version, base
    return journal.version, 0


def generation(journal):
    """The base sequence on flash, 0 where it is not known before a replay. Raises StorageError."""
    if _settle(journal) < journal.version or journal.storage.size(journal.name + '.log') is None:
        return 0                                # to be migrated, or begun
    return _read_header(journal)[1]


def replay(journal, limit, since):
    """See Journal.replay."""
    journal.ready = False
    version = _settle(journal)
    if version < journal.version:
        _migrate(journal, version)
    yield from _walk(journal, limit, since)
    if journal.damaged:
        journal.log.error('journal', '%s is damaged; what is readable is kept.' % journal.name)
    if journal.torn:
        journal.log.warning('journal', '%s: %d torn bytes at the end are dropped.' % (journal.name, journal.torn))
    journal.ready = True


def _settle(journal):
    """Finish what a power cut interrupted and keep a newer log aside; returns the schema version on flash."""
    storage, name = journal.storage, journal.name
    stray = isinstance(journal.tail, Lane) and storage.size(name + '.tail') is not None
    if storage.size(name + '.log') is None:
        if stray:
            storage.rename(name + '.tail', name + '.tail.bad')
        if storage.size(name + '.new') is None:
            return journal.version
        storage.rename(name + '.new', name + '.log')    # cut between the two renames of journal_work.take_place
    version = _read_header(journal)[0]
    if version <= journal.version:
        if stray:
            _adopt(journal)
        return version
    journal.log.error('journal', '%s.log was written by newer firmware (schema %d); it is kept as %s.bad.'
                      % (name, version, name))
    _know_ends(journal)
    journal.damaged = True                      # as something to be kept aside
    _rewrite(journal, ())
    return journal.version


def _know_ends(journal):
    for _ in _walk(journal, 0, 0):
        pass


def _rewrite(journal, pairs):
    from firmware.system.journal_work import rewriting
    for _ in rewriting(journal, pairs, None):
        pass


def _adopt(journal):
    """A tail in a file, of a time when there was no lane, moves to the log."""
    from firmware.system.journal_work import fold
    from firmware.system.tail_file import TailFile
    lane, journal.tail = journal.tail, TailFile(journal.storage, journal.name)
    try:
        _know_ends(journal)
        fold(journal, b'')
        journal.storage.remove(journal.name + '.tail')
    finally:
        journal.tail = lane


def _migrate(journal, version):
    if not journal.migrate:
        raise StorageError('%s.log is of schema %d, which this firmware cannot read.' % (journal.name, version))
    _know_ends(journal)
    _rewrite(journal, _migrated(journal, version))
    journal.log.info('journal', '%s.log migrated from schema %d to %d.' % (journal.name, version, journal.version))


def _migrated(journal, version):
    for kind, payload, _ in _walk(journal, records.MAX_PAYLOAD, 0):
        pair = journal.migrate(version, kind, payload)
        if pair:
            yield pair


def _walk(journal, limit, since):
    """Yield (kind, payload, offset) of log and tail from offset `since` on, and learn where they end."""
    tail = journal.tail
    size = journal.storage.size(journal.name + '.log')
    journal.torn = journal.count = journal.base = 0
    journal.damaged = False
    journal.end = journal.written = size or 0   # believed below where `since` lies in the tail
    if size is not None:
        journal.base = _read_header(journal)[1]
        journal.damaged = not journal.base
        if since <= size or journal.damaged:
            yield from _walk_log(journal, limit, since)
            if since == journal.end < size:     # rubbish of a torn write, where the tail goes on
                yield from _walk_again(journal, limit, since)
                return
    journal.next = journal.base + journal.end
    live = False
    for kind, payload, sequence in tail.scan(limit):
        if not size or sequence < journal.next:
            continue                            # outdated
        if sequence > journal.next:
            if not live and since > size:       # the log has a torn end: look where its records end
                yield from _walk_again(journal, limit, since)
                return
            journal.damaged = True
        live, journal.next = True, tail.next
        if sequence - journal.base >= since:
            journal.count += 1
            yield kind, payload, sequence - journal.base
    journal.torn += tail.torn
    if not size:
        journal.base = max(1, tail.next)        # without a log nothing in the tail counts, nor ever will
        journal.next = journal.base + _HEADER_SIZE
    elif not live:
        tail.clear()


def _walk_log(journal, limit, since):
    """`_walk` for the log alone. A base that the header does not tell is told by the records."""
    with journal.storage.reader(journal.name + '.log') as reader:
        file = records.RecordFile(reader, journal.written, WINDOW)
        scan = Scan(file, max(since, _HEADER_SIZE), journal.base or None)
        for kind, payload, sequence in scan.records(limit):
            journal.base = scan.origin
            journal.count += 1
            yield kind, payload, sequence - journal.base
    journal.base = journal.base or 1
    journal.end = scan.end
    journal.damaged = journal.damaged or scan.skipped > 0
    journal.torn = scan.torn


def _walk_again(journal, limit, since):
    for record in _walk(journal, limit, 0):
        if record[2] >= since:
            yield record
