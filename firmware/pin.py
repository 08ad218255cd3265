"""The running pin: has its services built on a board and looks after them.

Owns what connects the services while they run; how they are put together stands in `assembly`. Started by main.py. Three
ways to run: the whole pin; `system.safe_mode` (name tag, phones and cable), after a crash loop, with the button held at
power-on or where the flash can't be used; and where even that is not to be had, a sentence on the screen.
"""
import asyncio
import gc
from time import sleep_ms, ticks_ms

from canvas import Canvas
from firmware import VERSION
from firmware.system import crash_loop
from firmware.system.events import Events
from firmware.system.journal import forget
from firmware.system.log import Log
from firmware.system.overlay import borrow
from firmware.system.storage import StorageError
from firmware.system.supervisor import Supervisor
from firmware.ui.assets import Assets
from firmware.ui.button import Button
from firmware.ui.model import Model
from firmware.ui.stage import Stage

SAFE_MODE = 'The pin stopped three times in a row. Hold the button to start again.'
SAFE_BY_BUTTON = 'You held the button. Hold it again to start the pin.'
WORKINGS = ('settings', 'about', 'crash')       # what `ui.workings` knows and `ui.source` does not
HELD_MS, LOOK_MS = 1_000, 20
GARBAGE = 8_192                                 # bytes of it after which it is collected, so that the heap stays in one piece
KEEP_S = 30                                     # between two looks whether the friend book wants to be tidied


class Pin:
    """A pin on `board` (firmware.boards.board.Board); `frame` is a bytearray for its display's frame buffer.

    What is public is so for `assembly`, `safe_mode`, `ui` and `companion`; where there is but a sentence, what
    they ask for may be None.
    """

    def __init__(self, board, frame):
        self.board = board
        board.display.advance()
        self.canvas = Canvas(board.display.width, board.display.height, frame)
        self.log = Log(board.write_line, ticks_ms)
        self.events = Events(self.log)
        self.journals = []
        self.storage = self.facts = self.quiet = self.progress = self.rendezvous = self.companion = None
        self.model = Model()
        self.model.pin_name = 'Pin %02X%02X' % (board.unique_id[-2], board.unique_id[-1])
        self.supervisor = Supervisor(self.log, board.feed_watchdog, ticks_ms)
        self.supervisor.add('button', Button(board.button, self.events).run)
        self.log.info('pin', '%s, %s' % (self.model.pin_name, board.name))

    def assemble(self):
        """Build the services, before the event loop, because imports take stack. What builds them leaves the heap again."""
        trouble = self._reason_for_safe_mode()
        if not trouble:
            try:
                basics = borrow('firmware.basics')
                self.storage, self.journals, known = basics.opened(self, True)
                self.facts = basics.Basics(*known)
                stage = self.stage()
                if self.facts.wearer.card:      # the name at once, and then the rest, which takes longer
                    asyncio.run(self._show_first(stage))
                gc.collect()
                gc.threshold(GARBAGE)
                self.board.complete()
                borrow('firmware.assembly').build(self, stage)
                self._connect()
            except StorageError as error:
                self.log.error('pin', str(error))
                trouble = str(error)
        if trouble:
            self._be_safe(trouble)

    def stage(self):
        """The Stage on the board's display, which shows what the facts say that there are."""
        board = self.board
        return Stage(board.display, self.canvas, board.backlight, Assets(log=self.log), self.model, self._fill, self.events,
                     self.log, rows=self.rows)

    def _fill(self, model):
        if self.facts:
            self.facts.fill(model)

    async def _show_first(self, stage):
        try:
            await stage.open()
        except Exception as error:              # noqa: BLE001  the supervisor tries it again
            self.log.error('pin', 'The first picture failed.', error)

    def _reason_for_safe_mode(self):
        if crash_loop.wants_safe_mode(self.board.crash_memory()):
            return SAFE_MODE
        if self.board.woken:                    # by a press that may last
            return ''
        for _ in range(HELD_MS // LOOK_MS):     # who has just restarted the pin still holds it
            if self.board.button.value():
                return ''
            sleep_ms(LOOK_MS)
        return SAFE_BY_BUTTON

    async def run(self):
        """Run until the power goes."""
        await self.supervisor.run()

    # ---- what connects the services
    def _connect(self):
        self._follow_settings(None)
        self.supervisor.add('health', self._become_healthy)
        for topic, handler in (('settings', self._follow_settings), ('gesture', self._on_gesture),
                               ('button', self._on_button), ('action', self._on_action)):
            self.events.subscribe(self, topic, handler)

    def _follow_settings(self, _):
        facts, get = self.facts, self.facts.settings.get
        facts.clock.zone_minutes = get('zone_minutes')
        facts.clock.day_start_hour = get('day_start_hour')
        facts.motion.counting = get('count_steps')
        facts.motion.gain = get('step_gain')

    def steps_memory(self, data=None):
        """The part of the RTC's memory that belongs to the steps: read it, or write `data`."""
        memory = self.board.crash_memory()
        return crash_loop.kept(memory) if data is None else self.board.crash_memory(crash_loop.keeping(memory, data))

    def _on_gesture(self, kind):
        if kind in ('bump', 'double_tap'):
            self.rendezvous.request(deliberate=kind == 'double_tap')

    def _on_button(self, kind):
        if kind == 'reset':
            self._restart()

    def _on_action(self, action):
        """What the wearer asked for on a screen."""
        if action[0] == 'tap':
            self.rendezvous.request(deliberate=True)
        elif borrow('firmware.ui.actions').do(self, self.events, *action):
            self._restart()

    async def rows(self, *wants):
        """What a screen wants to know, see ui.screens."""
        if wants[0] in WORKINGS:
            return borrow('firmware.ui.workings').rows(self, *wants)
        return await borrow('firmware.ui.source').rows(self, *wants)

    def _restart(self):
        """A reset on purpose, which counts for no crash."""
        self.board.crash_memory(crash_loop.healthy(self.board.crash_memory()))
        self.board.reset()

    async def _become_healthy(self):
        """Say what a reboot left unsaid; and once all has run for a while, forget the crashes of before."""
        if self.board.problem:
            self.log.warning('pin', self.board.problem)
            self.events.publish('notice', self.board.problem)
        self.log.info('pin', 'up, Cloud Pin ' + VERSION)        # `make deploy` waits for it
        self.progress.start()
        borrow('firmware.companion.wishes').begin(self)
        await asyncio.sleep(crash_loop.HEALTHY_AFTER_S)
        if self.supervisor.healthy():
            self.board.crash_memory(crash_loop.healthy(self.board.crash_memory()))
        self.log.info('flash', 'kB written so far: '
                      + ', '.join(['%s %d' % (journal.name, journal.wear // 1024) for journal in self.journals]))
        while True:                             # with much to tidy this takes minutes, a little at a time
            await self.quiet.wait()
            await self.facts.book.keep()
            for journal in self.journals:
                await journal.tend()
            forget()
            await asyncio.sleep(KEEP_S)

    # ---- safe mode
    def _be_safe(self, trouble):
        """Build as much of safe mode as is to be had, at least the sentence `trouble`."""
        self.model.trouble = trouble
        self.log.warning('pin', trouble)
        self.events.subscribe(self, 'button', self._on_button_in_safe_mode)
        if not crash_loop.wants_least(self.board.crash_memory()):
            try:
                borrow('firmware.system.safe_mode').build(self)
                return
            except Exception as error:          # noqa: BLE001  it may be just that which crashes
                self.log.error('pin', 'Safe mode has nothing but a sentence.', error)
        self.facts = None
        self.supervisor.add('ui', self.stage().run, vital=True)

    def _on_button_in_safe_mode(self, kind):
        if kind == 'long':
            self._restart()


def run(board, frame):
    """Run a pin on `board` with `frame` as its frame buffer. What stops it is logged and raised."""
    pin = Pin(board, frame)
    try:
        pin.assemble()
        asyncio.run(pin.run())
    except KeyboardInterrupt:                   # somebody at the console wants the prompt, and may mend what crashed
        board.crash_memory(crash_loop.healthy(board.crash_memory()))
        board.hold_watchdog()
    except Exception as error:
        pin.log.error('pin', 'The pin stopped.', error)
        raise
