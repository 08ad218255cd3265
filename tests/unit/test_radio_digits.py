"""The digits of a pairing, read off the picture: the right ones or none."""
import pytest

from tests.golden import accepted
from tests.golden.draw import rounded
from tests.golden.states import STATES
from tests.simulator.radio import digits
from tests.unit.rigs.screens import compiled_assets, frame, run

TOUCHING = ('841192', '414262', '030414', '474818')
DRAW = """
from firmware.ui.assets import Assets
from firmware.ui.model import Model
from firmware.ui.screens import load
canvas, assets, model, screen = Canvas(), Assets(ASSETS, None), Model(), load('pairing')
for model.passkey in {passkeys!r}:
    screen.draw(model, canvas, assets)
    keep(canvas, model.passkey)
"""


@pytest.mark.parametrize('angle', [0, 90, 180, 270])
def test_the_digits_of_a_pairing_whichever_way_up(angle):
    compiled_assets()
    found = {state: digits.read(picture.rotate(angle)) for state, picture in accepted.load('pairing').items()}
    assert found == {state: facts['passkey'] for state, facts in STATES['pairing'].items()}


def test_digits_that_touch(tmp_path):
    compiled_assets()
    run(tmp_path, DRAW.format(passkeys=TOUCHING))
    assert tuple(digits.read(rounded(frame(tmp_path, passkey))) for passkey in TOUCHING) == TOUCHING


def test_no_other_screen_shows_any():
    compiled_assets()
    pictures = [picture for screen in ('steps', 'name_tag', 'code', 'boards') for picture in accepted.load(screen).values()]
    assert len(pictures) > 10 and {digits.read(picture) for picture in pictures} == {None}
