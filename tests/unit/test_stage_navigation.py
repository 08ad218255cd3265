"""firmware/ui/stage on the virtual clock: inputs, lists, and where the wearer is. With screens that stand for real ones."""
import asyncio

import pytest

from firmware.ui import theme
from firmware.ui.screens import RING
from tests.unit.test_stage import FRIEND, HOLD, PRESS, Rig, Screen, become, short_ring  # noqa: F401  short_ring: for all tests

LAST = 2                                        # row, before Back


class List(Screen):
    """A list of three rows and Back; `opens` is what a row leads to."""

    def __init__(self, trace, name, opens):
        super().__init__(trace, name, ('cursor', 'rows'), updates=True)
        self._opens = opens

    def wants(self, model):
        return self._name, model.cursor // LAST * LAST

    def take(self, model, kind):
        if kind in ('next', 'up'):
            return 'cursor', (model.cursor + 1) % (LAST + 2)
        if kind == 'down':
            return 'cursor', max(0, model.cursor - 1)
        if kind == 'act':
            return ('go', self._opens) if model.cursor <= LAST else ('back', None)
        return None


@pytest.fixture
def rig(monkeypatch):
    monkeypatch.setattr('firmware.ui.screens.RING', ('steps', 'friends', 'settings'))
    rig = Rig()
    rig.screens['friends'].take = lambda model, kind: ('go', 'list') if kind == 'act' else None
    rig.screens['list'] = List(rig.trace, 'list', 'card')
    rig.screens['card'] = Screen(rig.trace, 'card', ('chosen',))
    rig.screens['card'].take = lambda model, kind: ('do', ('block', model.chosen)) if kind == 'act' else None
    rig.screens['deep'] = List(rig.trace, 'deep', 'deep')
    return rig


def where(rig):
    return rig.model.depth, rig.model.cursor, rig.model.chosen


INSIDE = 1000, PRESS, 500, PRESS, 500, HOLD, 500        # the acts that lead into the friend list


def test_a_swipe_goes_round_both_ways(rig):
    touch = [('touch', kind) for kind in ('next', 'previous', 'previous')]
    assert rig.play(1000, ..., touch[0], 500, touch[1], 500, touch[2], 500) == ['steps', 'name_tag', 'settings']


def test_holding_the_button_looks_for_a_pin_at_home_and_nowhere_else(rig):
    rig.play(1000, HOLD, 100, PRESS, 500, HOLD, 100)
    assert rig.actions == [('tap', None)]


@pytest.mark.parametrize('before', [(20_000,), (1000, ('met_again', FRIEND), 400)], ids=['asleep', 'in a moment'])
def test_what_shows_matters_to_a_touch_but_not_to_a_held_button(rig, before):
    rig.play(*before, ('touch', 'act'), 500, lambda: rig.actions.append('touched'))
    rig.play(*before, HOLD, 500)
    assert rig.actions == ['touched', ('tap', None)]
    assert rig.model.depth == 0


def test_a_list_is_walked_and_left_with_the_button_alone(rig):
    places = []

    def look():
        places.append(where(rig))
    rig.play(*INSIDE, PRESS, 50, PRESS, 50, look, HOLD, 500, look, HOLD, 50, PRESS, 500, look, PRESS, 50, HOLD, 500, look)
    assert places == [(1, 2, 0), (2, 0, 2), (1, 2, 0), (0, 0, 0)]
    assert rig.actions == [('block', 2)]
    assert rig.log.lines[-1] == 'showing friends'


def test_rows_are_asked_for_when_other_ones_are_wanted_or_something_happened(rig):
    rig.play(*INSIDE, PRESS, 50, PRESS, 50, ('settings', 'goal'), 50)
    assert rig.asked == [('list', 0), ('list', 2), ('list', 2)]
    assert rig.model.rows == [2, 3, 4]


def test_rows_that_were_let_go_of_while_the_light_dipped_are_asked_for_again_and_drawn(rig):
    assert rig.play(*INSIDE[:-2], ..., HOLD, 40, ('room', None), 500) == ['list', 'list']
    assert rig.asked == [('list', 0)] * 2 and rig.model.rows == [0, 1, 2]


def test_presses_faster_than_the_rows_are_all_taken(rig):
    rig.play(*INSIDE, PRESS, PRESS, PRESS, 100)
    assert where(rig) == (1, 3, 0)


def test_a_step_in_a_list_does_not_dip_the_light(rig):
    rig.play(*INSIDE, rig.light.levels.clear, PRESS, 200)
    assert rig.light.levels == []


def test_rest_in_a_list_leads_home(rig):
    rig.play(*INSIDE, theme.INSIDE_MS + 600)
    assert rig.log.lines[-1] == 'showing name_tag' and where(rig) == (0, 0, 0)


def test_who_has_waited_long_for_rows_gets_to_see_them(rig):
    async def slow(*wants):
        await asyncio.sleep_ms(theme.INSIDE_MS + 5000)
        return [7]
    rig.stage._rows = slow
    rig.play(*INSIDE, theme.INSIDE_MS + 8000)
    assert rig.log.lines[-1] == 'showing list' and rig.model.rows == [7]


def test_a_name_that_is_always_on_comes_back(rig):
    rig.model.always_on = True
    rig.play(1000, PRESS, 20_000)
    assert rig.log.lines[-1] == 'showing name_tag'


def test_who_stops_counting_steps_in_the_settings_is_still_there(rig):
    rig.play(*INSIDE, become(rig, counts_steps=False), ('settings', 'count_steps'), 100, ('touch', 'previous'), 500)
    assert rig.log.lines[-1] == 'showing friends'


def test_no_more_than_three_screens_are_entered_on_top_of_each_other(rig):
    rig.screens['friends'].take = lambda model, kind: ('go', 'deep')
    rig.play(1000, PRESS, 500, PRESS, 500, *(HOLD, 500) * 4)
    assert where(rig)[0] == 3


def test_a_moment_in_a_list_gives_the_list_back(rig):
    rig.play(*INSIDE, PRESS, 50, ('unlock', 3), 400, PRESS, 500)
    assert rig.log.lines[-1] == 'showing list' and where(rig) == (1, 1, 0)


def test_the_six_digits_wake_the_display_and_stay_until_the_pairing_is_over(rig):
    acts = 20_000, ..., ('passkey', '123456'), 90_000, ('passkey', ''), 500
    assert rig.play(*acts) == ['wake', 'pairing', 'on', 'name_tag']


def test_the_cell_has_its_screen_for_a_while(rig):
    assert rig.play(1000, ..., ('power', 'charging'), 7000) == ['charging', 'name_tag']


def test_high_contrast_draws_anew_in_other_colours(rig):
    try:
        assert rig.play(1000, ..., become(rig, high_contrast=True), ('settings', 'high_contrast'), 500) == ['name_tag']
        assert theme.MIST == theme.HIGH_CONTRAST['MIST'] != theme.CALM['MIST']
    finally:
        theme.use(theme.CALM)


@pytest.mark.parametrize('facts, left_out', [
    ({'friends': 9}, set()), ({'friends': 1}, {'boards'}), ({'friends': 9, 'counts_steps': False}, {'steps', 'week'}),
    ({'friends': 9, 'has_card': False}, {'code'}),
])
def test_the_ring_leaves_out_what_has_nothing_to_show(rig, monkeypatch, facts, left_out):
    monkeypatch.setattr('firmware.ui.screens.RING', RING)
    become(rig, **facts)()
    for name in RING:
        rig.screens.setdefault(name, Screen(rig.trace, name))
    rig.play(1000, *(('touch', 'next'), 500) * (len(RING) + 1))
    assert set(RING) - {line.split()[-1] for line in rig.log.lines} == left_out & set(RING)


def test_a_long_change_in_place_is_shown_part_by_part(rig):
    flushed = []

    def update(model, canvas, assets, before):
        for part in ('band', 'above', 'below'):
            flushed.append((part, canvas.flushes))
            yield part
    rig.screens['list'].update = update
    rig.play(*INSIDE, lambda: flushed.append(('start', rig.canvas.flushes)), PRESS, 500)
    start = flushed[0][1]
    assert flushed == [('start', start), ('band', start), ('above', start + 1), ('below', start + 2)]
    assert rig.canvas.flushes == start + 4


def test_who_waits_for_a_count_is_asked_for_no_input(rig):
    """Each 'counted' has the rows asked for again, and keeps the list in which the wearer waits from leaving for home."""
    counted = [step for _ in range(8) for step in (('counted', None), 2000)]
    asked = []
    rig.play(*INSIDE, lambda: asked.append(len(rig.asked)), *counted, lambda: asked.append(len(rig.asked)))
    assert rig.model.depth == 1 and asked[1] >= asked[0] + 8
    rig.play(20_000, ('counted', None), 500)
    assert rig.model.depth == 0 and rig.light.levels[-1] == 0        # nobody is woken by it
