"""firmware.system.power's rules as a table, the pads of deep sleep, and the energy ledger's currents."""
import re
from ast import literal_eval

import pytest

from firmware.boards import devkit, waveshare_lcd_128, waveshare_touch_lcd_128
from firmware.system.power import (
    ACTIVE,
    AGAIN_AFTER_MS,
    BY_BUTTON_AFTER_MS,
    DARK,
    DIM,
    NIGHT,
    STATES,
    STORAGE,
    state_of,
)
from tests.bench.power_report import HOUR_NS, Sum, lines
from tests.simulator.energy import CURRENTS, MA_H
from tests.simulator.runtime import ROOT

HOUR_MS = 3_600_000


@pytest.mark.parametrize('screen, lively, rested_ms, empty, state', [
    ('awake', False, 0, False, ACTIVE),
    ('asleep', True, 0, False, ACTIVE),             # a tap or a phone in the dark
    ('low', False, 0, False, DIM),
    ('asleep', False, 0, False, DARK),
    ('asleep', False, HOUR_MS // 6, False, DARK),
    ('asleep', False, HOUR_MS // 6 + 1, False, NIGHT),
    ('asleep', False, 12 * HOUR_MS, False, NIGHT),
    ('asleep', False, 12 * HOUR_MS + 1, False, STORAGE),
    ('low', False, 25 * HOUR_MS, False, STORAGE),   # a name that nobody has looked at for a day
    ('low', False, HOUR_MS, False, NIGHT),
    ('asleep', False, 0, True, STORAGE),
    ('awake', False, 25 * HOUR_MS, True, ACTIVE),
])
def test_what_goes_on_decides_the_state(screen, lively, rested_ms, empty, state):
    assert state_of(screen, lively, rested_ms, empty) == state


def test_a_pin_that_only_its_button_wakes_is_put_away_later():
    assert state_of('asleep', False, 47 * HOUR_MS, False, BY_BUTTON_AFTER_MS) == NIGHT
    assert state_of('asleep', False, 2 * HOUR_MS, False, AGAIN_AFTER_MS) == STORAGE


@pytest.mark.parametrize('board', [devkit, waveshare_lcd_128, waveshare_touch_lcd_128])
def test_each_pad_that_is_held_in_deep_sleep_is_let_go_of_after_it(board):
    source = (ROOT / 'firmware/boards/deep_sleep.py').read_text()
    held, pads = (literal_eval(re.search(rf'^{name} = (.*?)(  #.*)?$', source, re.M)[1]) for name in ('HELD', 'PADS'))
    assert {board.PINS[key] for key, _ in held if key in board.PINS} <= set(pads)
    assert dict(held)['nfc_reset'] == dict(held)['backlight'] == 0


def test_every_state_is_fast_enough_for_the_radio_and_only_the_active_one_never_sleeps():
    assert all(mhz in (80, 160, 240) for mhz, *_ in STATES.values())
    assert [state for state, (_, sleeps, *_) in STATES.items() if not sleeps] == [ACTIVE]


def test_every_current_has_its_source():
    for key, (milliamperes, confidence, source) in CURRENTS.items():
        assert milliamperes >= 0 and confidence in ('measured', 'sheet', 'one', 'guess') and source, key


def spent(**hours):
    """A Sum of so many hours of processor states."""
    total = Sum()
    for state, hours_there in hours.items():
        key = 'processor', state.replace('_', ' ')
        total.time_ns[key] += hours_there * HOUR_NS
        total.charge[key] += hours_there * HOUR_NS * CURRENTS[key][0]
    return total


def test_a_report_names_what_is_least_sure_and_how_far_that_moves_the_result():
    total = spent(light_sleep=20, idle_80=1)            # 16 mAh of one report and 27 of a data sheet
    text = '\n'.join(lines('day', total, 45))
    assert 'day: 43.0 mAh modelled (limit 45)' in text and 'by confidence: sheet 27.0, one 16.0' in text
    assert 'processor light sleep (0.8 mA) is off by 30%: 38.2 to 47.8' in text and '38.2 to 47.8, beyond the limit' in text
    assert total.without_light_sleep() == pytest.approx(21 * 27)


def test_stretches_add_up():
    hour, day = spent(light_sleep=1), Sum()
    day.add(hour, 23).add(spent(light_sleep=3), without=spent(light_sleep=2))
    assert day.charge == spent(light_sleep=24).charge and day.mah * MA_H == pytest.approx(sum(day.charge.values()))
    assert day.consumers()[0][0] == 'processor'
