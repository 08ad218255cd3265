"""Serving phones: a line at a time, and the news to all of them.

Owns nothing that lasts: what waits is the desk's. Borrowed by `desk` while there is something to do and for a little longer,
because to load what serves a line takes longer than the radio's interval. A tap ends it: that needs the heap.
"""
import asyncio
import gc
import json

from micropython import const

from firmware.system.overlay import borrow, forget

lines = borrow('gatt.lines')

LINE_BYTES = const(4095)                        # without its end
LINGER_MS = const(1_500)                        # after the last line
LOOK_MS = const(100)                            # between two looks whether a tap has begun
REQUESTS = 'firmware.companion.requests'
BATTERY, REPLY = const(1), const(5)             # places in the handles of `services`

TOO_LONG = {'error': 'The line was too long and is dropped.', 'code': 'too_long'}
LOST = {'error': 'Lines came faster than the pin takes them. Some are dropped.', 'code': 'lost'}


class Phone:
    """What a request knows of the phone that asks: `identity` as in gatt.server.Link, and a `name` for people."""

    def __init__(self, session, link):
        self._session, self._link = session, link
        self.identity = link.identity
        self.name = 'Phone %02X%02X' % (link.identity[2], link.identity[1])

    async def forget(self):
        """End this phone's bond. Raises StorageError."""
        self._session.affair('forget', self._link)


async def serve(desk):
    """Until nothing has come for a while, or a tap begins."""
    session, module = desk.session, borrow(REQUESTS)
    try:
        requests = module.Requests(session.pin)
        while not session.pin.rendezvous.busy:
            link = desk.speaker()
            if link:
                await _hear(desk, requests, link)
            elif desk.due():
                await _publish(session, module, *desk.due(taking=True))
            elif not await _called(desk):
                break
    finally:
        forget(REQUESTS)
        for conn, (link, unfinished) in tuple(desk.lines.items()):
            if unfinished.empty or not link.open:
                del desk.lines[conn]


async def _called(desk):
    """Whether there is something to do within LINGER_MS and no tap meanwhile."""
    for _ in range(LINGER_MS // LOOK_MS):
        desk.call.clear()
        if desk.speaker() or desk.due():        # which came in the very moment in which the wait was over
            return True
        try:
            await asyncio.wait_for_ms(desk.call.wait(), LOOK_MS)
            return True
        except asyncio.TimeoutError:
            if desk.session.pin.rendezvous.busy or not desk.session.server.links:
                break
    return False


async def _hear(desk, requests, link):
    """The next piece of what a phone has said."""
    session, known = desk.session, desk.lines.get(link.conn)
    if not known or known[0] is not link:
        known = desk.lines[link.conn] = (link, lines.Lines(LINE_BYTES))
    piece = desk.hear(link)
    try:
        if piece is None:
            known[1].forget()
            await _send(session, link, LOST)
            return
        for line in known[1].feed(piece):
            if line is None:
                await _send(session, link, TOO_LONG)
            else:
                await _answer(session, requests, link, line)
    except OSError:                             # the link is gone
        pass


async def _answer(session, requests, link, line):
    async def send(message):
        await _send(session, link, message)
    try:
        await requests.answer(line, send, Phone(session, link))
    except OSError:
        raise
    except MemoryError:
        gc.collect()
        session.pin.log.warning('radio', 'No memory for a request.')
    except Exception as error:                  # noqa: BLE001  nothing that a phone says stops the pin
        session.pin.log.error('radio', 'A request failed.', error)


async def _send(session, link, message):
    line = json.dumps(message, separators=(',', ':')).encode() + b'\n'
    await session.server.notify(link, session.handles[REPLY], line)


async def _publish(session, module, topic, value):
    """One of the news, to every phone that is bound."""
    try:
        message = await module.event(session.pin, topic, value)
    except Exception as error:                  # noqa: BLE001  a bad record must not stop the rest
        session.pin.log.error('radio', 'An event could not be told.', error)
        return
    for link in tuple(session.server.links.values()):
        try:
            if message and link.secure:
                await _send(session, link, message)
            if topic == 'battery' and link.secure:
                await session.server.notify(link, session.handles[BATTERY], bytes([value or 0]))
        except OSError:                         # that one is gone
            pass
