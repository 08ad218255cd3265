"""Requests to the pin and their answers, over whatever carries bytes: lines, ids, parts, events, time-outs.

Owns the protocol's rules on the laptop's side. Used by `commands` over a link of `radio`, and by tests over other carriers.
"""
import asyncio
import json

from assets.companion.cli.description import LIMITS, Wrong

TRIES, AGAIN_S = 3, 3                           # where the pin has no memory left
LOST = 'The connection to the pin is lost. Bring it closer and try again.'


class RequestError(Wrong):
    """The pin refused: its sentence, and `code` of the protocol's errors."""

    def __init__(self, code, sentence):
        super().__init__(sentence)
        self.code = code


class Client:
    """`await send(data)` brings bytes to the pin; `received` takes what comes from it, `lost` is called when the link ends.

    One request is under way at a time. `events` are those that came, oldest first.
    """

    def __init__(self, send, answer_s=LIMITS['answer_s']):
        self._send = send
        self._answer_s = answer_s
        self._rest = b''
        self._lines = asyncio.Queue()
        self._id = 0
        self.events = []

    def received(self, data):
        """Bytes from the pin, cut anywhere."""
        *lines, self._rest = (self._rest + bytes(data)).split(b'\n')
        for line in lines:
            self._take(line)
        if len(self._rest) > LIMITS['line_bytes']:
            self._rest = b''

    def lost(self):
        """The link is gone: whoever waits is told."""
        self._lines.put_nowait(None)

    def _take(self, line):
        try:
            message = json.loads(line)
        except ValueError:                      # torn; the request ends by its time-out
            return
        if isinstance(message, dict):
            if 'event' in message:
                self.events.append(message)
            else:
                self._lines.put_nowait(message)

    async def ask(self, do, act=None, **fields):
        """(the dict of 'ok', list of parts). The time-out begins anew with each part. Asks again where the pin had no memory
        left, which a picture on its screen may need that will soon be gone. Raises RequestError or Wrong."""
        for _ in range(TRIES - 1):
            try:
                return await self._ask_once(do, act, fields)
            except RequestError as error:
                if error.code != 'no_memory':
                    raise
            await asyncio.sleep(AGAIN_S)
        return await self._ask_once(do, act, fields)

    async def _ask_once(self, do, act, fields):
        self._id = self._id % LIMITS['id'] + 1
        request = {'id': self._id, 'do': do, **({'act': act} if act else {}), **fields}
        data = json.dumps(request, ensure_ascii=False, separators=(',', ':')).encode() + b'\n'
        if len(data) > LIMITS['line_bytes']:
            raise Wrong(f'This is more than the pin takes at once: {len(data)} bytes, {LIMITS["line_bytes"]} are the most.')
        await self._send(data)
        parts = []
        while True:
            message = await self._next()
            if message.get('id') is None and 'error' in message:        # a line that the pin could make nothing of
                raise RequestError(message.get('code', ''), message['error'])
            if message.get('id') != self._id:
                continue                        # of a request that was given up
            if 'part' in message:
                parts.append(message['part'])
            elif 'error' in message:
                raise RequestError(message.get('code', ''), message['error'])
            else:
                return message.get('ok', {}), parts

    async def _next(self):
        try:
            message = await asyncio.wait_for(self._lines.get(), self._answer_s)
        except TimeoutError:
            raise Wrong(f'The pin did not answer within {self._answer_s} seconds. Bring it closer and try again.') from None
        if message is None:
            raise Wrong(LOST)
        return message


async def all_pages(client, do, act, **fields):
    """Yield (ok, parts) of each page of a list with a cursor, to its end."""
    cursor, more = fields.pop('cursor', ''), True
    while more:
        ok, parts = await client.ask(do, act, cursor=cursor, **fields)
        yield ok, parts
        cursor, more = ok['cursor'], ok['more']


async def everybody(client):
    """(friends as dicts, who was met first comes first; ids of who is blocked). Begins again where somebody was forgotten
    meanwhile."""
    known, ok = {}, {'count': -1}
    while len(known) > ok['count']:
        async for ok, parts in all_pages(client, 'friends', 'page'):
            if ok['fresh']:
                known = {}
            known.update((friend['id'], friend) for part in parts for friend in part)
    return list(known.values()), ok['blocked']


async def exported(client, format):
    """The friend book as the bytes of a file, 'vcard' or 'csv'."""
    text = []
    async for ok, parts in all_pages(client, 'friends', 'export', format=format):
        text = parts if ok['fresh'] else text + parts
    return ''.join(text).encode()
