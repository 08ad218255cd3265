"""Draws every screen in every state of `states` on the real MicroPython: one start of the interpreter for all of them.

Owns the round in which a picture is looked at: what the glass hides outside of it is transparent. Used by the golden test,
by `make golden` and by `make sheet`.
"""
import json
from pathlib import Path

import numpy
from PIL import Image

from tests.golden.states import STATES
from tests.unit.rigs import screens

SIDE = 240
HEAP = '4m'                             # all modules and the whole table at once; what a pin has is measured elsewhere

SCRIPT = """
import io, json, sys
from firmware.ui import theme
from firmware.ui.assets import Assets
from firmware.ui.model import Model
from firmware.ui.screens import load
from firmware.ui.sketch import Sketch
from tests.golden.states import STATES

class Log:
    def warning(self, source, text):
        raise ValueError(text)

class Reading(Canvas):
    "Notes the texts that had to be cut off."
    cut = ()
    def text(self, font, text, *place):
        if '…' in text:
            self.cut += (text,)
        return super().text(font, text, *place)

assets, canvas = Assets(ASSETS, Log()), Reading()

def draw(screen, model, frame):
    "As the stage does: the first picture by way of a sketch."
    sketch, first = Sketch(canvas, assets.files), (screen.draw,) if frame is None else (screen.frame, 0)
    while not sketch.step(first[0], model, sketch, assets, *first[1:]):
        pass
    sketch.paint()
    for number in range(1, (frame or 0) + 1):
        screen.frame(model, canvas, assets, number)

def shoot(name, facts, frames):
    "Draws it, appends the frame buffer to the file, and returns what there is to say about it."
    model = Model()
    facts = dict(facts)
    frame = facts.pop('frame', None)
    for fact, value in facts.items():
        setattr(model, fact, value)
    theme.use(theme.HIGH_CONTRAST if model.high_contrast else theme.CALM)
    screen = load(name)
    canvas.cut = ()
    draw(screen, model, frame)
    frames.write(canvas.buffer)
    return dict(lines=screen.lines(model), key=repr(screen.state(model)), cut=list(canvas.cut))

with open({frames!r}, 'wb') as frames:
    for name, states in STATES.items():
        if name not in {wanted!r}:
            continue
        for state, facts in states.items():
            report = dict(screen=name, state=state)
            try:
                report.update(shoot(name, facts, frames))
            except Exception as error:
                text = io.StringIO()
                sys.print_exception(error, text)
                report['error'] = text.getvalue()
            gc.collect()
            print(json.dumps(report))
"""


class Shot:
    """One screen in one state: `picture` (PIL, RGBA, round), `lines` (its text), `key` (what its `state` gave), `cut`
    (texts that have lost their end to an ellipsis), or `error` (why there is none of them)."""

    def __init__(self, report, picture):
        self.screen, self.state = report['screen'], report['state']
        self.lines, self.key, self.error = report.get('lines', []), report.get('key', ''), report.get('error', '')
        self.cut, self.picture = report.get('cut', []), picture


def draw(folder, wanted=None):
    """{screen: {state: Shot}} in the order of the table, for the screens named in `wanted`, by default all; scratch files go
    to `folder`."""
    screens.compiled_assets()
    file = Path(folder) / 'frames'
    wanted = list(STATES) if wanted is None else wanted
    printed = screens.run(folder, SCRIPT.format(frames=str(file), wanted=wanted), heap=HEAP)
    reports = [json.loads(line) for line in printed.splitlines()]
    frames = numpy.fromfile(file, '>u2').reshape(-1, SIDE, SIDE)
    pictures = iter([rounded(frame) for frame in frames])
    shots = [Shot(report, None if 'error' in report else next(pictures)) for report in reports]
    found = {(shot.screen, shot.state): shot for shot in shots}
    return {screen: {state: found[screen, state] for state in STATES[screen]} for screen in wanted}


def rounded(frame):
    """A frame of RGB565 words (240, 240) as a round RGBA picture."""
    words = frame.astype(numpy.uint32)
    red, green, blue = words >> 11, words >> 5 & 63, words & 31
    colours = numpy.stack([red << 3 | red >> 2, green << 2 | green >> 4, blue << 3 | blue >> 2, inside() * 255], 2)
    return Image.fromarray((colours * inside()[..., None]).astype(numpy.uint8), 'RGBA')


def inside():
    """Which pixels the round glass shows, as an array of booleans (240, 240)."""
    rows, columns = numpy.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    return numpy.hypot(rows, columns) <= SIDE / 2
