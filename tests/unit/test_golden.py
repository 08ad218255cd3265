"""Every screen in every state of tests/golden/states.py: as accepted in tests/golden/*.png, pixel by pixel, and never without
a text. Where a picture is meant to be otherwise, look at it in build/golden and accept it with `make golden`."""
import itertools

import pytest

from firmware.ui.model import Model
from tests import sheet
from tests.golden import accepted
from tests.golden.draw import draw
from tests.golden.states import STATES
from tests.simulator.runtime import ROOT

SCREENS = {path.stem for path in (ROOT / 'firmware/ui/screens').glob('*.py') if path.stem != '__init__'}
SHEETS_BYTES = 600_000


def fail(sentences):
    if sentences:
        pytest.fail('\n'.join(['', *sentences]), pytrace=False)


def test_every_screen_has_states():
    fail([f'the screen {name} has no states: say in tests/golden/states.py what it shows when'
          for name in SCREENS - set(STATES)]
         + [f'tests/golden/states.py has states of {name}, which is no screen' for name in set(STATES) - SCREENS])


def test_every_state_is_made_of_facts_of_the_model():
    model = Model()
    fail([f'{screen}, {state}: the model has no {fact}' for screen, states in STATES.items()
          for state, facts in states.items() for fact in facts if fact != 'frame' and not hasattr(model, fact)])


def test_the_accepted_pictures_stay_small():
    assert sum(path.stat().st_size for path in accepted.FOLDER.glob('*.png')) < SHEETS_BYTES


@pytest.mark.micropython
def test_every_picture_is_as_accepted(micropython, tmp_path):
    """All in one test: one start of the interpreter draws them."""
    drawn = draw(tmp_path)
    sentences = accepted.differences(drawn)
    for screen, shots in drawn.items():
        shots = [shot for shot in shots.values() if not shot.error]
        sentences += [f'{screen}, {shot.state}: has no text' for shot in shots if not any(shot.lines)]
        sentences += [f'{screen}: its state is {one.key} for {one.state!r} and for {other.state!r}, which look different'
                      for one, other in itertools.combinations(shots, 2)
                      if one.key == other.key and not {'frame', 'high_contrast'} & {*facts_of(one), *facts_of(other)}
                      and accepted.unlike(one.picture, other.picture).any()]
    fail(sentences + (['after a look at them, `make golden` accepts them'] if sentences else []))


def facts_of(shot):
    return STATES[shot.screen][shot.state]


def test_a_changed_picture_is_laid_beside_the_accepted_one(tmp_path, monkeypatch):
    """What a reviewer gets to see of a difference of a single pixel."""
    from PIL import Image

    from tests.golden.draw import SIDE, Shot
    monkeypatch.setattr(accepted, 'FOLDER', tmp_path)
    monkeypatch.setattr(accepted, 'REFUSED', tmp_path / 'refused')
    monkeypatch.setattr(accepted, 'ROOT', tmp_path)
    before = Image.new('RGBA', (SIDE, SIDE), (20, 35, 63, 255))
    accepted.save('bell', {'silent': before, 'rings': before})
    after = before.copy()
    after.putpixel((120, 7), (255, 255, 255, 255))
    shots = {state: Shot({'screen': 'bell', 'state': state, 'lines': [state]}, picture)
             for state, picture in (('silent', before), ('rings', after), ('cracked', before))}
    assert accepted.differences({'bell': shots}) == [
        'bell, rings: 1 pixels differ; see refused/bell_rings.png',
        'bell, cracked: nobody has accepted a picture yet; see refused/bell_cracked.png']
    seen = Image.open(tmp_path / 'refused/bell_rings.png')
    expected, actual, difference = [seen.getpixel((number * accepted.CELL + 120, 7)) for number in range(3)]
    assert (expected, actual, difference) == (before.getpixel((0, 0)), (255, 255, 255, 255), accepted.MARK)


def test_a_sheet_of_an_unknown_screen_is_a_sentence(capsys):
    assert sheet.main(['steps', 'stairs']) == 1
    assert capsys.readouterr().err.startswith('There is no screen called stairs; there are starting, ')
