"""firmware/ui/sketch: what is painted later is what would have been drawn at once, however often sketching was interrupted."""
import pytest

import font
from firmware.ui import sketch
from open_files import OpenFiles
from tests.unit.rigs import screens
from tests.unit.test_font import packed

# Both ways of each state, with type read anew each time, interrupted wherever that is possible: (screen, state, frame).
STATES = [('name_tag', 'Greek, Cyrillic, Kana', None), ('name_tag', 'right to left', None), ('notice', 'too long', None),
          ('friend_card', 'longest card', None), ('boards', 'steps, others', None), ('gallery', 'locked', None),
          ('friend_list', 'shaped by the phone', None), ('steps', 'under way', None), ('moment_unlock', 'two sports', 0)]
SCRIPT = """
from firmware.ui import sketch
from firmware.ui.assets import Assets
from firmware.ui.model import Model
from firmware.ui.screens import load
from tests.golden.states import STATES

sketch.ticks_diff = lambda after, before: 1000
canvas, files = Canvas(), None
for name, state, frame in {states!r}:
    model, assets, screen = Model(), Assets(ASSETS), load(name)
    for fact, value in STATES[name][state].items():
        setattr(model, fact, value)
    more = () if frame is None else (frame,)
    draw = screen.draw if frame is None else screen.frame
    draw(model, canvas, assets, *more)
    direct, done = sum_of(canvas), False
    canvas.fill(0x1234)
    assets.trim()
    found, steps = sketch.Sketch(canvas, assets.files), 0
    while not done:
        done = found.step(draw, model, found, assets, *more)
        steps += 1
    untouched = canvas.frame.pixel(0, 0) == canvas.frame.pixel(239, 239) == 0x1234
    found.paint()
    print(steps, untouched, sum_of(canvas) == direct)
"""


@pytest.mark.micropython
@pytest.mark.usefixtures('micropython')
def test_what_is_painted_is_what_would_have_been_drawn(tmp_path):
    screens.compiled_assets()
    lines = screens.run(tmp_path, SCRIPT.format(states=STATES), heap='1m').splitlines()
    found = {state: line.split() for state, line in zip(STATES, lines, strict=True)}
    assert [state for state, line in found.items() if line[1:] != ['True', 'True']] == []
    assert sum(int(steps) for steps, _, _ in found.values()) > 10 * len(STATES)


class Canvas:
    def __init__(self):
        self.texts = []

    def text(self, font, text, *place):
        self.texts.append(text)


def test_a_step_that_begins_anew_goes_on_where_the_last_one_was_interrupted(tmp_path, monkeypatch):
    (tmp_path / 'sample.font').write_bytes(packed())
    monkeypatch.setattr(sketch, 'ticks_diff', lambda after, before: sketch.STEP_MS)
    monkeypatch.setattr(font, 'stamp', lambda *what: None)
    canvas, files, placed, begun = Canvas(), OpenFiles(), [], []
    type_ = font.Font(str(tmp_path / 'sample.font'), files=files)
    found = sketch.Sketch(canvas, files)

    def line(where, text):
        placed.append(text)
        where.text(type_, text, type_.width(text), 0, 1, 0)
        return len(text)

    def draw(where):
        begun.append(True)
        assert [where.once(line, 'A'), where.once(line, 'é'), where.once(line, 'Ж')] == [1, 1, 1]
    steps = 1
    while not found.step(draw, found):
        steps += 1
    assert len(begun) < steps                           # the rest of them read type
    assert placed.count('A') == 1 and len(placed) > len(begun)
    assert canvas.texts == [] and files.pause is None
    found.paint()
    assert canvas.texts == ['A', 'é', 'Ж']


def test_what_fails_is_no_interruption():
    def draw():
        raise MemoryError
    files = OpenFiles()
    with pytest.raises(MemoryError):
        sketch.Sketch(Canvas(), files).step(draw)
    assert files.pause is None
