"""How two pins find each other: armed and asleep, or for two seconds after a wish looking and listening by turns.

Owns the NFC chip. Whoever is activated or activates gets a session; which of the two a pin was matters to nobody after
that. Runs as a service under the supervisor; gestures and the button ask for a burst with `request`. The session itself
is `tap_stack`'s. Why the listening time is random: two pins that are knocked together start within 20 ms of each other, and
with fixed periods both look and both listen for ever (nfcpy's fixed cadence never meets when started together).
"""
import asyncio
from time import ticks_add, ticks_diff, ticks_ms

from micropython import const

from firmware.social.burst_budget import BurstBudget
from pn532 import DEP, ChipMute, InitiatorMAC, LinkLost, PN532Error, StatusError, TargetMAC, WrongChip

BURST_MS = const(2000)
AFTER_BROKEN_MS = const(1500)                   # a tap that broke is tried again for at least this long ...
LONGEST_BURST_MS = const(6000)                  # ... but a peer that breaks each one does not hold the field for ever
LISTEN_MS = (20, 120)
MORE_LOOKS = const(4)                           # at once, where somebody answered and frames were lost
FIELD_OFF_MS = const(5)                         # so long a field must be off to have a target begin anew (ISO 14443-3)
UNTIL_NEXT_LOOK_MS = const(170)                 # the longest listening and the look after it
QUIET_MS = const(1500)                          # after a session the same bump, noticed late, starts no second one
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1, 60
STEADY_MS = const(5000)                         # a chip that has worked for so long is started again at once when it fails
RENEW_S = const(120)                            # an armed chip that lost its state or its bus says nothing: look after it


class Rendezvous:
    """`stack.session(mac, asked)` is awaited for each link and returns True where the two pins came to an end with each
    other; `asked`: the wearer wanted a tap.

    chip: pn532.PN532; stack: tap_stack.TapStack; tag: tag.Tag, for phones; general_bytes: what both roles tell of their LLCP;
    random_bytes: os.urandom or alike.
    """

    def __init__(self, chip, stack, tag, general_bytes, random_bytes, events, log):
        self._chip, self._stack, self._tag, self._general_bytes = chip, stack, tag, general_bytes
        self._random_bytes, self._events, self._log = random_bytes, events, log
        self._budget = BurstBudget(ticks_ms())
        self._wanted = False
        self._busy = False
        self._shown_ms = 0                      # of the burst's time, for phones
        self._quiet_until_ms = ticks_ms()
        self._company = False                   # somebody else's field was there instead of the last look
        self.enabled = True
        self.renew_s = RENEW_S                  # at night more seldom, see system.power
        self.working = False

    @property
    def busy(self):
        """Whether a tap is wished for or under way, or a phone reads the pin: what can wait, waits."""
        return self._wanted or self._busy

    def request(self, deliberate=False):
        """Somebody bumped the pin (or asked on purpose): look for another pin, if the budget allows it."""
        if not (self.working and self.enabled) or self.busy:
            return
        if not deliberate and ticks_diff(self._quiet_until_ms, ticks_ms()) > 0:
            return
        if self._budget.take(ticks_ms(), deliberate):
            self._wanted = True
            self._events.publish('tap', 'wish')
            self._stack.wish(True)
            self._chip.end_wait()
        else:
            self._log.info('nfc', 'no burst: too many lately')

    async def run(self):
        """The service: starts the chip, serves whoever comes, and keeps trying where the chip fails."""
        pause_s = FIRST_PAUSE_S
        while True:
            wished = False
            try:
                await self._chip.begin()
                self._log.info('nfc', 'PN532 ' + self._chip.version + ' is ready')
                self.working = True
                ready_ms = ticks_ms()
                while True:
                    wished = self._wanted
                    await self._round()
            except OSError as error:            # PN532Error, or the bus itself
                text = str(error) if isinstance(error, PN532Error) else 'The bus to the NFC chip failed: ' + str(error)
                if self.working and ticks_diff(ticks_ms(), ready_ms) > STEADY_MS:
                    self._log.error('nfc', text + ' Starting it again.')
                    self._over()
                    self.working, self._wanted, pause_s = False, wished, FIRST_PAUSE_S
                    continue
                self._failed(error, text, pause_s)
            await asyncio.sleep(pause_s)
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)

    def _failed(self, error, text, pause_s):
        self.working = False
        self._chip.link.quiet = True            # nothing is expected from it until then
        self._over()
        self._log.error('nfc', '%s Next try in %d s.' % (text, pause_s))
        if pause_s == FIRST_PAUSE_S and isinstance(error, (ChipMute, WrongChip)):
            self._events.publish('notice', 'Taps are off: the NFC chip does not answer.')

    def _over(self):
        """Nobody looks any more, and no link is up."""
        self._wanted = False
        self._stack.wish(False)
        self._events.publish('tap', 'over')

    async def _round(self):
        if self._wanted:
            met = False
            try:
                met = await self._burst()
            finally:
                self._over()
                self._budget.ended(ticks_ms(), met, by_phone=self._shown_ms > 0)
        else:
            await self._rest()

    async def _rest(self):
        """Be armed until somebody came, a burst is wanted, or it is time to see to the chip."""
        alarm = asyncio.create_task(self._alarm())      # a time-out of the wait itself would tick a hundred times a second
        try:
            done = await self._listen(None)
            due = alarm.done()
            if done and self._wanted:           # the bump of this very tap was noticed while it went on
                self._budget.ended(ticks_ms(), True)
                self._over()
        finally:
            alarm.cancel()
        if due and not self._wanted:
            await self._chip.configure()

    async def _alarm(self):
        await asyncio.sleep(self.renew_s)
        self._chip.end_wait()

    async def _burst(self):
        """Look and listen by turns. True once a session came to its end."""
        self._log.info('nfc', 'looking for another pin')
        self._stack.wish(True)                  # once more, where the chip has been started again
        end_ms = ticks_add(ticks_ms(), BURST_MS)
        latest_ms = ticks_add(ticks_ms(), LONGEST_BURST_MS)
        self._shown_ms = 0
        while ticks_diff(end_ms, ticks_ms()) + self._shown_ms > 0:
            done = await self._look()
            if done is None:
                done = await self._listen(self._patience_ms())
            if done:
                return True
            if done is False:
                if ticks_diff(end_ms, ticks_ms()) < AFTER_BROKEN_MS and ticks_diff(latest_ms, ticks_ms()) > 0:
                    end_ms = ticks_add(ticks_ms(), AFTER_BROKEN_MS)
        return False

    def _patience_ms(self):
        """How long to listen: a random time, but where somebody looks already, until they have looked once more."""
        if self._company:
            return UNTIL_NEXT_LOOK_MS
        low, high = LISTEN_MS
        return low + int.from_bytes(self._random_bytes(2), 'little') % (high - low + 1)

    async def _look(self):
        """Poll, unless somebody else does: once, and again at once where somebody was heard and then lost. None: nobody there;
        else whether the session came to its end."""
        somebody = False
        for _ in range(1 + MORE_LOOKS):
            self._company = await self._chip.field_there()
            if self._company:
                return None
            mac = await self._find()
            if mac:
                return await self._serve(mac)
            somebody = somebody or await self._chip.somebody_answered()
            await self._chip.rf_off()
            if not somebody:
                return None
            await asyncio.sleep_ms(FIELD_OFF_MS)
        return None

    async def _find(self):
        """Poll once: an InitiatorMAC at 424 kbit/s, or None. The field stays on."""
        try:
            peer = await self._chip.jump_for_dep(self._general_bytes)
            if peer is None:
                return None
            mac = InitiatorMAC(self._chip, peer)
            await mac.speed_up()
            return mac
        except (StatusError, LinkLost) as error:
            self._log.info('nfc', str(error))
            return None

    async def _listen(self, timeout_ms):
        """Be armed for `timeout_ms` (None: until a burst is wanted). None: nobody came; else as `_look`."""
        if timeout_ms is None:
            timeout_ms = await self._chip.until_field()
            if timeout_ms == 0:
                return None
        await self._chip.arm(self._general_bytes)
        activation = await self._chip.wait_activation(timeout_ms)
        if activation is None:
            activation = await self._chip.abort()
        if activation is None:
            return None
        if activation.kind != DEP:
            await self._show(activation)
            return None
        return await self._serve(TargetMAC(self._chip, activation))

    async def _show(self, activation):
        """Let a phone read the pin. It takes nothing from a burst, and what it knocks on the case starts none."""
        began_ms = ticks_ms()
        self._busy = True
        try:
            read = await self._tag.serve(self._chip, activation)
        finally:
            self._busy = False
            self._shown_ms += ticks_diff(ticks_ms(), began_ms)
        if read:
            self._quiet_until_ms = ticks_add(ticks_ms(), QUIET_MS)

    async def _serve(self, mac):
        self._busy = True
        try:
            done = await self._stack.session(mac, self._wanted)
        finally:
            self._busy = False
            if not self._wanted:
                self._over()
        if done:
            self._chip.change_identity()        # nobody can follow a pin from one meeting to the next
            self._quiet_until_ms = ticks_add(ticks_ms(), QUIET_MS)
        return done
