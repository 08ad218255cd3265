"""A companion's side of the Cloud Pin service: requests and replies as JSON lines over one link.

Owns the numbering of requests and the cutting of lines into writes. Used through `Phone.open`.
"""
import asyncio
import json

SERVICE = 'c10d0000-5e1f-4b7a-9a52-6d1e0f3a7c42'
INFO, REQUEST, REPLY = (f'c10d000{number}{SERVICE[8:]}' for number in (1, 2, 3))
ANSWER_S = 10


class RequestError(Exception):
    """The pin's answer is an error: `code` and the sentence."""

    def __init__(self, code, sentence):
        super().__init__(f'{code}: {sentence}')
        self.code, self.sentence = code, sentence


class Client:
    """`events`: the pin's events, in order; `lines`: all that it said, as bytes; `parts`: those of the latest answer."""

    def __init__(self, link):
        self.link, self.phone = link, link.phone
        self.events, self.lines, self.parts = [], [], []
        self._rest, self._next, self._waiting = b'', 1, {}

    async def start(self):
        await self.link.subscribe(REPLY, self._heard)

    def _heard(self, data):
        *lines, self._rest = (self._rest + data).split(b'\n')
        for line in lines:
            self.lines.append(line)
            said = json.loads(line)
            if 'part' in said:
                self.parts.append(said['part'])
                continue
            future = self._waiting.pop(said.get('id'), None)
            if future and not future.done():
                future.set_result(said)
            elif 'event' in said:
                self.events.append(said)

    async def send(self, line):
        """Bytes of one line or more, in as many writes as they take."""
        size = self.link.mtu - 3
        for at in range(0, len(line), size):
            await self.link.write(REQUEST, line[at:at + size])

    async def ask(self, request, timeout_s=ANSWER_S):
        """What the pin answers with `ok`. Raises RequestError, LinkLost, and TimeoutError with a sentence."""
        number, self._next, self.parts = self._next, self._next + 1, []
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        await self.send(json.dumps({'id': number, **request}, ensure_ascii=False).encode() + b'\n')
        try:
            said = await self.link.attempt(asyncio.wait_for(future, timeout_s))
        except TimeoutError:
            raise TimeoutError(f'no answer to {request} in {timeout_s} s') from None
        if 'error' in said:
            raise RequestError(said.get('code'), said['error'])
        return said['ok']
