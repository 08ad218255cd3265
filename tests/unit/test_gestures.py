"""Bump and double tap, from the sources that the chip model samples, and from recorded walks."""
import csv
import random

import pytest

from firmware.motion.gestures import BUMP, DOUBLE_TAP, KNOCK_MG, RATE_HZ, Gestures
from tests.simulator.gait import Gait
from tests.simulator.traces import FACE_UP, MILLISECOND, SECOND, Recorded, Rest, Rotated

PERIOD_NS = SECOND // RATE_HZ
FALSE_BUMPS_AN_HOUR = 2


def told(source, from_ns, to_ns):
    """[(ms after from_ns, gesture)] of what the detector makes of `source`."""
    gestures, found = Gestures(), []
    for t_ns in range(from_ns, to_ns, PERIOD_NS):
        gesture = gestures.feed(*(int(value) for value in source.mean(t_ns - PERIOD_NS, t_ns)))
        if gesture:
            found.append(((t_ns - from_ns) / MILLISECOND, gesture))
    return found


def knocked(source, *times_ms, strength_mg=1800, shift_ns=0):
    """What is told in the second before and the two after knocks at `times_ms`."""
    for at_ms in times_ms:
        source.add_bump(5 * SECOND + at_ms * MILLISECOND + shift_ns, strength_mg)
    return [(at_ms - 3000, gesture) for at_ms, gesture in told(source, 2 * SECOND, 8 * SECOND)]


@pytest.mark.parametrize('source', [Rest, lambda: Rest(FACE_UP), lambda: Rotated(Rest(), 70, (1, 1, 0)),
                                    lambda: Gait([(100, 105)], seed=2)],
                         ids=['upright', 'on the table', 'askew', 'walking'])
@pytest.mark.parametrize('shift_ms', range(8))
def test_a_knock_is_a_bump_within_10_ms(source, shift_ms):
    found = knocked(source(), 0, shift_ns=shift_ms * MILLISECOND)
    assert [gesture for _, gesture in found] == [BUMP]
    assert 0 <= found[0][0] - shift_ms <= 10


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


def test_a_pin_that_lies_still_is_still():
    gestures = Gestures()
    for t_ns in range(0, 10 * SECOND, PERIOD_NS):
        gestures.feed(*(int(value) for value in Rest().sample(t_ns)))
    assert gestures.still_samples == 10 * RATE_HZ - 1
    gestures.feed(0, 900, 0)
    assert gestures.still_samples == 0


def test_a_restart_is_no_knock():
    gestures = Gestures()
    gestures.feed(0, 1000, 0)
    gestures.restart()
    assert gestures.feed(0, -1000, 0) is None
    assert gestures.feed(0, -1000 + 2 * KNOCK_MG, 0) == BUMP


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
    assert bumps <= FALSE_BUMPS_AN_HOUR * hours
