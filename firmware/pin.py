"""The running pin: builds the services from a board and looks after them.

Owns the wiring between services, and nothing of what they do. Started by main.py. Three ways to run: the whole pin; safe
mode, after a crash loop or with the button held at power-on, with nothing but the screen; and trouble, where the flash
can't be used and the screen says so.
"""
import asyncio
from time import ticks_ms

import llcp
from canvas import Canvas
from firmware.facts import Facts
from firmware.motion.motion import Motion
from firmware.motion.step_store import VERSION as STEPS_SCHEMA
from firmware.motion.step_store import StepStore
from firmware.motion.steps import StepDays
from firmware.social import card, friends, rewards, tag
from firmware.social.progress import Progress
from firmware.social.rendezvous import Rendezvous
from firmware.social.tap import Tap
from firmware.system import crash_loop, settings
from firmware.system.battery import Battery
from firmware.system.clock import Clock
from firmware.system.events import Events
from firmware.system.journal import Journal
from firmware.system.log import Log
from firmware.system.storage import Storage, StorageError
from firmware.system.supervisor import Supervisor
from firmware.ui.assets import Assets
from firmware.ui.button import Button
from firmware.ui.model import Model
from firmware.ui.stage import Stage

SAFE_MODE = 'The pin stopped three times in a row. Hold the button to start again.'
SAFE_BY_BUTTON = 'You held the button. Hold it again to start the pin.'


class Pin:
    """A pin on `board` (firmware.boards.board.Board); `frame` is a bytearray for its display's frame buffer."""

    def __init__(self, board, frame):
        self._board = board
        self._canvas = Canvas(board.display.width, board.display.height, frame)
        self.log = Log(board.write_line, ticks_ms)
        self._events = Events(self.log)
        self._model = Model()
        self._model.pin_name = 'Pin %02X%02X' % (board.unique_id[-2], board.unique_id[-1])
        self._supervisor = Supervisor(self.log, board.feed_watchdog, ticks_ms)
        self._supervisor.add('button', Button(board.button, self._events).run)
        self.log.info('pin', '%s, %s' % (self._model.pin_name, board.name))

    async def run(self):
        """Run until the power goes."""
        trouble = self._reason_for_safe_mode()
        if not trouble:
            try:
                self._build()
            except StorageError as error:
                self.log.error('pin', str(error))
                trouble = str(error)
        if trouble:
            self._build_safe_mode(trouble)
        await self._supervisor.run()

    def _reason_for_safe_mode(self):
        if crash_loop.wants_safe_mode(self._board.crash_memory()):
            return SAFE_MODE
        return '' if self._board.button.value() else SAFE_BY_BUTTON

    # ---- the whole pin
    def _build(self):
        storage = Storage('/data')
        self.log.keep_on(storage)
        self._settings = settings.Settings(self._journal(storage, 'settings', settings.SCHEMA), self.log)
        self._clock = Clock(self._board.rtc, ticks_ms)
        self._follow_settings(None)
        self._wearer = card.Wearer(self._journal(storage, 'card', card.SCHEMA), self.log, self._board.random_bytes)
        self._book = friends.FriendBook(self._journal(storage, 'friends', friends.SCHEMA), self.log)
        self._rewards = rewards.Rewards(self._journal(storage, 'rewards', rewards.SCHEMA), self.log)
        self._build_motion(storage)
        self._battery = Battery(self._board.battery_mv, self._events, self.log)
        facts = Facts(self._wearer, self._book, self._rewards, self._motion, self._battery, self._settings, self._clock,
                      self._model.pin_name)
        self._build_tap(facts, storage)
        self._progress = Progress(self._book, self._motion.days, self._wearer, self._rewards, self._events, self.log)
        self._add_stage(facts.fill)
        self._supervisor.add('battery', self._battery.run)
        self._supervisor.add('health', self._become_healthy)
        self._events.subscribe(self, 'settings', self._follow_settings)
        self._events.subscribe(self, 'gesture', self._on_gesture)
        self._events.subscribe(self, 'button', self._on_button)

    def _journal(self, storage, name, schema):
        return Journal(storage, name, schema, self.log)

    def _build_motion(self, storage):
        days = StepDays()
        store = StepStore(self._journal(storage, 'steps', STEPS_SCHEMA), days, self.log)
        store.load()
        board = self._board
        self._motion = Motion(board.imu, board.imu_interrupt, self._events, self.log, self._clock, days, store)
        self._motion.counting = self._settings.get('count_steps')
        self._supervisor.add('motion', self._motion.run)

    def _build_tap(self, facts, storage):
        board = self._board
        shown = tag.Tag(self._wearer, lambda: self._journal(storage, 'reads', tag.SCHEMA), self.log)
        tap = Tap(self._wearer, self._book, facts.figures, self._clock, board.random_bytes, self._events, self.log)
        self._rendezvous = Rendezvous(board.nfc, tap.session, shown, llcp.general_bytes(), board.random_bytes,
                                      self._events, self.log)
        self._supervisor.add('nfc', self._rendezvous.run)

    def _add_stage(self, refresh):
        board = self._board
        assets = Assets(log=self.log)
        stage = Stage(board.display, self._canvas, board.backlight, assets, self._model, refresh, self._events, self.log)
        self._supervisor.add('ui', stage.run, vital=True)

    # ---- what connects the services
    def _follow_settings(self, _):
        self._clock.zone_minutes = self._settings.get('zone_minutes')
        self._clock.day_start_hour = self._settings.get('day_start_hour')
        if hasattr(self, '_motion'):
            self._motion.counting = self._settings.get('count_steps')

    def _on_gesture(self, kind):
        if kind in ('bump', 'double_tap'):
            self._rendezvous.request(deliberate=kind == 'double_tap')

    def _on_button(self, kind):
        if kind == 'long':
            self._rendezvous.request(deliberate=True)
        elif kind == 'reset':
            self._restart()

    def _restart(self):
        """A reset on purpose, which counts for no crash."""
        self._board.crash_memory(crash_loop.healthy())
        self._board.reset()

    async def _become_healthy(self):
        """Say what a reboot left unsaid; and once all has run for a while, forget the crashes of before."""
        if self._board.problem:
            self.log.warning('pin', self._board.problem)
            self._events.publish('notice', self._board.problem)
        self._progress.start()
        await asyncio.sleep(crash_loop.HEALTHY_AFTER_S)
        if self._supervisor.healthy():
            self._board.crash_memory(crash_loop.healthy())
        self._book.tidy()

    # ---- safe mode
    def _build_safe_mode(self, trouble):
        self._model.trouble = trouble
        self._add_stage(lambda model: None)
        self._events.subscribe(self, 'button', self._on_button_in_safe_mode)

    def _on_button_in_safe_mode(self, kind):
        if kind == 'long':
            self._restart()


def run(board, frame):
    """Run a pin on `board` with `frame` as its frame buffer. What stops it is logged and raised."""
    pin = Pin(board, frame)
    try:
        asyncio.run(pin.run())
    except KeyboardInterrupt:                   # somebody at the console wants the prompt
        board.hold_watchdog()
    except Exception as error:
        pin.log.error('pin', 'The pin stopped.', error)
        raise
