"""The step counter on synthetic gait and on recorded walks: true counts, no steps at rest, any rate, any
orientation."""
import csv
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pedometer import FIRST_STEPS, RESUME_STEPS, RUNNING, STILL, STRIDES_MOST, WALKING, Pedometer
from tests.simulator.gait import Gait
from tests.simulator.traces import SECOND, Recorded, Rest, Rotated, Source

RATES = (21, 25, 31.25, 50, 62.5, 100, 125)
OFFICE = ('desk_computer', 'stand_talking', 'sit', 'stand', 'lie', 'elevator_stand')


def feed(pedometer, source, rate_hz, from_s, to_s):
    """[(second, steps credited)] where any were."""
    credits = []
    for index in range(int(from_s * rate_hz), int(to_s * rate_hz)):
        t_ns = round(index * SECOND / rate_hz)
        credited = pedometer.feed(*(round(value) for value in source.sample(t_ns)))
        if credited:
            credits.append((t_ns / SECOND, credited))
    return credits


def count(source, to_s, rate_hz=31.25):
    pedometer = Pedometer(rate_hz)
    credits = feed(pedometer, source, rate_hz, 0, to_s)
    assert sum(steps for _, steps in credits) == pedometer.steps
    return pedometer.steps


class Waves(Source):
    """A pin that moves in sines: `upward` and `sideways` are [(mg, Hz), ...]. Rests for 3 s, then moves for `for_s`."""

    def __init__(self, upward, sideways=(), for_s=60):
        super().__init__()
        self._upward, self._sideways, self._for_s = upward, sideways, for_s

    def feel(self, t_ns):
        since_s = t_ns / SECOND - 3
        if not 0 <= since_s < self._for_s:
            return 0, 1000, 0
        x, y = (sum(mg * math.sin(2 * math.pi * hz * since_s) for mg, hz in waves)
                for waves in (self._sideways, self._upward))
        return x, 1000 + y, 0


@pytest.mark.parametrize('cadence_spm', [60, 75, 90, 110, 130, 150, 170, 190, 205])
def test_steady_walks(cadence_spm):
    gait = Gait([(100, cadence_spm)], start_ns=3 * SECOND, seed=cadence_spm)
    assert count(gait, gait.end_ns / SECOND + 3) == pytest.approx(100, abs=1)


@pytest.mark.parametrize('rate_hz', RATES)
def test_every_rate(rate_hz):
    gait = Gait([(60, 105), (25, 95)], start_ns=3 * SECOND, seed=5)
    assert count(gait, 65, rate_hz) == pytest.approx(85, abs=2)


@settings(max_examples=12)
@given(degrees=st.integers(0, 359), about=st.tuples(*[st.integers(-3, 3)] * 3).filter(any), seed=st.integers(0, 99))
def test_however_the_pin_hangs(degrees, about, seed):
    gait = Gait([(50, 108)], start_ns=3 * SECOND, seed=seed)
    assert count(Rotated(gait, degrees, about), 35) == pytest.approx(50, abs=2)


@settings(max_examples=12)
@given(cadence_spm=st.integers(80, 140), asymmetry=st.floats(0, 0.2), bounce_mg=st.integers(150, 350),
       seed=st.integers(0, 99))
def test_wearers_differ(cadence_spm, asymmetry, bounce_mg, seed):
    gait = Gait([(60, cadence_spm)], 3 * SECOND, seed, asymmetry=asymmetry, bounce_mg=bounce_mg)
    assert count(gait, 50) == pytest.approx(60, abs=2)


def test_the_first_steps_are_paid_back_in_full():
    gait = Gait([(FIRST_STEPS + 12, 105)], start_ns=3 * SECOND, seed=1)
    credits = feed(Pedometer(31.25), gait, 31.25, 0, 20)
    assert credits[0][1] >= FIRST_STEPS - 1
    assert all(steps == 1 for _, steps in credits[1:])
    assert sum(steps for _, steps in credits) == pytest.approx(gait.steps, abs=1)


@pytest.mark.parametrize('steps', [4, 6, 10])
def test_short_walks_count_soon_after_a_long_one(steps):
    gait = Gait([(30, 105), (steps, 100), (steps, 100)], start_ns=3 * SECOND, seed=3, pause_s=6)
    assert count(gait, 60) == pytest.approx(gait.steps, abs=2)
    assert RESUME_STEPS < steps


@pytest.mark.parametrize('steps', [1, 2, 3, 4])
def test_a_few_movements_are_no_walk(steps):
    assert count(Gait([(steps, 100)] * 5, start_ns=3 * SECOND, seed=steps, pause_s=4), 60) == 0


@pytest.mark.parametrize('gravity_mg', [(0, 1000, 0), (0, 0, 1000), (577, -577, 577)])
def test_rest_is_no_step(gravity_mg):
    assert count(Rest(gravity_mg, noise_mg=8), 300) == 0


def test_turning_the_pin_about_is_no_step():
    class Turned:
        def sample(self, t_ns):
            return Rotated(Rest(), t_ns / SECOND * 20, (1, 0.2, 0)).sample(t_ns)
    assert count(Turned(), 60) == 0


@pytest.mark.parametrize('cadence_hz', [1.1, 1.3, 1.5])
def test_pedalling_is_no_walk(cadence_hz):
    """Twice a turn, as strong as a soft walker's step, but without his height; sways once a turn."""
    legs = 2 * cadence_hz
    assert count(Waves([(90, legs), (60, 2 * legs)], [(90, cadence_hz)]), 70) == 0
    walker = Waves([(90, 1.5), (60, 3.0)], [(60, 0.75)])
    assert count(walker, 70) == pytest.approx(90, abs=1), 'as strong, but slower, and so higher'


def test_rowing_is_no_walk():
    assert count(Waves([(120, 0.5), (60, 1.5)], [(350, 0.5), (200, 1.5)]), 70) == 0


def test_the_second_peak_of_a_step_is_no_step():
    """Heel strike and push-off, nearly as strong."""
    assert count(Waves([(180, 1.5), (200, 3.0)]), 70) == pytest.approx(90, abs=1)


def test_steps_drowned_by_an_arm_are_counted():
    """An arm swings more and more, then less again: meanwhile only every other step has a peak."""
    class Arm(Waves):
        def feel(self, t_ns):
            x, y, z = super().feel(t_ns)
            swing = max(0, 1 - abs(t_ns / SECOND - 30) / 8) * math.sin(2 * math.pi * (t_ns / SECOND - 3))
            return x + 600 * swing, y + 400 * swing, z
    assert count(Arm([(150, 2)]), 70) == pytest.approx(120, abs=4)


def test_who_slows_down_is_not_counted_twice():
    """Swaying so much that slow steps look like the strides of a swinging arm."""
    gait = Gait([(40, 110), (60, 58), (40, 110)], start_ns=3 * SECOND, seed=4, pause_s=0, sway_mg=250)
    assert 138 <= count(gait, 130) <= 140 + STRIDES_MOST


def test_knocks_are_no_steps():
    source, rng = Rest(), random.Random(1)
    for _ in range(60):
        source.add_bump(rng.randrange(120 * SECOND), rng.choice((800, 1500, 3000)))
    assert count(source, 120) == 0


def test_activity_and_cadence_follow():
    gait = Gait([(40, 104), (60, 165)], start_ns=3 * SECOND, seed=2)
    pedometer = Pedometer(31.25)
    feed(pedometer, gait, 31.25, 0, 2)
    assert (pedometer.activity, pedometer.cadence_spm) == (STILL, 0)
    feed(pedometer, gait, 31.25, 2, 25)
    assert (pedometer.activity, pedometer.cadence_spm) == (WALKING, pytest.approx(104, abs=7))
    feed(pedometer, gait, 31.25, 25, 45)
    assert (pedometer.activity, pedometer.cadence_spm) == (RUNNING, pytest.approx(165, abs=10))
    feed(pedometer, gait, 31.25, 45, 60)
    assert (pedometer.activity, pedometer.cadence_spm) == (STILL, 0)


def test_restart_keeps_the_count():
    gait = Gait([(40, 104)], start_ns=3 * SECOND, seed=2)
    pedometer = Pedometer(31.25)
    feed(pedometer, gait, 31.25, 0, 15)
    steps = pedometer.steps
    pedometer.restart()
    assert pedometer.steps == steps > 10
    assert pedometer.activity == STILL


@pytest.mark.parametrize('rate_hz', [0, 12.5, 200])
def test_rates_that_the_filters_are_not_made_for_are_refused(rate_hz):
    with pytest.raises(ValueError, match='takes 20 to 130 samples a second'):
        Pedometer(rate_hz)


@settings(max_examples=20)
@given(st.integers(0, 2 ** 32), st.sampled_from(RATES), st.sampled_from([50, 1000, 16000]))
def test_no_input_leaves_the_small_integers(seed, rate_hz, swing_mg):
    """MicroPython's small integers have 31 bits; anything wider would be allocated. Figures must stay inside."""
    rng, pedometer = random.Random(seed), Pedometer(rate_hz)
    before = 0
    for _ in range(400):
        pedometer.feed(*(rng.choice((-swing_mg, swing_mg, rng.randint(-swing_mg, swing_mg))) for _ in range(3)))
        assert pedometer.steps >= before
        before = pedometer.steps
        state = vars(pedometer) | pedometer._take_block.__self__.gi_frame.f_locals
        assert all(abs(value) < 1 << 30 for value in [*state.values(), *pedometer._sums] if isinstance(value, int))


# ---- recorded walks ----
RECORDED = (
    ('dsa_torso', 'chest_torso', 'walk_outdoor', 0.02),
    ('dsa_torso', 'chest_torso', 'run_treadmill_8kmh', 0.02),
    ('oxford', 'neck_lanyard', 'walk', 0.03),
    ('yh570', 'coat_pocket', 'walk', 0.03),
    ('weallwalk', 'pocket_any', 'walk_indoor', 0.06),
)


def traces(folder, **wanted):
    with open(folder / 'index.csv') as file:
        return [row for row in csv.DictReader(file) if all(row[key] == value for key, value in wanted.items())]


@pytest.mark.parametrize('dataset, position, activity, most', RECORDED, ids=[f'{row[1]} {row[2]}' for row in RECORDED])
def test_recorded_walks(shared_data, dataset, position, activity, most):
    folder = shared_data('steps/normalised')
    errors = []
    for row in traces(folder, dataset=dataset, position=position, activity=activity, headline='1')[:3]:
        true_steps = int(row['true_steps'])
        counted = count(Recorded.load(folder / row['file']), float(row['duration_s']) + 3)
        errors.append(abs(counted - true_steps) / true_steps)
    assert errors and sum(errors) / len(errors) <= most


def test_recorded_sitting_standing_and_desk_work_are_no_steps(shared_data):
    folder = shared_data('steps/normalised')
    rows = [row for activity in OFFICE for row in traces(folder, activity=activity, position='chest_torso')[:1]]
    assert len(rows) == len(OFFICE)
    for row in rows:
        assert count(Recorded.load(folder / row['file']), min(300, float(row['duration_s']))) == 0, row['file']
