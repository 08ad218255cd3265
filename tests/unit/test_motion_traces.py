"""Sources of acceleration keep their promises, and the chip model finds every instant in them however time passes."""
import gzip
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulator.gait import Gait
from tests.simulator.knocks import Knock
from tests.simulator.traces import FACE_UP, MILLISECOND, SECOND, Recorded, Rest, Rotated, Sequence, Source
from tests.unit.rigs.motion import Bench

SOURCES = {
    'rest': Rest,
    'walk': lambda: Gait([(6, 110), (4, 90)], start_ns=3 * SECOND, seed=1, pause_s=3),
    'turned walk': lambda: Rotated(Gait([(6, 110)], start_ns=3 * SECOND, seed=1), 40, (1, 1, 0)),
    'sequence': lambda: Sequence([(0, Rest()), (4 * SECOND, Rest(FACE_UP)), (8 * SECOND, Rest(noise_mg=9))]),
    'record': lambda: Recorded([0, 40, 80, 120], [(0, 1000, 0), (500, 900, 0), (-300, 1100, 0), (0, 1000, 0)],
                               start_ns=4 * SECOND),
}


def length(sample):
    return math.sqrt(sum(value * value for value in sample))


@pytest.mark.parametrize('name', SOURCES)
def test_a_source_is_the_same_whenever_it_is_asked(name):
    times = [at * 17 * MILLISECOND for at in range(700)]
    source = SOURCES[name]()
    forward = [source.sample(t_ns) for t_ns in times]
    assert [source.sample(t_ns) for t_ns in reversed(times)] == forward[::-1]
    assert [SOURCES[name]().sample(t_ns) for t_ns in times[::50]] == forward[::50]


@pytest.mark.parametrize('slope_mg', [20, 31.25, 250])
@pytest.mark.parametrize('name', SOURCES)
def test_calm_means_calm(name, slope_mg):
    source = SOURCES[name]()
    source.add_bump(9 * SECOND, 1500)
    asked_ns = 0
    while asked_ns < 12 * SECOND:
        calm_ns = min(source.calm_until(asked_ns, slope_mg), 12 * SECOND)
        for t_ns in range(asked_ns, calm_ns - 100 * MILLISECOND, 8 * MILLISECOND):
            one, two = source.sample(t_ns), source.sample(t_ns + 8 * MILLISECOND)
            assert max(abs(a - b) for a, b in zip(one, two)) <= slope_mg
        asked_ns = max(calm_ns, asked_ns + 50 * MILLISECOND)


def test_rest_promises_something():
    assert Rest().calm_until(0, 31) > 3600 * SECOND
    assert Rest(noise_mg=20).calm_until(5, 31) == 5


def test_a_record_goes_through_its_samples_with_rest_around():
    record = SOURCES['record']()
    assert record.sample(4 * SECOND + 40 * MILLISECOND) == (500, 900, 0)
    assert 100 < record.sample(4 * SECOND + 60 * MILLISECOND)[0] < 200
    for t_ns in (0, 9 * SECOND):
        assert record.sample(t_ns) == pytest.approx((50, 1000, 0), abs=6)


def test_a_record_is_loaded_from_a_normalised_file(tmp_path):
    path = tmp_path / 'a.csv.gz'
    path.write_bytes(gzip.compress(b't_ms,x_mg,y_mg,z_mg\n100,1,2,3\n140,5,6,7\n'))
    record = Recorded.load(path, start_ns=SECOND)
    assert (record.start_ns, record.end_ns) == (SECOND, SECOND + 40 * MILLISECOND)
    assert record.sample(SECOND) == (1, 2, 3)


@given(st.integers(0, 360), st.tuples(*[st.integers(-2, 2)] * 3).filter(any))
def test_a_turn_changes_direction_only(degrees, about):
    turned = Rotated(Rest(noise_mg=0), degrees, about)
    assert length(turned.sample(0)) == pytest.approx(1000)
    assert Rotated(turned, -degrees, about).sample(0) == pytest.approx((0, 1000, 0), abs=1e-6)


def test_a_sequence_changes_at_its_times():
    source = SOURCES['sequence']()
    assert [round(source.sample(at * SECOND)[2], -2) for at in (0, 3, 4, 100)] == [0, 0, 1000, 0]


@pytest.mark.parametrize('shift_ms', range(4))
def test_a_knock_cannot_fall_between_two_samples(shift_ms):
    """The mean over each sample period keeps the blow's whole area, which is that of a half sine."""
    source = Rest(noise_mg=0)
    source.add_knock(Knock(SECOND + shift_ms * MILLISECOND, 1500, width_ms=3, ring=0))
    times = range(SECOND, SECOND + 60 * MILLISECOND, 4 * MILLISECOND)
    felt = [source.mean(t_ns - 4 * MILLISECOND, t_ns)[2] for t_ns in times]
    assert max(felt) > 330
    assert felt[-1] == 0
    assert sum(felt) * 4 == pytest.approx(1500 * 0.95 * 3 * 2 / math.pi, rel=0.01)


def test_a_knock_rings_and_dies_away():
    knock = Knock(0, 1000, width_ms=2, ring=0.5, ring_hz=125, decay_ms=6)
    assert knock.at(MILLISECOND) == pytest.approx(1000)
    assert knock.at(4 * MILLISECOND) == pytest.approx(-500 * math.exp(-2 / 6))
    assert knock.at(8 * MILLISECOND) > 100
    assert (knock.at(-1), knock.at(knock.end_ns)) == (0, 0)


def test_a_knock_is_told_to_whoever_watches():
    told = []
    source = Rest()
    source.watch(lambda: told.append(1))
    source.add_bump(SECOND)
    assert told == [1]


def test_a_gait_has_the_steps_that_it_says():
    gait = Gait([(10, 100), (5, 120)], start_ns=SECOND, seed=3, pause_s=4)
    assert (gait.steps, len(gait.step_times_ns)) == (15, 15)
    assert gait.step_times_ns == sorted(gait.step_times_ns)
    assert gait.end_ns == pytest.approx((1 + 6 + 4 + 2.5) * SECOND, rel=0.05)
    pause = [gait.sample(round(at * SECOND / 100)) for at in range(750, 1000)]
    assert max(abs(length(sample) - 1000) for sample in pause) < 20
    walk = [length(gait.sample(round(at * SECOND / 100))) for at in range(150, 650)]
    assert 100 < max(walk) - min(walk) < 1500


def test_a_source_must_say_what_it_feels():
    with pytest.raises(NotImplementedError):
        Source().sample(0)


class Watched(Bench):
    """A chip with watermark and any-motion on INT1, whose edges are noted; samples are read now and then."""

    def __init__(self, source, motion_mg, watermark):
        super().__init__(source=source)
        self.edges = []
        self.run(self.imu.begin())
        self.run(self.imu.start(125, watermark, motion_mg))
        self.chip.int1.watch(lambda level: self.edges.append((self.clock.now_ns, level)))

    def settle(self):
        self.imu.moved()
        return self.run(self.imu.read_fifo(self.buffer))


@settings(max_examples=10)
@given(st.sampled_from(sorted(SOURCES)), st.lists(st.integers(0, 6000), max_size=4), st.sampled_from([31, 250]),
       st.sampled_from([0, 32]))
def test_the_chip_finds_the_same_instants_however_time_passes(name, bumps_ms, motion_mg, watermark):
    """One world moves in one go, in the other the chip's future is looked at anew every 37 ms."""
    pair = []
    for step_ms in (1000, 37):
        watched = Watched(SOURCES[name](), motion_mg, watermark)
        for at_ms in bumps_ms:
            watched.chip.source.add_bump(at_ms * MILLISECOND, 1800)
        start_ns, counts = watched.clock.now_ns, []
        for end_ns in range(start_ns + SECOND, start_ns + 6 * SECOND, SECOND):
            while watched.clock.now_ns < end_ns:
                watched.clock.advance_to(min(end_ns, watched.clock.now_ns + step_ms * MILLISECOND))
                if step_ms == 37:
                    watched.chip.source_changed()
            counts.append(watched.settle())
        pair.append((watched.edges, counts, list(watched.buffer)))
    assert pair[0] == pair[1]
