"""Both friends or neither, on the real firmware: samples of what tests/bench/consistency.py does at every instant, and random
histories of up to three disturbed taps. CONSISTENCY_EXAMPLES=500 asks for more of those."""
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bench.consistency import Disturbance, Trial, disturbed, every_cut
from tests.simulator.image import compiled_text
from tests.simulator.runtime import ROOT

pytestmark = pytest.mark.roomy('what is asked is the order of frames and flash operations, in dozens of taps')
EXAMPLES = int(os.environ.get('CONSISTENCY_EXAMPLES', '2'))
HANDSHAKE = ROOT / 'firmware/social/handshake.py'


@pytest.fixture(scope='module')
def cuts(micropython):
    return every_cut(seed=3)


@pytest.mark.parametrize('share', [0.3, 0.6, 0.75, 0.9])
def test_the_field_goes_at_a_frame(cuts, share):
    assert disturbed(cuts[0][int(share * len(cuts[0]))], seed=3) == []


@pytest.mark.parametrize('share', [0.02, 0.2, 0.5, 0.6])
def test_the_power_goes_at_a_flash_operation(cuts, share):
    assert disturbed(cuts[1][int(share * len(cuts[1]))], seed=3) == []


OPERATIONS = st.none() | st.integers(0, 14)
DISTURBANCES = st.builds(Disturbance, loss=st.sampled_from([0.0, 0.1, 0.3]), cut_frame=st.none() | st.integers(1, 40),
                         cut_ada=OPERATIONS, cut_ben=OPERATIONS, torn=st.sampled_from([0.0, 0.5, 1.0]))


@settings(max_examples=EXAMPLES)
@given(st.integers(0, 999), st.lists(DISTURBANCES, min_size=1, max_size=3))
def test_any_history_of_disturbed_taps_is_settled_by_a_whole_one(micropython, seed, history):
    with Trial(seed) as trial:
        for disturbance in history:
            trial.tap(disturbance)
        trial.settle()
        assert trial.violations == []


def test_a_firmware_that_says_ready_too_early_is_found_out(micropython):
    """The trial itself: without PENDING on flash first, a power cut at the first write leaves a one-sided friendship."""
    text = HANDSHAKE.read_text()
    careless = text.replace('self._book.put_pending(self._entry())', 'pass').replace('elif self._ready_made:', 'elif False:')
    assert careless.count('pass\n') == text.count('pass\n') + 1 and 'elif False' in careless
    files = {'/firmware/social/handshake.mpy': compiled_text(careless)}
    found = [disturbed(Disturbance(**{side: 0}), files=files) for side in ('cut_ada', 'cut_ben')]
    assert any('one-sided' in sentence for sentences in found for sentence in sentences), found
