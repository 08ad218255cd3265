"""firmware.system.power's rules as a table, and the energy ledger's sums."""
import pytest

from firmware.system.power import ACTIVE, DARK, DIM, NIGHT, STATES, STORAGE, state_of
from tests.simulator.energy import CURRENTS

HOUR_MS = 3_600_000


@pytest.mark.parametrize('screen, lively, rested_ms, percent, state', [
    ('awake', False, 0, 80, ACTIVE),
    ('asleep', True, 0, 80, ACTIVE),                # a tap or a phone in the dark
    ('low', False, 0, 80, DIM),
    ('asleep', False, 0, None, DARK),
    ('asleep', False, HOUR_MS // 6, 80, DARK),
    ('asleep', False, HOUR_MS // 6 + 1, 80, NIGHT),
    ('asleep', False, 25 * HOUR_MS, 80, STORAGE),
    ('low', False, 25 * HOUR_MS, 80, STORAGE),      # a name that nobody has looked at for a day
    ('low', False, HOUR_MS, 80, NIGHT),
    ('asleep', False, 0, 2, STORAGE),
    ('awake', False, 25 * HOUR_MS, 0, ACTIVE),
])
def test_what_goes_on_decides_the_state(screen, lively, rested_ms, percent, state):
    assert state_of(screen, lively, rested_ms, percent) == state


def test_every_state_is_fast_enough_for_the_radio_and_only_the_active_one_never_sleeps():
    assert all(mhz in (80, 160, 240) for mhz, *_ in STATES.values())
    assert [state for state, (_, sleeps, *_) in STATES.items() if not sleeps] == [ACTIVE]


def test_every_current_has_its_source():
    for key, (milliamperes, confidence, source) in CURRENTS.items():
        assert milliamperes >= 0 and confidence in ('measured', 'sheet', 'one', 'guess') and source, key
