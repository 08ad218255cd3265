"""How two pins find each other: armed and asleep, or for two seconds after a wish looking and listening by turns.

Owns the NFC chip. Whoever is activated or activates gets a session; which of the two a pin was matters to nobody after
that. Runs as a service under the supervisor; gestures and the button ask for a burst with `request`. The session itself
is `tap`'s. Why the listening time is random: two pins that are knocked together start within 20 ms of each other, and
with fixed periods both look and both listen for ever (nfcpy's fixed cadence never meets when started together).
"""
import asyncio
from time import ticks_add, ticks_diff, ticks_ms

from micropython import const

from firmware.social.burst_budget import BurstBudget
from pn532 import DEP, ChipMute, InitiatorMAC, PN532Error, StatusError, TargetMAC, WrongChip

BURST_MS = const(2000)
AFTER_BROKEN_MS = const(1500)                   # a tap that broke is tried again for at least this long
LISTEN_MS = (20, 120)
QUIET_MS = const(1500)                          # after a session the same bump, noticed late, starts no second one
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1, 60


class Rendezvous:
    """`session(mac)` is awaited for each link and returns True where the two pins came to an end with each other.

    chip: pn532.PN532; general_bytes: what both roles tell of their LLCP; random_bytes: os.urandom or alike.
    """

    def __init__(self, chip, session, general_bytes, random_bytes, events, log):
        self._chip, self._session, self._general_bytes = chip, session, general_bytes
        self._random_bytes, self._events, self._log = random_bytes, events, log
        self._budget = BurstBudget(ticks_ms())
        self._wanted = False
        self._busy = False
        self._quiet_until_ms = ticks_ms()
        self.enabled = True
        self.working = False

    def request(self, deliberate=False):
        """Somebody bumped the pin (or asked on purpose): look for another pin, if the budget allows it."""
        if not (self.working and self.enabled) or self._wanted or self._busy:
            return
        if not deliberate and ticks_diff(self._quiet_until_ms, ticks_ms()) > 0:
            return
        if self._budget.take(ticks_ms(), deliberate):
            self._wanted = True
            self._chip.end_wait()
        else:
            self._log.info('nfc', 'no burst: too many lately')

    async def run(self):
        """The service: starts the chip, serves whoever comes, and keeps trying where the chip fails."""
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                await self._chip.begin()
                self._log.info('nfc', 'PN532 ' + self._chip.version + ' is ready')
                self.working = True
                pause_s = FIRST_PAUSE_S
                while True:
                    await self._round()
            except OSError as error:            # PN532Error, or the bus itself
                self._failed(error, pause_s)
            await asyncio.sleep(pause_s)
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)

    def _failed(self, error, pause_s):
        self.working = self._wanted = False
        text = str(error) if isinstance(error, PN532Error) else 'The bus to the NFC chip failed: ' + str(error)
        self._log.error('nfc', '%s Next try in %d s.' % (text, pause_s))
        if pause_s == FIRST_PAUSE_S and isinstance(error, (ChipMute, WrongChip)):
            self._events.publish('notice', 'Taps are off: the NFC chip does not answer.')

    async def _round(self):
        if self._wanted:
            met = False
            try:
                met = await self._burst()
            finally:
                self._wanted = False
                self._budget.ended(ticks_ms(), met)
        else:
            await self._listen(None)

    async def _burst(self):
        """Look and listen by turns. True once a session came to its end."""
        self._log.info('nfc', 'looking for another pin')
        end_ms = ticks_add(ticks_ms(), BURST_MS)
        while ticks_diff(end_ms, ticks_ms()) > 0:
            done = await self._look()
            if done is None:
                low, high = LISTEN_MS
                random_ms = low + int.from_bytes(self._random_bytes(2), 'little') % (high - low + 1)
                done = await self._listen(random_ms)
            if done:
                return True
            if done is False and ticks_diff(end_ms, ticks_ms()) < AFTER_BROKEN_MS:
                end_ms = ticks_add(ticks_ms(), AFTER_BROKEN_MS)
        return False

    async def _look(self):
        """Poll once, unless somebody else does. None: nobody there; else whether the session came to its end."""
        if (await self._chip.general_status()).field:
            return None
        try:
            peer = await self._chip.jump_for_dep(self._general_bytes)
        except StatusError as error:
            self._log.info('nfc', str(error))
            peer = None
        if peer is None:
            await self._chip.rf_off()
            return None
        return await self._serve(InitiatorMAC(self._chip, peer))

    async def _listen(self, timeout_ms):
        """Be armed for `timeout_ms` (None: until a burst is wanted). None: nobody came; else as `_look`."""
        await self._chip.arm(self._general_bytes)
        activation = await self._chip.wait_activation(timeout_ms)
        if activation is None:
            activation = await self._chip.abort()
        if activation is None:
            return None
        if activation.kind != DEP:
            self._log.info('nfc', 'somebody read the pin who is no pin (mode %02X)' % activation.mode)
            return None
        return await self._serve(TargetMAC(self._chip, activation))

    async def _serve(self, mac):
        self._busy = True
        try:
            done = await self._session(mac)
        finally:
            self._busy = False
        if done:
            self._quiet_until_ms = ticks_add(ticks_ms(), QUIET_MS)
        return done
