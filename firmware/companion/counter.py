"""Serving phones: a line at a time, and the news to all of them.

Owns nothing that lasts: what waits is the desk's. Borrowed by `desk` while there is something to do and for a little longer,
because to load what serves a line takes longer than the radio's interval. A tap ends it at once, since that needs the heap,
but in no line of an answer. Who has got no part of one yet is served after the tap; the others are told to ask again.
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
TAPPED = 'A tap came in between. Ask again.'
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
            if desk.asked:
                await _serve(desk, requests, *desk.asked.pop(0))
            elif link:
                _hear(desk, link)
            elif desk.due():
                await _publish(desk, module, desk.due(taking=True))
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
        if desk.work():                         # which came in the very moment in which the wait was over
            return True
        try:
            await asyncio.wait_for_ms(desk.call.wait(), LOOK_MS)
            return True
        except asyncio.TimeoutError:
            if desk.session.pin.rendezvous.busy or not desk.session.server.links:
                break
    return False


def _hear(desk, link):
    """Take the next piece of what a phone has said; what it makes whole is asked."""
    known = desk.lines.get(link.conn)
    if not known or known[0] is not link:
        known = desk.lines[link.conn] = (link, lines.Lines(LINE_BYTES))
    piece = desk.hear(link)
    if piece is None:
        known[1].forget()
        desk.asked.append((link, LOST))
    else:
        desk.asked += [(link, TOO_LONG if line is None else line) for line in known[1].feed(piece)]


async def _serve(desk, requests, link, line):
    """Answer a line, or say what there is to say instead."""
    session, begun = desk.session, []

    async def send(message):
        if 'part' in message:
            begun[:] = [message['id']]
        await _send(desk, link, message)
    try:
        if isinstance(line, dict):
            await send(line)
        else:
            await requests.answer(line, send, Phone(session, link))
    except asyncio.CancelledError:
        desk.asked.insert(0, (link, {'id': begun[0], 'error': TAPPED, 'code': 'no_memory'} if begun else line))
        raise
    except OSError:                             # the link is gone
        pass
    except MemoryError:
        gc.collect()
        session.pin.log.warning('radio', 'No memory for a request.')
    except Exception as error:                  # noqa: BLE001  nothing that a phone says stops the pin
        session.pin.log.error('radio', 'A request failed.', error)


async def _send(desk, link, message):
    session = desk.session
    line = json.dumps(message, separators=(',', ':')).encode() + b'\n'
    desk.speaking = True
    try:
        await session.server.notify(link, session.handles[REPLY], line)
    finally:
        desk.speaking = False
    if 'part' in message and session.pin.rendezvous.busy:   # which has waited for the end of this one
        raise asyncio.CancelledError


async def _publish(desk, module, one):
    """One of the news, to every phone that is bound."""
    session, (topic, value) = desk.session, one
    try:
        message = await module.event(session.pin, topic, value)
        for link in tuple(session.server.links.values()):
            if link.secure:
                await _tell(desk, link, topic, value, message)
    except asyncio.CancelledError:
        desk.put_back(one)
        raise
    except Exception as error:                  # noqa: BLE001  a bad record must not stop the rest
        session.pin.log.error('radio', 'An event could not be told.', error)


async def _tell(desk, link, topic, value, message):
    server, handles = desk.session.server, desk.session.handles
    try:
        if message:
            await _send(desk, link, message)
        if topic == 'battery':
            await server.notify(link, handles[BATTERY], bytes([value or 0]))
    except OSError:                             # that one is gone
        pass
