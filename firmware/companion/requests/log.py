"""The request 'log': what happened on the pin. Borrowed by `serving`."""
import asyncio

from micropython import const

from firmware.system.log import FILE, OLDER

_WINDOW = const(1024)                           # bytes that are read at once; longer than a line
_LINES = const(4)                               # of a part: 200 characters each, and what goes before


async def _page(pin, values, part, link):
    if values['of'] == 'memory':
        lines = pin.log.lines()
        for at in range(0, len(lines), _LINES):
            await part(lines[at:at + _LINES])
        return {}
    for name in (OLDER, FILE):
        if pin.storage.size(name):
            await _tell_file(pin.storage, name, part)
    return {}


async def _tell_file(storage, name, part):
    """A file line by line. It may grow meanwhile, or become the older one: then lines may come twice."""
    window, at = bytearray(_WINDOW), 0
    while True:
        with storage.reader(name) as reader:
            count = reader.read_into(at, window)
        end = window.rfind(b'\n', 0, count) + 1 or count
        if not end:
            return
        at += end
        lines = [_decoded(line) for line in bytes(window[:end]).split(b'\n') if line]
        for first in range(0, len(lines), _LINES):
            await part(lines[first:first + _LINES])
        await asyncio.sleep_ms(0)


def _decoded(line):
    try:
        return str(line, 'utf-8')
    except UnicodeError:
        return '(a line that cannot be read)'


ACTS = (('page', _page, (('of', 'choice', ('memory', 'flash'), None, 'memory'),)),)
