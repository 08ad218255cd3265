"""A tap: carries the handshake over one NFC link and tells the pin what came of it.

Owns one session from the activated link to its end. `tap_stack` loads it and gives it links, `handshake` says what to send
and what to answer, the friend book keeps the result. What happened is told only after the link is down, because drawing
takes time that the other pin would spend waiting; by then it has long been on flash.
"""
import asyncio

from micropython import const

import snep
from firmware.social.handshake import Handshake, Outcome, Own
from firmware.system.storage import StorageError
from llcp.errors import LLCPError, NotLLCP
from llcp.link import LLCP
from snep import SNEPError

PUT_MS = const(1000)                            # a peer that takes longer for one answer is given up
SILENCE_MS = const(300)                         # a peer that has something to say has begun by then
LINGER_MS = const(400)                          # how long the target waits for the initiator to end the link


class Tap:
    """`wearer` and `book` are the pin's; `figures()` gives what it tells of itself today; `clock` tells day and hour."""

    def __init__(self, wearer, book, figures, clock, random_bytes, events, log):
        self._wearer, self._book, self._figures, self._clock = wearer, book, figures, clock
        self._random_bytes, self._events, self._log = random_bytes, events, log

    async def session(self, mac, asked=True):
        """Serve the link `mac`; `asked`: the wearer wanted a tap. True where there is nothing to repeat: friends, met again,
        or refused for good."""
        self._log.info('tap', 'link up as ' + mac.role)
        self._events.publish('tap', 'link')
        try:
            link = LLCP(mac)
        except NotLLCP as error:
            self._log.info('tap', str(error))
            await mac.close()
            return False
        card = self._wearer.card
        own = Own(self._wearer.device_id, self._wearer.secret, card.to_vcard() if card else b'', self._figures(),
                  card.strip if card else b'')
        exchange = _Exchange(link, Handshake(own, self._book, self._random_bytes, self._clock.day(), asked,
                                             self._clock.hour()), self._log)
        await exchange.run(mac.role)
        self._tell(exchange.outcomes)
        return exchange.settled

    def _tell(self, outcomes):
        for outcome in outcomes:
            if outcome.friend:
                self._events.publish('friend' if outcome.new else 'met_again', outcome.friend)
            if outcome.sentence:
                self._events.publish('notice', outcome.sentence)
        in_doubt = any(outcome.in_doubt for outcome in outcomes)
        self._events.publish('tap', 'in_doubt' if in_doubt else 'done')


class _Exchange:
    """The conversation on one link. `outcomes` of the handshake in their order; `settled`: it need not be repeated."""

    def __init__(self, link, handshake, log):
        self._link, self._handshake, self._log = link, handshake, log
        self._heard = asyncio.Event()           # the peer said something
        self.outcomes = []
        self.settled = False

    async def run(self, role):
        serving = asyncio.create_task(snep.serve(self._link, self._take))
        watching = asyncio.create_task(self._watch())
        self._link.start()
        try:
            await self._converse()
            if role == 'target' and self.settled:
                await self._linger()
        finally:                                # whatever happened, no link outlives its session
            await self._link.close()
            serving.cancel()
            watching.cancel()

    async def _converse(self):
        try:
            await self._speak()
            self.settled = True
        except SNEPError as error:
            self._add(self._handshake.refused(error.code))
            self.settled = True
        except LLCPError as error:
            self._log.info('tap', str(error))
            self._add(self._handshake.broken())
            self.settled = self._handshake.hopeless
        except StorageError as error:
            self._log.error('tap', str(error))
            self._add(Outcome(sentence=str(error)))
            self.settled = True

    async def _speak(self):
        """My half: HELLO, and READY once the peer's HELLO is here; then wait for the peer's READY."""
        handshake, client = self._handshake, snep.Client(self._link)
        hello = handshake.hello()
        if hello is None:
            await self._without_card()
            return
        await client.put(hello, PUT_MS)
        handshake.hello_delivered()
        while (ready := handshake.ready()) is None:
            await self._hear()
        self._log.info('tap', 'cards exchanged')
        await client.put(ready, PUT_MS)
        handshake.ready_delivered()
        while not handshake.done:
            again = handshake.ready()           # for an old friend's pin that has lost its half of the pair key
            if again:
                await client.put(again, PUT_MS)
                handshake.ready_delivered()
            else:
                await self._hear()

    async def _without_card(self):
        """Wait until the peer's HELLO is refused (`_take`), or it has left. One without a card has nothing to say either."""
        try:
            await asyncio.wait_for_ms(self._heard.wait(), SILENCE_MS)
        except asyncio.TimeoutError:
            if self._link.connected:
                await self._heard.wait()
        if not self.outcomes:
            self._add(self._handshake.received(b''))

    async def _hear(self):
        """Wait until the peer has said something. Raises LLCPError where the link ended instead."""
        await self._heard.wait()
        self._heard.clear()
        if self._link.reason:
            raise LLCPError(self._link.reason)

    async def _watch(self):
        await self._link.closed()
        self._heard.set()

    async def _linger(self):
        try:
            await asyncio.wait_for_ms(self._link.closed(), LINGER_MS)
        except asyncio.TimeoutError:
            self._log.info('tap', 'the initiator holds the link; closing it')

    async def _take(self, message):
        """The peer put a message; what it leads to is on flash when this returns the answer's code."""
        outcome = self._handshake.received(message)
        self._add(outcome)
        self._heard.set()
        return outcome.code

    def _add(self, outcome):
        if outcome.reason:
            self._log.info('tap', outcome.reason)
        if outcome.friend:
            self._log.info('tap', ('friends with ' if outcome.new else 'met again: ') + outcome.friend.name)
        if outcome.friend or outcome.sentence or outcome.in_doubt:
            self.outcomes.append(outcome)
