"""All screens with all inputs, to wherever they lead: no exception, always a text, and always a way out with the button."""
import gc
import sys

import pytest

from firmware.social.card import Card
from firmware.ui import actions
from tests.unit.rigs.screens import compiled_assets
from tests.unit.rigs.wandering import BUTTON, MOMENTS, Wanderer, framebuf, pin_of, undrawn
from tests.unit.rigs.wearing import Wearing

FRIENDS = 5
EVERYWHERE = ('name_tag', 'steps', 'week', 'friends', 'boards', 'gallery', 'code', 'medals', 'settings')


@pytest.fixture
def worn():
    wearing = Wearing()
    wearing.save_card(Card(name='Amelia Q', title='Field Engineer', web='https://example.org/amelia'))
    for number in range(FRIENDS):
        wearing.tap(number, steps=1000 * number)
        wearing.wait(days=number)
    wearing.walk(8432)
    yield wearing
    wearing.close()


@pytest.fixture
def wanderer(worn, monkeypatch):
    folder = compiled_assets()
    monkeypatch.setitem(sys.modules, 'framebuf', framebuf())
    for name in ('pixels_native', 'glyphs_native', 'discs_native', 'strips_native'):        # machine code
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr(gc, 'mem_free', lambda: 40_000, raising=False)
    for name in ('canvas', 'canvas.damage', 'rim', 'image'):
        monkeypatch.delitem(sys.modules, name, raising=False)
    from canvas import Canvas
    from firmware.pin import Pin
    from firmware.ui.assets import Assets
    pin = pin_of(worn)
    return Wanderer(pin, Canvas(), undrawn(Assets(str(folder), worn.log)),
                    lambda *wants: worn.loop.run_until_complete(Pin.rows(pin, *wants)))


def test_every_input_on_every_screen(wanderer):
    """And again when all has been done that the inputs ask for: no friend is left then, and every setting is another."""
    ways = explored(wanderer)
    assert {'friend_list', 'friend_card', 'errands', 'about', 'erase', 'crash_report'} <= {path[-1] for path, _ in ways}
    assert {'set', 'design', 'block', 'forget', 'forget_phones', 'factory_reset'} <= {deed for deed, _ in wanderer.deeds}
    for action, value in sorted(wanderer.deeds, key=repr):
        actions.do(wanderer.pin, wanderer.pin.events, action, value)
    assert len(explored(wanderer)) < len(ways)


def explored(wanderer):
    ways = wanderer.explore((*EVERYWHERE, *MOMENTS))
    assert not any(found for (path, _), found in ways.items() if path[0] in MOMENTS)
    silent = {name for (name, _), lines in wanderer.texts.items() if not any(lines)}
    assert not silent, f'{silent} show no text'
    stuck = set(ways) - ways_out(ways)
    assert not stuck, f'the button alone does not lead out of {sorted(stuck)}'
    return ways


def ways_out(ways):
    """The places from which the button alone leads back to the ring."""
    out = {key for key in ways if len(key[0]) == 1}
    more = out
    while more:
        more = {key for key in set(ways) - out if any(ways[key].get(kind) in out for kind in BUTTON)}
        out |= more
    return out
