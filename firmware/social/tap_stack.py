"""The modules that carry a tap, loaded while one may come: a tenth of the heap, which others need at other times.

Owns the Tap and when it is there. Loading takes longer than a tap should wait, 0.2 s on a board by a rough model. So where the
heap has room for everything, it stays once it is loaded. Else it is there

* while the pin is worn (or can't tell), its wearer lets it hang, and no phone is connected, whose requests need the room;
* not for some seconds after a start, each press and tap, and whenever somebody has no room: screens and celebrations need it;
* from a bump or wish to the end of the burst in any case, loaded while the radio searches; and from the link on, where the
  other pin has come without a wish of this one.

`rendezvous` asks for it and hands over its links. Loading goes part by part, from the leaves up, and between two parts
everybody else gets a turn. Runs as a service under the supervisor, which starts it again where a part can't be loaded.
"""
import asyncio
import gc
from time import ticks_diff, ticks_ms

from micropython import const

from firmware.system.journal import forget as forget_journals
from firmware.system.overlay import forget

PARTS = ('plain_text', 'vcard', 'llcp', 'llcp.errors', 'llcp.pdu', 'llcp.connection', 'llcp.link', 'snep', 'ndef_message',
         'hmac_sha256', 'firmware.social.pair_key', 'firmware.social.messages', 'firmware.social.handshake',
         'firmware.social.tap')
LOOKING_MS = const(20_000)                      # so long after a press or a tap screens are drawn; then the display is dim
ROOMY = const(600_000)                          # bytes of heap that hold everything at once
PIECE_BYTES = const(2048)                       # longer than anything in a conversation
# whether the others, and the radio, are to make more room; and how many pieces the conversation should have beside the code
TRIES = ((None, 8), (False, 8), (True, 3), (True, 0))
ROOM_MS = const(30)                             # in which the radio is switched off
_PATIENCE_MS = const(1000)                      # a link whose Tap is not there by then is given up


class TapStack:
    """`needs`: what tap.Tap is made from, in its order; the last two are the Events and the Log."""

    def __init__(self, *needs):
        self._needs = needs
        self._events, self._log = needs[-2:]
        self._tap = None
        self._there, self._changed = asyncio.Event(), asyncio.Event()
        self._links = self._garbage = 0
        self._wished = self._phone = False
        self._worn = True
        self._scarce = gc.mem_free() + gc.mem_alloc() < ROOMY
        self._looked_ms = ticks_ms()            # when the wearer last pressed, tapped or switched on; None: long ago
        for topic, handler in (('worn', self._on_worn), ('phone', self._on_phone), ('button', self._on_look),
                               ('touch', self._on_look), ('room', self._on_room)):
            self._events.subscribe(self, topic, handler)

    def wish(self, wished):
        """Somebody looks for another pin from now on (True), or no longer."""
        self._wished = wished
        self._changed.set()

    async def session(self, mac, asked):
        """Serve the link `mac` as tap.Tap.session does, and return what that returns."""
        self._links += 1
        if not self._tap:
            self._events.publish('tap', 'wish')     # whoever can make room for it, should
        self._changed.set()
        try:
            if not await self._loaded():
                await mac.close()
                return False
            done = await self._tap.session(mac, asked)
        finally:
            self._links -= 1
            self._changed.set()
        if done:
            self._wished = False
            self._on_look(None)                 # which forgets it before the celebration is loaded
        return done

    async def _loaded(self):
        if not self._tap:
            try:
                await asyncio.wait_for_ms(self._there.wait(), _PATIENCE_MS)
            except asyncio.TimeoutError:
                self._log.error('tap', 'A tap was lost: its code could not be loaded.')
                return False
        return True

    async def run(self):
        """The service: loads and forgets as things change."""
        self._garbage = self._garbage or gc.threshold()     # the usual one: at the first start nobody has put off anything
        while True:
            self._changed.clear()
            looking_ms = self._looking_ms()
            if self._scarce and not self._in_use() and (looking_ms or self._phone or not self._worn):
                self._forget()
            elif not self._tap:
                await self._load_or_make_room()
            await self._until_changed(looking_ms)

    def _in_use(self):
        return self._links or self._wished

    def _forget(self):
        self._tap = None
        self._there.clear()
        for name in reversed(PARTS):
            forget(name)

    def _looking_ms(self):
        """How much longer the wearer may look at something else."""
        left_ms = 0 if self._looked_ms is None else LOOKING_MS - ticks_diff(ticks_ms(), self._looked_ms)
        if left_ms <= 0:
            self._looked_ms = None              # else a week without a press would look like the future
        return max(0, left_ms)

    async def _until_changed(self, looking_ms):
        try:
            if looking_ms:
                await asyncio.wait_for_ms(self._changed.wait(), looking_ms)
            else:
                await self._changed.wait()
        except asyncio.TimeoutError:
            pass

    def _on_worn(self, worn):
        self._worn = worn
        self._changed.set()

    def _on_phone(self, connected):
        self._phone = connected
        self._changed.set()

    def _on_look(self, _):
        self._looked_ms = ticks_ms()
        self._changed.set()
        if self._scarce and self._tap and not self._in_use():
            self._forget()                      # at once, before the screen is loaded that this leads to

    def _on_room(self, who):
        """Others have no room (a bool: it is this that asks): they go before a tap that may come."""
        if who not in (True, False):
            self._on_look(None)

    async def _load_or_make_room(self):
        """Load, and leave room for a conversation; where there is too little, others make more, and at last the radio goes,
        whose phones come again. Half of it never stays."""
        if self._scarce:
            forget_journals()
        for more, pieces in TRIES:
            if more is not None:
                self._forget()
                self._log.info('tap', 'makes room for its code')
                self._events.publish('room', more)
            if self._scarce:
                await asyncio.sleep_ms(ROOM_MS if more else 0)  # for those who make room
                gc.collect()                    # else it would lie in splinters between what goes
            try:
                await self._load(pieces if self._scarce else 0)
                return
            except MemoryError:
                pass
        self._forget()

    async def _load(self, pieces):
        began_ms = ticks_ms()
        room = [bytearray(PIECE_BYTES) for _ in range(pieces)]
        gc.threshold(-1)                        # a collection takes longer than a part, and little of this is garbage
        try:
            for name in PARTS:
                module = __import__(name, None, None, ('Tap',))
                await asyncio.sleep_ms(1)
        finally:
            gc.threshold(self._garbage)
        del room
        self._tap = module.Tap(*self._needs)
        self._there.set()
        self._log.info('tap', 'loaded in %d ms' % ticks_diff(ticks_ms(), began_ms))
