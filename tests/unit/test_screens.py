"""Every screen, found by being there: it draws, says its text, knows what it depends on, stays in the round, and its
cheap updates and animations end in the very picture that a full draw makes. On real MicroPython, with the real assets."""
import ast
import json

import numpy
import pytest

from tests.unit.rigs.screens import ROOT, compiled_assets, frame, run, word

pytestmark = [pytest.mark.micropython, pytest.mark.usefixtures('micropython')]
FOLDER = ROOT / 'firmware/ui/screens'
SCREENS = sorted(path.stem for path in FOLDER.glob('*.py') if path.stem != '__init__')
NIGHT = 0x14233F

AMELIA = {'has_card': True, 'name': 'Amelia Q', 'title': 'Field Engineer', 'organisation': 'Northwind Labs'}
LONG = {'has_card': True, 'name': 'Maximiliane von Habsburg-Lothringen', 'title': 'Vorsitzende des Aufsichtsrats',
        'organisation': 'Österreichische Gesellschaft für Wetterkunde'}
KHAI = {'has_card': True, 'name': 'Nguyễn Thị Minh Khai', 'title': 'Kỹ sư phần mềm', 'organisation': 'Đà Nẵng'}
# Facts that every screen is drawn with, whatever it makes of them.
STATES = [
    {},
    {**AMELIA, 'steps_today': 8432, 'goal': 10_000, 'distance': '5.9 km', 'friends': 3, 'to_next_design': 2,
     'to_next_rank': 47, 'rank_percent': 6, 'friend_name': 'Jo', 'friend_number': 1, 'new_design': 0, 'new_rank': 'bronze',
     'notice': 'We lost each other. Hold the pins together again.', 'trouble': 'The flash cannot be read.',
     'progress': 'Looking around', 'pin_name': 'Pin 4F2A'},
    {**LONG, 'steps_today': 123_456, 'goal': 10_000, 'distance': '86.4 km', 'friends': 1204, 'rank': 'gold', 'next_rank': '',
     'to_next_rank': 0, 'rank_percent': 100, 'to_next_design': 0, 'friend_name': LONG['name'], 'friend_number': 1204,
     'new_design': 32, 'new_rank': 'gold', 'notice': 'word ' * 60, 'trouble': 'sentence ' * 30, 'progress': 'x' * 60,
     'pin_name': 'Pin 4F2A', 'bound': True, 'design': 0},
    {**KHAI, 'design': 0, 'friend_name': 'Jürgen Größl', 'friend_number': 0, 'new_design': 4, 'new_rank': 'silver',
     'rank': 'bronze', 'next_rank': 'silver', 'friends': 72, 'steps_today': 999, 'notice': 'Kurz.'},
]
CHOSEN = [70, 15, False, True, True, False, True, 8000, 4, 'km']
# More for those that show rows or are entered.
MORE_STATES = {
    'settings': [{'depth': 1, 'rows': CHOSEN, 'cursor': cursor} for cursor in (0, 3, 7, 15)],
    'about': [{'pin_name': 'Pin 4F2A', 'rows': [['Firmware', '0.1.0'], ['Battery', '100 %, 4.21 V'], ['', 'waveshare lcd 128'],
                                                ['Written to flash', '123456 kB'], ['Free memory', '58 kB']]}],
    'crash_report': [{'rows': ['The flash failed.', '3 hours after a start', 'steps']},
                     {'rows': ['A handler of settings crashed. ' * 9, '123 days after a start', 'supervisor']}],
    'erase': [{'cursor': 1}],
    'not_bound': [{'pin_name': 'Pin 4F2A', 'depth': 2}],
    'pairing': [{'passkey': '493027'}, {'passkey': '000000'}],
    'battery': [{'battery_percent': percent} for percent in (15, 5, 0)],
    'charging': [{'battery_percent': percent} for percent in (0, 64, 100)],
}

WALK = """
import json
from firmware.ui.assets import Assets
from firmware.ui.model import Model

class Watched:
    'A model that notes which facts are read.'
    def __init__(self, facts):
        self.facts, self.read = facts, set()
    def __getattr__(self, name):
        self.read.add(name)
        return self.facts[name]

class Log:
    def warning(self, source, text):
        pass

def model_of(facts):
    model = Model()
    for name, value in facts.items():
        setattr(model, name, value)
    return model

assets, canvas, display = Assets(ASSETS, Log()), Canvas(), Display()
states = json.loads({states!r})
screen = __import__('firmware.ui.screens.{screen}', None, None, ('draw',))
default = Model().__dict__ if hasattr(Model(), '__dict__') else {{name: getattr(Model(), name) for name in dir(Model())}}
before = None
for number, facts in enumerate(states):
    facts = dict([(name, value) for name, value in default.items()] + list(facts.items()))
    if '{screen}' == 'moment_medal' and not facts['new_rank'] or '{screen}' == 'moment_unlock' and facts['new_design'] < 0:
        continue
    drawing, stating = Watched(facts), Watched(facts)
    screen.draw(drawing, canvas, assets)
    keep(canvas, '{screen}%d' % number)
    screen.lines(drawing)
    screen.state(stating)
    same = sum_of(canvas)
    screen.draw(drawing, canvas, assets)
    animated = True
    if hasattr(screen, 'FRAMES'):
        for picture in range(screen.FRAMES):
            screen.frame(drawing, canvas, assets, picture)
        animated = sum_of(canvas) == same
    repeats = sum_of(canvas) == same
    if before is not None and hasattr(screen, 'update'):
        screen.draw(Watched(before), canvas, assets)
        if updated(screen.update(drawing, canvas, assets, screen.state(Watched(before)))):
            animated = animated and sum_of(canvas) == same
    before = facts
    gc.collect()
    print(json.dumps(dict(number=number, lines=screen.lines(drawing), unstated=list(drawing.read - stating.read),
                          repeats=repeats, animated=animated, heap=gc.mem_alloc())))
"""


@pytest.fixture(scope='session')
def walk(tmp_path_factory):
    """Returns `walk(screen)`: (folder with its frames, [report of each state])."""
    compiled_assets()
    done = {}

    def go(screen):
        if screen not in done:
            folder = tmp_path_factory.mktemp(screen)
            states = STATES + MORE_STATES.get(screen, [])
            out = run(folder, WALK.format(screen=screen, states=json.dumps(states)))
            done[screen] = folder, [json.loads(line) for line in out.split('\n') if line]
        return done[screen]
    return go


def test_there_are_screens():
    assert {'name_tag', 'steps', 'friends', 'moment_friend', 'moment_unlock', 'notice', 'no_card', 'safe_mode'} <= set(SCREENS)


@pytest.mark.parametrize('screen', SCREENS)
def test_it_draws_and_speaks_in_every_state(walk, screen):
    folder, reports = walk(screen)
    assert len(reports) >= 3
    for report in reports:
        assert all(isinstance(line, str) for line in report['lines'])
        assert len(set(frame(folder, f'{screen}{report["number"]}').flat)) > 2
    assert any(report['lines'] for report in reports)


@pytest.mark.parametrize('screen', SCREENS)
def test_its_state_names_every_fact_that_it_draws_from(walk, screen):
    for report in walk(screen)[1]:
        assert report['unstated'] == []


@pytest.mark.parametrize('screen', SCREENS)
def test_drawing_again_or_animating_gives_the_same_picture(walk, screen):
    for report in walk(screen)[1]:
        assert report['repeats'] and report['animated'], report['number']


@pytest.mark.parametrize('screen', SCREENS)
def test_it_leaves_room_in_the_heap(walk, screen):
    """All fonts open, the frame buffer, the interpreter's code from source: far below the pin's 384 kB."""
    for report in walk(screen)[1]:
        assert report['heap'] < 300_000


@pytest.mark.parametrize('screen', SCREENS)
def test_nothing_that_must_be_read_lies_beyond_the_content_circle(walk, screen):
    """Beyond the rim there is nothing but the ground, or a band that goes through, or a design, which bleeds off all round and
    differs in its corners."""
    folder, reports = walk(screen)
    rows, columns = numpy.mgrid[:240, :240] - 119.5
    outside = numpy.hypot(rows, columns) > 118.8
    for report in reports:
        picture = frame(folder, f'{screen}{report["number"]}')
        if len({picture[y, x] for y in (0, 239) for x in (0, 239)}) == 1:
            assert all(len(set(row[beyond])) < 2 for row, beyond in zip(picture, outside, strict=True)), report['number']


@pytest.mark.parametrize('screen', SCREENS)
def test_it_names_tokens_and_writes_no_colour_and_no_pixel_size(screen):
    tree = ast.parse((FOLDER / f'{screen}.py').read_text())
    numbers = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and type(node.value) in (int, float)]
    assert set(numbers) <= {0, 1, 2, 100}, 'places, sizes and colours live in theme.py'


STEPS = """
from firmware.ui.assets import Assets
from firmware.ui.model import Model
from firmware.ui.screens import steps

assets, canvas, display, model = Assets(ASSETS), Canvas(), Display(), Model()

def put(facts):
    model.steps_today, model.goal, model.distance = facts

for before, after in {pairs!r}:
    put(before)
    steps.draw(model, canvas, assets)
    canvas.flush(display)
    display.windows = []
    put(after)
    updated = steps.update(model, canvas, assets, before)
    canvas.flush(display)
    same = sum_of(canvas)
    steps.draw(model, canvas, assets)
    canvas.flush(Display())
    sent = sum([w * h * 2 + 11 for x, y, w, h in display.windows])
    print(int(updated), int(same == sum_of(canvas)), len(display.windows), sent)
"""


def test_steps_change_in_place_just_as_if_drawn_afresh(tmp_path):
    """(can update, picture right, windows, bytes) of each change; a step costs one window, its sector of the rim another."""
    compiled_assets()
    pairs = [((8432, 10_000, '5.9 km'), (8433, 10_000, '5.9 km')), ((8439, 10_000, '5.9 km'), (8440, 10_000, '5.9 km')),
             ((8499, 10_000, '5.9 km'), (8500, 10_000, '5.9 km')), ((999, 8000, '0.6 km'), (1000, 8000, '0.7 km')),
             ((8000, 10_000, '5.9 km'), (8400, 10_000, '6.1 km')), ((12_344, 10_000, '8.6 km'), (12_345, 10_000, '8.6 km')),
             ((9999, 10_000, '6.9 km'), (10_000, 10_000, '7.0 km')), ((10, 8000, ''), (11, 8000, '')),
             ((10, 8000, '0.1 km'), (11, 9000, '0.1 km')), ((8432, 10_000, '5.9 km'), (8432, 10_000, '5.9 km'))]
    out = run(tmp_path, STEPS.format(pairs=pairs))
    results = [tuple(map(int, line.split())) for line in out.split('\n') if line]
    for pair, (updated, right, _, _) in zip(pairs, results, strict=True):
        assert right or not updated, pair
    assert [updated for updated, *_ in results] == [1, 1, 1, 1, 1, 1, 0, 1, 0, 1]
    assert results[0][2] == 1 and results[0][3] < 6283          # the peers' best for one figure that changes
    assert results[-1][2:] == (0, 0)


def test_the_ground_of_a_dark_screen_is_the_theme_s(walk):
    folder, _ = walk('notice')
    assert frame(folder, 'notice1')[120, 2] == word(NIGHT)
