"""Bump and double tap, from the sources that the chip model samples, and from recorded walks; posture; calibration."""
import csv
import itertools
import random
from array import array

import pytest

from firmware.motion.calibration import CalibrationError, learn
from firmware.motion.gestures import (
    BUMP,
    DOUBLE_TAP,
    KNOCK_MG,
    LEAD,
    RATE_HZ,
    TURN,
    UPRIGHT,
    Gestures,
    Posture,
    knocked_awake,
)
from tests.simulator.gait import Gait
from tests.simulator.traces import FACE_UP, MILLISECOND, SECOND, Recorded, Rest, Rotated

PERIOD_NS = SECOND // RATE_HZ
FALSE_BUMPS_AN_HOUR = 2


def told(source, from_ns, to_ns):
    """[(ms after from_ns, gesture)] of what the detector makes of `source`."""
    samples = [[int(value) for value in source.mean(t_ns - PERIOD_NS, t_ns)] for t_ns in range(from_ns, to_ns, PERIOD_NS)]
    return [(at * PERIOD_NS / MILLISECOND, gesture) for at, gesture in judged(samples)]


def judged(samples, gestures=None, sizes=(1,)):
    """[(number of the batch's last sample, gesture)] of `samples`, [[x, y, z], ...], taken in batches of `sizes` by turns."""
    gestures, found, at, sizes = gestures or Gestures(), [], 0, itertools.cycle(sizes)
    flat = array('h', [0, 0, 0] * LEAD + [value for sample in samples for value in sample])
    while at < len(samples):
        end = min(len(samples), at + next(sizes))
        gestures.take(flat, LEAD + at, LEAD + end, lambda gesture, last=end - 1: found.append((last, gesture)))
        at = end
    return found


def knocked(source, *times_ms, strength_mg=1800, shift_ns=0):
    """What is told in the second before and the two after knocks at `times_ms`."""
    for at_ms in times_ms:
        source.add_bump(5 * SECOND + at_ms * MILLISECOND + shift_ns, strength_mg)
    return [(at_ms - 3000, gesture) for at_ms, gesture in told(source, 2 * SECOND, 8 * SECOND)]


@pytest.mark.parametrize('source', [Rest, lambda: Rest(FACE_UP), lambda: Rotated(Rest(), 70, (1, 1, 0)),
                                    lambda: Gait([(100, 105)], seed=2)],
                         ids=['upright', 'on the table', 'askew', 'walking'])
@pytest.mark.parametrize('shift_ms', range(4))
def test_a_knock_is_a_bump_within_10_ms(source, shift_ms):
    found = knocked(source(), 0, shift_ns=shift_ms * MILLISECOND)
    assert [gesture for _, gesture in found] == [BUMP]
    assert 0 <= found[0][0] - shift_ms <= 12


def test_two_knocks_are_a_double_tap_too():
    found = knocked(Rest(), 0, 220)
    assert [gesture for _, gesture in found] == [BUMP, DOUBLE_TAP]
    assert found[1][0] == pytest.approx(220 + 408, abs=16)


@pytest.mark.parametrize('times_ms', [(0, 250, 500), (0, 200, 400, 600), (0, 40), (0, 700)])
def test_shaking_ringing_and_lone_knocks_are_no_double_tap(times_ms):
    assert [gesture for _, gesture in knocked(Rest(), *times_ms)] == [BUMP]


def test_a_bump_two_seconds_later_counts_again():
    assert [gesture for _, gesture in knocked(Rest(), -2000, 0)] == [BUMP, BUMP]


@pytest.mark.parametrize('cadence_spm', [60, 100, 130])
def test_a_synthetic_walk_has_no_gesture(cadence_spm):
    gait = Gait([(60, cadence_spm)], seed=cadence_spm, strike_mg=400)
    assert told(gait, 0, gait.end_ns) == []


def test_a_restart_is_no_knock():
    gestures = Gestures()
    assert judged([[0, 0, 0], [0, 1000, 0]], gestures) == []
    gestures.restart()
    assert judged([[0, y_mg, 0] for y_mg in (-1000, -1000, -1000 + 2 * KNOCK_MG)], gestures) == [(2, BUMP)]


def test_batches_of_any_size_tell_the_same():
    """Walks, knocks, ringing: whatever the stretches are that are passed at once."""
    gait, rng = Gait([(40, 105), (40, 160)], seed=2, strike_mg=400, pause_s=2), random.Random(1)
    for at_ms in range(900, 40_000, 1700):
        gait.add_bump(at_ms * MILLISECOND + rng.randrange(400) * MILLISECOND, rng.choice((500, 900, 2500)))
    samples = [[int(value) for value in gait.mean(t_ns - PERIOD_NS, t_ns)] for t_ns in range(0, gait.end_ns, PERIOD_NS)]
    one = [gesture for _, gesture in judged(samples)]
    assert one.count(BUMP) > 5
    for sizes in ((48,), (64, 3, 17), (len(samples),)):
        assert [gesture for _, gesture in judged(samples, sizes=sizes)] == one


@pytest.mark.parametrize('strength_mg', [1000, 1500])
@pytest.mark.parametrize('every_ms', [2000, 3000, 10_000])
def test_knocks_do_not_deafen_the_pin(strength_mg, every_ms):
    """The first, weaker samples of a knock do not count against the next."""
    rng, source = random.Random(every_ms), Rest(noise_mg=3)
    for number in range(20):
        source.add_bump(SECOND + number * every_ms * MILLISECOND + rng.randrange(200) * MILLISECOND, strength_mg)
    assert [gesture for _, gesture in told(source, 0, SECOND + 20 * every_ms * MILLISECOND)] == [BUMP] * 20


def test_a_knock_that_ended_a_rest_may_be_the_first_of_two():
    gestures = Gestures()
    gestures.restart(knocked=True)
    found = judged([[0, 1000, 800 if at == 50 else 0] for at in range(300)], gestures)
    assert [gesture for _, gesture in found] == [DOUBLE_TAP]


@pytest.mark.parametrize('jump_mg, awake', [(20, False), (150, True)])
def test_what_ends_a_rest_is_told_from_its_last_samples(jump_mg, awake):
    samples = array('h', [500, 0, 0] * LEAD + [0, 1000, 0] * 29 + [0, 1000 + jump_mg, 0] + [0, 1000, 0] * 2)
    assert knocked_awake(samples, LEAD + 32) == awake
    assert not knocked_awake(samples, LEAD + 20), 'before it'
    assert not knocked_awake(samples, LEAD + 3), 'what the sensor had before its rest'


# ---- posture ----
HANGS, HEAD_DOWN, FACE_UP_MG, FACE_DOWN, ASKEW = (0, 1000, 0), (0, -1000, 0), (0, 0, 1000), (0, 0, -1000), (700, 500, 500)
SIDEWAYS, OTHER_SIDE = (1000, 0, 0), (-1000, 0, 0)


def postures(*seconds_and_samples):
    """What is told of (seconds, sample) one after another, and the posture detector."""
    posture, told = Posture(), []
    for seconds, sample in seconds_and_samples:
        for _ in range(round(31.25 * seconds)):
            told += filter(None, [posture.feed(*sample)])
    return told, posture


@pytest.mark.parametrize('scene, told, turned', [
    ([HANGS], [], 0), ([HEAD_DOWN], [], 180), ([FACE_UP_MG, HANGS], [UPRIGHT], 0),
    ([HANGS, HEAD_DOWN], [UPRIGHT], 180), ([HANGS, HEAD_DOWN, FACE_UP_MG], [UPRIGHT], 180),
    ([HANGS, ASKEW, HANGS], [], 0), ([FACE_UP_MG, FACE_DOWN], [TURN], 0),
    ([FACE_DOWN, ASKEW, FACE_UP_MG], [TURN], 0), ([HANGS, FACE_DOWN, HANGS], [UPRIGHT], 0),
    ([HANGS, SIDEWAYS, ASKEW], [UPRIGHT], 90), ([OTHER_SIDE, FACE_UP_MG], [], 270)])
def test_postures_and_what_is_told_of_them(scene, told, turned):
    heard, posture = postures(*((1, sample) for sample in scene))
    assert (heard, posture.turned) == (told, turned)


def test_a_moment_turns_nothing():
    assert postures((1, FACE_UP_MG), (0.2, FACE_DOWN), (1, FACE_UP_MG), (0.2, HANGS), (1, FACE_UP_MG))[0] == []


def test_a_pin_that_lies_still_is_still():
    posture = postures((10, FACE_UP_MG))[1]
    assert posture.still_samples == 311
    posture.feed(0, 900, 0)
    assert posture.still_samples == 0


# ---- calibration ----
@pytest.mark.parametrize('counted, detected, gain', [(100, 100, 1000), (100, 97, 1031), (100, 110, 909), (500, 401, 1247)])
def test_a_calibration_learns_what_was_counted(counted, detected, gain):
    assert learn(counted, detected) == gain


@pytest.mark.parametrize('counted, detected, sentence', [
    (49, 49, 'Walk and count 50 to'), (20_000, 20_000, 'Walk and count 50 to'), ('100', 100, 'Walk and count 50 to'),
    (100, 0, 'felt no steps'), (100, 60, 'You counted 100 steps, the pin felt 60'), (100, 200, 'too far apart')])
def test_nonsense_is_refused_with_a_sentence(counted, detected, sentence):
    with pytest.raises(CalibrationError, match=sentence):
        learn(counted, detected)


def walks(folder, hours):
    """Badge walks of the recordings, runs left out, at random, of about `hours` together: paths."""
    with open(folder / 'index.csv') as file:
        rows = [row for row in csv.DictReader(file) if row['headline'] == '1' and row['activity'].startswith('walk')
                and row['position'] in ('chest_torso', 'neck_lanyard', 'coat_pocket')]
    random.Random(1).shuffle(rows)
    for row in rows:
        hours -= float(row['duration_s']) / 3600
        if hours < 0:
            return
        yield folder / row['file']


def test_recorded_walks_have_few_false_bumps(shared_data):
    hours = bumps = 0
    for path in walks(shared_data('steps/normalised'), 0.6):
        trace = Recorded.load(path)
        bumps += len(told(trace, 0, trace.end_ns))
        hours += trace.end_ns / SECOND / 3600
    assert hours > 0.5
    assert bumps <= FALSE_BUMPS_AN_HOUR * hours + 2, 'so short a sample has its luck; all of them are in bench-bumps'
