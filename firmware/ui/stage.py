"""The user interface as a service: which screen shows, when it is drawn again, how bright it is.

Owns the display (through the canvas), the light, the queue of moments and the order of the screens; holds no fact of its
own: `refresh(model)` fills the model from the services whenever something happened. Started by `firmware.pin` under the
supervisor. Events arrive after the state behind them is saved, so a moment never shows what a power cut could take back.

A screen is drawn when its `state` differs from what the display shows, and only what changed is sent; a still screen costs
no traffic. Another picture is sketched while the light dips (`ui.sketch`), then drawn and sent in one go; garbage is collected
in between and not again before the picture is complete, unless the heap is full.
A moment lasts less than two seconds and any input ends it. What an input does is the screen's to say; how that reads stands
in `ui.screens`.
"""
import asyncio
import time

from firmware.system.overlay import borrow
from firmware.ui import theme
from firmware.ui.light import Light
from firmware.ui.model import Moment
from firmware.ui.room import DRAWING_GARBAGE, Room
from firmware.ui.screens import load, unload
from firmware.ui.sketch import Sketch

AWAKE, LOW, ASLEEP = 'awake', 'low', 'asleep'
CHANGES = ('steps', 'card', 'settings', 'battery', 'time', 'friend', 'met_again', 'unlock', 'medal', 'night')
WAKING_GESTURES = ('upright', 'double_tap')
ORDER = ('safe_mode', 'moment_friend', 'moment_unlock', 'moment_medal', 'battery', 'charging', 'notice')    # of moments


class Stage:
    """`display`: gc9a01.GC9A01; `canvas`: canvas.Canvas; `backlight`: `set(level 0..1)`; `assets`: ui.assets.Assets;
    `model`: ui.model.Model; `refresh(model)`: fills it; `await rows(*wants)`: what screens want; `events`, `log`: of
    firmware.system. Publishes 'shown' with the name of each screen once it is on the display, 'screen' with AWAKE, LOW or
    ASLEEP when that changes, and 'action'."""

    def __init__(self, display, canvas, backlight, assets, model, refresh, events, log, *, rows=None, load=load):
        self._display = display
        self._canvas = canvas
        self._light = Light(backlight)
        self._assets = assets
        self._model = model
        self._refresh = refresh
        self._rows = rows
        self._events = events
        self._log = log
        self._load = load
        self._waiting = []                  # moments to come
        self._opened = False                # `run` is to go on from there
        self._room = Room(self._begin_anew, events, log)
        self._forget()

    def _forget(self):
        """As after a start: home, no moment, nothing shown."""
        self._happened = asyncio.Event()
        self._inputs = []
        self._go_home()
        self._wanted = None                 # what the model's rows are the answer to
        self._moment = None                 # the one that shows
        self._ends_ms = 0                   # when it ends
        self._shown = self._state = None    # name and state of the screen that the display's memory holds
        self._loaded = ('', None)           # name and module of the screen in memory
        self._stark = None                  # whether it is drawn in high contrast
        self._still = False                 # whether the picture stands because a tap needs the heap
        self._rotation = 0                  # how it holds that
        self._glass_on = False
        self._power = AWAKE
        self._touched_ms = time.ticks_ms()

    # ---- events: note what happened and return

    def _subscribe(self):
        queue = self._queue
        for topic in CHANGES:
            self._events.subscribe(self, topic, self._on_change)
        for topic, handler in (('button', self._on_button), ('touch', self._on_touch), ('gesture', self._on_gesture),
                               ('friend', self._on_friend), ('met_again', self._on_met_again), ('tap', self._on_tap),
                               ('passkey', self._on_passkey), ('counted', self._on_counted), ('room', self._on_room),
                               ('unlock', lambda number: queue(Moment('moment_unlock', {'new_design': number}))),
                               ('medal', lambda rank: queue(Moment('moment_medal', {'new_rank': rank}))),
                               ('power', lambda screen: queue(Moment(screen, {}, theme.NOTICE_MS))),
                               ('notice', lambda text: queue(Moment('notice', {'notice': text}, theme.NOTICE_MS)))):
            self._events.subscribe(self, topic, handler)

    def _on_tap(self, what):
        self._still = what == 'link' or what == 'wish' and self._room.too_small_for_a_tap()
        self._happened.set()

    def _on_change(self, _):
        self._wanted = None
        self._happened.set()

    def _on_counted(self, _):
        """The screen asks again; and who waits for it still looks at it."""
        self._wanted = None
        if self._power != ASLEEP and self._model.entered:
            self._touch()
        self._happened.set()

    def _on_friend(self, friend):
        self._queue(Moment('moment_friend', {'friend_name': friend.name, 'friend_strip': friend.strip, 'friend_number': None}))

    def _on_met_again(self, friend):
        self._queue(Moment('moment_friend', {'friend_name': friend.name, 'friend_strip': friend.strip, 'friend_number': 0}))

    def _on_passkey(self, passkey):
        self._model.passkey = passkey
        self._touch()

    def _queue(self, moment):
        """Have a moment shown, unless the very same is showing or waiting."""
        for other in self._waiting + [self._moment]:
            if other and other.screen == moment.screen and other.facts == moment.facts:
                return
        at = len(self._waiting)                 # the friend before what the friend has earned
        while at and ORDER.index(self._waiting[at - 1].screen) > ORDER.index(moment.screen):
            at -= 1
        self._waiting.insert(at, moment)
        self._touch()

    def _on_button(self, kind):
        if kind != 'reset':
            self._on_touch('next' if kind == 'short' else 'act', kind == 'long')

    def _on_touch(self, kind, on_purpose=False):
        """An input. Where nobody could see what it would do, it shows just that; but a long press at home always looks for
        another pin."""
        seen, self._still = self._power != ASLEEP, False
        self._touch()
        if self._end_moment() or not seen:
            if not on_purpose or self._model.place or self._model.entered:
                return
        self._inputs.append(kind)

    def _on_gesture(self, kind):
        if kind in WAKING_GESTURES:
            self._touch()
        if kind == 'double_tap':
            self._end_moment()

    def _touch(self):
        """Somebody is looking."""
        self._touched_ms = time.ticks_ms()
        self._happened.set()

    def _end_moment(self):
        """Returns whether there was one to end."""
        ended, self._moment = self._moment is not None, None
        return ended

    # ---- the service

    async def run(self):
        """Show what there is to show until cancelled. After a crash it begins anew, without the moment that crashed it."""
        opened, self._opened = self._opened, False
        self._subscribe()
        self._room.begin()
        try:
            if not opened:
                await self._begin()
            while True:
                await self._step()
                await self._rest()
        finally:
            self._events.drop(self)

    async def open(self):
        """Show the first screen, before anything else runs; `run` goes on from there."""
        await self._begin()
        await self._present()
        self._opened = True

    async def _begin(self):
        self._forget()
        self._light.off()
        self._refresh(self._model)
        self._rotation = self._model.rotation
        self._display.rotate(self._rotation)
        await self._display.begin()

    async def _step(self):
        """Do what is due now."""
        self._refresh(self._model)
        while self._inputs:
            await self._room.within(self._obey)
            if self._model.entered:                 # the next may need the rows of what has been entered
                break
        if self._moment and time.ticks_diff(self._ends_ms, time.ticks_ms()) <= 0:
            self._moment = None
            self._touched_ms = time.ticks_ms()
        if not self._moment and self._waiting:
            self._enter_moment()
        await self._follow_power()
        if self._still and not self._moment:
            self._let_go()
        elif self._power != ASLEEP:
            await self._room.within(self._present)
            await self._reveal(theme.FADE_MS)

    def _on_room(self, who):
        if who != 'ui' and self._power != ASLEEP:
            self._room.make()

    def _let_go(self):
        """Of all that can be had again."""
        self._loaded, self._wanted = ('', None), None
        self._model.rows = ()
        self._assets.trim()
        self._display.trim()
        unload()

    def _begin_anew(self):
        """Let go, even of the knowledge of what shows."""
        self._shown = None
        self._let_go()

    async def _rest(self):
        """Wait for an event or for the next thing that is due."""
        try:
            await asyncio.wait_for_ms(self._happened.wait(), max(0, self._due_in_ms()))
        except asyncio.TimeoutError:
            pass
        self._happened.clear()

    def _due_in_ms(self):
        """How long nothing needs to be done if nothing happens."""
        if self._inputs:
            return 0
        if self._moment:
            return time.ticks_diff(self._ends_ms, time.ticks_ms())
        if self._model.passkey or self._model.binding:
            return theme.FOR_LONG_MS
        due_ms = theme.FOR_LONG_MS
        if self._power == AWAKE:
            due_ms = self._low_after_ms()
        elif self._power == LOW and (self._model.place or not self._model.always_on):
            due_ms = self._low_after_ms() + theme.LOW_MS
        if self._model.entered:
            due_ms = min(due_ms, theme.INSIDE_MS)
        return due_ms - self._idle_ms()

    def _enter_moment(self):
        moment = self._moment = self._waiting.pop(0)
        for name, value in moment.facts.items():
            setattr(self._model, name, self._model.friends if value is None else value)
        self._ends_ms = time.ticks_add(time.ticks_ms(), moment.duration_ms)

    # ---- where the wearer is

    def _go_home(self):
        model = self._model
        model.place, model.entered = '', []
        model.cursor = model.depth = model.chosen = 0

    async def _obey(self):
        """Do what the next input asks for on the screen that shows. It stays the next until all that takes is loaded."""
        take, obey = getattr(self._module(self._choose()), 'take', None), borrow('firmware.ui.navigation').obey
        action = obey(self._model, take, self._inputs.pop(0))
        if action:
            self._events.publish('action', action)
            self._wanted = None             # it may show in the rows

    # ---- light and sleep

    def _idle_ms(self):
        return time.ticks_diff(time.ticks_ms(), self._touched_ms)

    def _low_after_ms(self):
        return max(theme.LOW_MS, self._model.screen_s * 1000 - theme.LOW_MS)

    async def _follow_power(self):
        """Awake while somebody looks, then low, then asleep or, where the name is always on, low for good."""
        idle_ms, sleep_ms = self._idle_ms(), self._low_after_ms() + theme.LOW_MS
        if idle_ms > sleep_ms:              # keeps ticks_diff from wrapping after a week of rest
            self._touched_ms = time.ticks_add(time.ticks_ms(), -sleep_ms)
        busy = self._model.passkey or self._model.binding   # who binds a phone looks at that, not at the pin
        if not busy and (self._model.entered and idle_ms >= theme.INSIDE_MS or idle_ms >= sleep_ms):
            self._go_home()
        if self._moment or busy or idle_ms < self._low_after_ms():
            wanted = AWAKE
        else:
            wanted = LOW if self._model.always_on or idle_ms < sleep_ms else ASLEEP
        before, self._power = self._power, wanted
        if wanted != before:
            self._events.publish('screen', wanted)
        if wanted == ASLEEP and before != ASLEEP:
            await self._fall_asleep()
        elif before == ASLEEP and wanted != ASLEEP:
            await self._display.wake()

    async def _fall_asleep(self):
        """Dark, and home in the display's memory for the next glance."""
        await self._light.fade(0, theme.FADE_MS)
        await self._room.within(self._present, True)
        self._glass_on = False
        await self._display.sleep()
        self._assets.trim()
        self._loaded = ('', None)               # until it wakes, nobody asks a screen for anything
        unload()
        self._log.info('ui', 'asleep')

    async def _reveal(self, duration_ms):
        """Glass on, and the light where it should be."""
        if not self._glass_on:
            await self._display.display_on()
            self._glass_on = True
        level = self._model.brightness_percent / 100
        await self._light.fade(min(level, theme.LOW_LIGHT) if self._power == LOW else level, duration_ms)

    # ---- the picture

    def _choose(self):
        """The name of the screen to show."""
        if self._model.progress:
            return 'starting'
        if self._model.passkey:
            return 'pairing'
        if self._moment and (self._model.safe or not self._model.trouble):
            return self._moment.screen
        if self._model.entered:
            return self._model.entered[-1][0]
        if self._model.place:
            return self._model.place
        if self._model.trouble and not (self._model.safe and (self._model.has_card or self._model.binding)):
            return 'safe_mode'
        return 'name_tag' if self._model.has_card else 'no_card' if self._model.bound else 'not_bound'

    async def _present(self, hidden=False):
        """Bring the display to what the model and the moment ask for; nothing is drawn where it shows that already."""
        name = self._choose()
        try:
            if self._stark != self._model.high_contrast:
                self._stark = self._model.high_contrast
                theme.use(theme.HIGH_CONTRAST if self._stark else theme.CALM)
                self._loaded, self._shown = ('', None), None
            screen = self._module(name)
            if hasattr(screen, 'wants') and screen.wants(self._model) != self._wanted:
                self._wanted = screen.wants(self._model)
                began_ms = time.ticks_ms()
                self._model.rows = await self._rows(*self._wanted)
                if time.ticks_diff(time.ticks_ms(), began_ms) > theme.LOW_MS:   # who has waited so long still wants to see it
                    self._touched_ms = time.ticks_ms()
            state = screen.state(self._model)
            turned = self._model.rotation != self._rotation
            if name == self._shown and state == self._state and not turned:
                return
            before, self._state = self._state, state
            if name != self._shown or turned or not await self._update(screen, before):
                await self._change(name, turned, hidden)
        except Exception as error:
            if not isinstance(error, MemoryError):
                self._log.warning('ui', 'the screen %s failed' % name)
            raise

    def _module(self, name):
        """The module of a screen; only the last one stays in memory."""
        if self._loaded[0] != name:
            self._loaded = ('', None)
            self._loaded = (name, self._load(name))
        return self._loaded[1]

    async def _update(self, screen, before):
        """Have the screen change its picture in place, part by part. Returns False where it cannot."""
        update = getattr(screen, 'update', None)
        if not update:
            return False
        self._room.allow_garbage(DRAWING_GARBAGE)
        try:
            parts = update(self._model, self._canvas, self._assets, before)
            for _ in parts if parts not in (True, False) else ():
                await self._canvas.flush_gently(self._display)
            if parts:
                self._canvas.flush(self._display)
        finally:
            self._room.allow_garbage(0)
        return bool(parts)

    async def _change(self, name, turned, hidden):
        """Another picture altogether: dip the light, draw, light up; then the frames of a moment, if it has any."""
        screen, rows = self._module(name), self._model.rows
        frames = 0 if hidden else getattr(screen, 'FRAMES', 0)
        if self._shown:                         # not at a start, when much else is made that is to stay
            self._room.allow_garbage(DRAWING_GARBAGE)
        try:
            sketch = await self._sketched(screen, frames > 0)
            self._room.collect(self._assets.trim)
            if turned:
                self._rotation = self._model.rotation
                self._display.rotate(self._rotation)
                self._canvas.touch_all()
            sketch.paint()
            sketch = None
            if not frames:
                self._assets.settle()
            elif self._moment:                  # in a tap: the heap is never as full as now
                self._assets.trim(picture=False)
            await asyncio.sleep_ms(1)           # painting has taken long enough
            await self._canvas.flush_gently(self._display)
        finally:
            self._room.allow_garbage(0)
        self._shown = name
        if rows is not self._model.rows:        # they have been let go of, perhaps before the screen took from them
            self._shown = None
            self._happened.set()
        if hidden:
            return
        self._log.info('ui', 'showing ' + name)
        await self._reveal(theme.DIP_UP_MS if self._light.level else 0)     # who starts the pin waits for it
        self._events.publish('shown', name)
        if frames:
            await self._animate(name, frames)
            self._assets.settle()

    async def _sketched(self, screen, moves):
        """The Sketch of a screen, or of its first frame where it `moves`, made while the light dips."""
        dip = asyncio.create_task(self._light.fade(self._light.level * theme.DIP_LEVEL, theme.DIP_DOWN_MS))
        try:
            sketch = Sketch(self._canvas, self._assets.files)
            what = (screen.frame if moves else screen.draw, self._model, sketch, self._assets) + ((0,) if moves else ())
            while not sketch.step(*what):
                await asyncio.sleep_ms(0)
            await dip
        finally:
            dip.cancel()                        # where it has not ended
        return sketch

    async def _animate(self, name, frames):
        """The frames after the first, until the moment is over."""
        for number in range(1, frames):
            if self._choose() != name:
                return
            begun_ms = time.ticks_ms()
            self._room.allow_garbage(DRAWING_GARBAGE)
            try:
                self._module(name).frame(self._model, self._canvas, self._assets, number)
                await self._canvas.flush_gently(self._display)
            finally:
                self._room.allow_garbage(0)     # between two frames there is time to collect it
            await asyncio.sleep_ms(max(1, theme.FRAME_MS - time.ticks_diff(time.ticks_ms(), begun_ms)))
