"""A page's phone in the simulator: what Web Bluetooth would do, over a WebSocket instead. Runs in the world's thread.

Messages are those of the page's SimulatorTransport (assets/companion/transport.js): up connect, passkey and line; down
need_passkey, connected, line, closed and error, the last three of which end with a sentence where something went wrong. The
phone is the world's own, with its stack and its bonds; so whatever the pin refuses a phone, it refuses the page.
"""
import asyncio
import json

from tests.setup.step import ROOT
from tests.simulator.radio.phone import LinkLost, Refused

PROTOCOL = json.loads((ROOT / 'assets/companion/protocol.json').read_text())
UUIDS, LINE_BYTES = PROTOCOL['uuids'], PROTOCOL['limits']['line_bytes']
DIGITS = 6
PIN_OR_KEY_MISSING = 0x06                       # HCI: one of the two has lost the bond
ATT_HEADER_BYTES = 3


class PhoneSession:
    """One WebSocket. `phone` is a phone of the world, `pin` the pin it is for, or None where there is none of that name."""

    def __init__(self, phone, pin, send):
        self._phone, self._pin, self._send = phone, pin, send
        self._link = None
        self._digits = None
        self._rest = b''
        self._lines = asyncio.Queue()
        self._task = None

    # ---- what the page says ----
    def take(self, message):
        """A message of the page. What it may not say is answered by an error."""
        doings = {'connect': self._connect, 'passkey': self._passkey, 'line': self._line}
        doing = doings.get(message.get('type'))
        if doing is None:
            self._error('The page says something that the simulator does not know. Load it again.')
        else:
            doing(message)

    def _connect(self, _message):
        if self._pin is None:
            self._error('There is no pin of that name in the simulator.')
        elif self._task is None:
            self._task = self._phone.world.loop.spawn(self._serve())

    def _passkey(self, message):
        digits = message.get('digits')
        if not isinstance(digits, str) or len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
            digits = None                       # as if nothing had been typed
        if self._digits and not self._digits.done():
            self._digits.set_result(digits)

    def _line(self, message):
        text = message.get('text')
        data = text.encode('utf-8', 'replace') + b'\n' if isinstance(text, str) else b''
        if not 1 < len(data) <= LINE_BYTES or b'\n' in data[:-1]:
            self._error(f'A line for the pin is one JSON text of at most {LINE_BYTES - 1} bytes.')
        else:
            self._lines.put_nowait(data)

    def closed(self):
        """The page has gone; so does its link."""
        if self._task:
            self._task.cancel()

    # ---- what the phone does ----
    async def _serve(self):
        """A link from its beginning to its end."""
        name = self._pin.name
        for other in [link for link in self._phone.links if link.pin is self._pin]:
            await other.disconnect()            # of a page that was opened before
        try:
            self._link = link = await self._phone.connect(self._pin)
        except TimeoutError:
            self._error(f'{name} does not answer. Press its button to wake it, and try again.')
            return
        try:
            info = json.loads(await link.read(UUIDS['info']))
            await self._secure()
            await link.subscribe(UUIDS['reply'], self._take_bytes)
            self._send({'type': 'connected', 'info': info})
            await self._carry_lines()
        except Refused as problem:
            self._error(self._refusal(problem))
        except LinkLost as problem:
            self._send({'type': 'closed', 'reason': f'The link to {name} is over ({problem}).'})
        finally:
            self._phone.world.loop.spawn(link.disconnect())

    def _refusal(self, problem):
        if problem.kind == 'smp' and self._digits:
            return f'{self._pin.name} was not bound: it showed other digits. Look at it and try again.'
        return (f'{self._pin.name} did not let this phone in ({problem}). Choose Bind a phone in its settings, and type the '
                'six digits that it shows.')

    async def _secure(self):
        """Encrypt with the bond, or pair with the digits that the page asks its reader for. As a phone does, pair anew where
        the pin has lost the bond."""
        if self._phone.knows(self._pin):
            try:
                await self._link.encrypt()
                return
            except Refused as problem:
                if problem.code != PIN_OR_KEY_MISSING:
                    raise
                self._phone.forget(self._pin)
        await self._link.pair(self._ask)

    async def _ask(self):
        self._digits = asyncio.get_running_loop().create_future()
        self._send({'type': 'need_passkey'})
        return await self._digits

    async def _carry_lines(self):
        while True:
            data = await self._link.attempt(self._lines.get())
            size = self._link.mtu - ATT_HEADER_BYTES
            for at in range(0, len(data), size):
                await self._link.write(UUIDS['request'], data[at:at + size])

    def _take_bytes(self, data):
        *lines, self._rest = (self._rest + data).split(b'\n')
        for line in filter(None, lines):
            self._send({'type': 'line', 'text': line.decode('utf-8', 'replace')})

    def _error(self, sentence):
        self._send({'type': 'error', 'reason': sentence})
