"""Every place that the inputs lead to: the real screens and the real rows over a worn pin's stores, on CPython. Type is
measured with the real fonts; pictures are drawn on nothing.

Owns the rules by which an input moves from place to place, written down a second time from `firmware.ui.screens`. Used by
tests/unit/test_wandering.py.
"""
import types
from collections import deque

from firmware.facts import Facts
from firmware.ui.model import Model
from firmware.ui.screens import load

INPUTS = 'next', 'previous', 'act', 'up', 'down'
BUTTON = 'next', 'act'
DEEPEST = 3
# what shows for a while wherever the wearer is, and of what: no input leads anywhere from there, the stage ends it
MOMENTS = {
    'moment_friend': {'friend_name': 'Jürgen Größl', 'friend_number': 50}, 'moment_unlock': {'new_design': 4},
    'moment_medal': {'new_rank': 'silver'}, 'notice': {'notice': 'Jo is forgotten.'}, 'battery': {}, 'charging': {},
    'pairing': {'passkey': '403971'}, 'starting': {'progress': 'At work'}, 'safe_mode': {'trouble': 'The flash is full.'},
    'no_card': {},
}


class Nothing:
    """Takes every call: stands for framebuf.FrameBuffer, of which CPython has none, and for an open picture."""
    plate = 138, 240, 0, 0xFFFF
    width = height = 96

    def __init__(self, *_):
        self.colours = [0] * 16

    def __getattr__(self, name):
        return lambda *_, **__: 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


def framebuf():
    """A module to stand for MicroPython's."""
    module = types.ModuleType('framebuf')
    module.FrameBuffer = Nothing
    module.RGB565, module.GS4_HMSB, module.GS2_HMSB, module.MONO_HLSB = range(4)
    return module


def undrawn(assets):
    """`assets` (ui.assets.Assets) without its pictures."""
    assets.design = assets.medal = Nothing
    return assets


class Place(types.SimpleNamespace):
    """Where a wearer can be: `path`, the names of the ring's screen and of those entered from it; `cursors`, one for each."""

    @property
    def key(self):
        return self.path, self.cursors


class Wanderer:
    """`pin` has what firmware.pin.Pin has for its screens: facts, progress, journals, board, log, storage; `rows(*wants)` is
    what its `rows` comes to. `deeds` collects what the inputs ask for, `texts` {(screen, state): lines}."""

    def __init__(self, pin, canvas, assets, rows):
        self.pin, self.canvas, self.assets, self._rows = pin, canvas, assets, rows
        self.screens, self.deeds, self.texts = {}, set(), {}

    def screen(self, name):
        if name not in self.screens:
            self.screens[name] = load(name)
        return self.screens[name]

    def enter(self, place):
        """A Model of the place, and its screen; the picture is drawn."""
        model, screen = Model(), self.screen(place.path[-1])
        self.pin.facts.fill(model)
        model.cursor, model.depth = place.cursors[-1], len(place.path) - 1
        model.chosen = place.cursors[-2] if model.depth else 0
        for fact, value in MOMENTS.get(place.path[-1], {}).items():
            setattr(model, fact, value)
        if hasattr(screen, 'wants'):
            model.rows = self._rows(*screen.wants(model))
        key = place.path[-1], screen.state(model)
        if key not in self.texts:
            self.texts[key] = screen.lines(model)
            screen.draw(model, self.canvas, self.assets)
            for number in range(getattr(screen, 'FRAMES', 0)):
                screen.frame(model, self.canvas, self.assets, number)
        return model, screen

    def step(self, place, kind):
        """The Place where an input leads, or None where it leads off the ring's screen or nowhere."""
        model, screen = self.enter(place)
        verb, value = (screen.take(model, kind) if hasattr(screen, 'take') else None) or ('', None)
        if not verb:
            return self._up(place) if kind in ('next', 'previous') else None
        if verb == 'back':
            if value:
                self.deeds.add(value)
            return self._up(place)
        if verb == 'do':
            self.deeds.add(value)
            return None
        if verb == 'cursor':
            return self._turned(place, screen, value, screen.state(model))
        if verb == 'open':
            self.deeds.add(value[1])
            verb, value = 'go', value[0]
        assert verb == 'go', f'{place.path[-1]}: {kind} gives the unknown verb {verb!r}'
        assert len(place.path) <= DEEPEST, f'{place.path} is as deep as it goes; {value} has no room'
        return Place(path=(*place.path, value), cursors=(*place.cursors, 0))

    def _up(self, place):
        return Place(path=place.path[:-1], cursors=place.cursors[:-1]) if len(place.path) > 1 else None

    def _turned(self, place, screen, cursor, before):
        """The same screen with another cursor, drawn in place where it knows how to."""
        found = Place(path=place.path, cursors=(*place.cursors[:-1], cursor))
        model, _ = self.enter(found)
        if hasattr(screen, 'update') and screen.state(model) != before:
            done = screen.update(model, self.canvas, self.assets, before)
            if done not in (True, False):               # part by part
                list(done)
        return found

    def explore(self, roots):
        """All places that inputs lead to from the ring's screens `roots`: {key: {input: key of where it leads}}."""
        todo = deque(Place(path=(root,), cursors=(0,)) for root in roots)
        ways = {}
        while todo:
            place = todo.popleft()
            if place.key in ways:
                continue
            ways[place.key] = found = {}
            for kind in INPUTS:
                following = self.step(place, kind)
                if following:
                    found[kind] = following.key
                    todo.append(following)
        return ways


def pin_of(wearing, counting=True):
    """What screens may ask of a pin, over the stores of a rigs.wearing.Wearing."""
    posture = types.SimpleNamespace(turned=0)
    gauge = types.SimpleNamespace(percent=52, millivolts=3810)
    motion = types.SimpleNamespace(days=wearing.days, posture=posture, steps_today=wearing.days.on(wearing.clock.day()))
    battery = types.SimpleNamespace(percent=52, charging=False, gauge=gauge)
    facts = Facts(wearing.wearer, wearing.book, wearing.rewards, motion, battery, wearing.settings, wearing.clock, 'Pin 4F2A')
    log = types.SimpleNamespace(saved=lambda: '   12345 E motion: The gyroscope does not answer.\n')
    return types.SimpleNamespace(model=Model(), companion=None, facts=facts, progress=wearing.progress, events=wearing.events,
                                 journals=[], log=log, storage=wearing.files.storage(),
                                 board=types.SimpleNamespace(name='waveshare_touch_lcd_128', radio=lambda: None))
