"""The screens of lists on real MicroPython: a step of the list ends in the very picture that a full draw makes, and costs the
display fewer bytes than the list of the best peer."""
import json

import pytest

from tests.golden.states import LAYLA
from tests.unit.rigs.screens import compiled_assets, run

PEER_BYTES, PEER_WRITES = 53_771, 12            # scene D, the best of eight libraries
WALK = """
import json
from firmware.ui import screens
from firmware.ui.assets import Assets
from firmware.ui.model import Model

assets, canvas, model = Assets(ASSETS), Canvas(), Model()

def put(facts):
    for name, value in facts:
        setattr(model, name, value)

for name, steps in {walks!r}:
    screen = screens.load(name)
    put(steps[0])
    screen.draw(model, canvas, assets)
    canvas.flush(Display())
    for facts in steps[1:]:
        before, display = screen.state(model), Display()
        put(facts)
        parts = updated(screen.update(model, canvas, assets, before))
        canvas.flush(display)
        same = sum_of(canvas)
        screen.draw(model, canvas, assets)
        canvas.flush(Display())
        print(json.dumps((parts, same == sum_of(canvas), sum([w * h * 2 + 11 for x, y, w, h in display.windows]))))
"""
NAMES = ['Jo', 'Ben Okafor', 'Maximiliane von Habsburg-Lothringen', 'Nguyễn Thị Minh Khai', 'Ana', 'Bartholomew', 'Chidi',
         'Dorothea', LAYLA['name'], 'Fatima']
SETTINGS = ((('depth', 1), ('cursor', 0), ('rows', (70, 15, False, False, True, False, True, 8000, 4, 'km', 1))),
            (('cursor', 1),), (('rows', (70, 30, False, False, True, False, True, 8000, 4, 'km', 1)),), (('cursor', 2),),
            (('rows', (70, 30, True, False, True, False, True, 8000, 4, 'km', 1)),), (('cursor', 15),))
ERRANDS = (('Walk 10,000 steps in a day', True, 'done'), ('Reach your step goal five days in a row', False, '2 of 5 days'),
           ('Make ten friends in one day', False, '3 of 10 friends'), ('Fill in your whole card', False, 'not yet'))
COUNTS = ((('depth', 1), ('cursor', 0), ('rows', (0, 1204))), (('rows', (12, 1204)),), (('rows', (416, 1204)),),
          (('rows', (1200, 1204)),))


def friends_at(cursor):
    found = tuple((name, strip_of(name), f'met {number} days ago') for number, name in enumerate(NAMES))
    return (('cursor', cursor), ('depth', 1), ('friends', len(NAMES)), ('rows', found[max(0, cursor - 1):cursor + 2]))


def strip_of(name):
    return LAYLA['strip'] if name == LAYLA['name'] else b''


@pytest.mark.micropython
def test_a_step_of_a_list_sends_little_and_leaves_no_trace(micropython, tmp_path):
    compiled_assets()
    errands = [(('cursor', cursor), ('rows', ERRANDS)) for cursor in (0, 1, 2, 4, 0)]
    walks = [('friend_list', [friends_at(cursor) for cursor in (*range(len(NAMES) + 1), 0, 4)]), ('errands', errands),
             ('settings', SETTINGS), ('boards', COUNTS)]
    out = [json.loads(line) for line in run(tmp_path, WALK.format(walks=walks)).splitlines()]
    assert len(out) == len(NAMES) + 2 + len(errands) - 1 + len(SETTINGS) - 1 + len(COUNTS) - 1
    assert all(parts and same for parts, same, _ in out), out
    assert 1 < max(parts for parts, _, _ in out) <= 8           # long sentences take more than a frame
    friends = [sent for _, _, sent in out[:len(NAMES)]]
    assert max(friends) < PEER_BYTES and sum(friends) / len(friends) < 0.7 * PEER_BYTES
