"""The recorded walks beside the project (../shared/data/steps): their index, their samples at any rate, and what they suffer.

Owns nothing; reads only. Used by `make bench-steps`.
"""
import csv
import functools
import gzip
import zlib
from typing import NamedTuple

import numpy

from tests.simulator.runtime import ROOT

FOLDER = ROOT.parent / 'shared' / 'data' / 'steps'
TRACES = FOLDER / 'normalised'
BASELINES = FOLDER / 'bench' / 'baseline_per_trace.csv'

BADGE = 'chest_torso', 'neck_lanyard', 'coat_pocket', 'shirt_pocket_or_unknown'
POCKET = 'front_pocket', 'back_pocket', 'trousers_pocket', 'pocket_any', 'bag', 'backpack', 'waist_lower_back'
VEHICLE = 'drive_car', 'drive_car_aggressive', 'train'
GYM = 'exercise_bike_horizontal', 'exercise_bike_vertical', 'rowing'
REST = 'desk_computer', 'stand_talking', 'sit', 'stand', 'lie', 'elevator_stand'

REACH = 8                               # zero crossings of the interpolating sinc on each side
FULL_SCALE_MG = 16000


class Trace(NamedTuple):
    """A recording. `kind`: 'pos' walks, 'neg' no step, 'bouts' short walks, 'weak' and 'mixed' of little worth; `scored` are
    those whose true count is good enough for the headline."""
    file: str
    dataset: str
    subject: str
    position: str
    activity: str
    kind: str
    scored: bool
    duration_s: float
    steps: int

    @property
    def group(self):
        """'badge', 'pocket', 'wrist'; for what is no walk 'rest', 'gym', 'vehicle' or 'gestures'."""
        if self.kind == 'neg' and self.activity in VEHICLE + GYM:
            return 'vehicle' if self.activity in VEHICLE else 'gym'
        if self.position in BADGE:
            return 'rest' if self.kind == 'neg' and self.activity in REST else 'badge'
        if self.position in POCKET:
            return 'pocket'
        return 'gestures' if self.kind == 'neg' else 'wrist'


def traces():
    """Every development trace, except those whose label is ambiguous."""
    with open(TRACES / 'index.csv') as file:
        return [Trace(row['file'], row['dataset'], row['dataset'] + '/' + row['subject'], row['position'], row['activity'],
                      row['kind'], row['headline'] == '1', float(row['duration_s']), int(row['true_steps']))
                for row in csv.DictReader(file) if row['split'] == 'dev' and row['kind'] != 'ambiguous']


def step_times_ms(file):
    """When each true step was made, or None where the source does not say."""
    path = TRACES / 'truth_times' / file.replace('.csv.gz', '.txt')
    return numpy.loadtxt(path) if path.exists() else None


def recorded(file):
    """(times_ms, samples_mg as n x 3) as stored."""
    with gzip.open(TRACES / file, 'rt') as lines:
        values = numpy.loadtxt(lines, delimiter=',', skiprows=1, ndmin=2)
    return values[:, 0], values[:, 1:4]


@functools.lru_cache(maxsize=1024)
def at_rate(file, rate_hz):
    """(times_ms, samples_mg) at `rate_hz`: a windowed sinc, which is a low-pass too where the rate falls."""
    times_ms, samples = recorded(file)
    own_hz = (len(times_ms) - 1) * 1000 / (times_ms[-1] - times_ms[0])
    if abs(own_hz - rate_hz) < 0.01 * rate_hz:
        return times_ms, samples
    cutoff = min(1.0, 0.84 * rate_hz / own_hz)
    reach = int(REACH / cutoff) + 1
    seconds = (times_ms[-1] - times_ms[0]) / 1000
    at_s = numpy.arange(0, seconds, 1 / rate_hz)
    at = at_s * own_hz
    index = numpy.floor(at).astype(int)[:, None] + numpy.arange(1 - reach, reach + 1)
    offset = at[:, None] - index
    weight = numpy.sinc(offset * cutoff) * (1 + numpy.cos(numpy.pi * numpy.clip(offset / reach, -1, 1)))
    weight /= weight.sum(axis=1, keepdims=True)
    index = numpy.clip(index, 0, len(samples) - 1)
    return times_ms[0] + 1000 * at_s, numpy.stack([(weight * axis[index]).sum(axis=1) for axis in samples.T], axis=1)


class Harm(NamedTuple):
    """What a trace suffers: any turn of the pin, noise of the sensor, a wrong gain, lost samples, another rate."""
    rate_hz: float
    turn: int = 0                       # seed of a random rotation; 0 for none
    noise_mg: float = 0.0
    gain: float = 1.0
    lost: float = 0.0

    def samples(self, file):
        """(times_ms, samples as lists of integers in mg) of the harmed trace; chance depends on the file's name only."""
        times_ms, samples = at_rate(file, self.rate_hz)
        chance = numpy.random.default_rng(zlib.crc32(file.encode()) + self.turn)
        if self.turn:
            samples = samples @ rotation(chance.normal(size=4)).T
        samples = samples * self.gain + (chance.normal(0, self.noise_mg, samples.shape) if self.noise_mg else 0)
        if self.lost:
            kept = chance.random(len(samples)) >= self.lost
            times_ms, samples = times_ms[kept], samples[kept]
        return times_ms, numpy.rint(numpy.clip(samples, -FULL_SCALE_MG, FULL_SCALE_MG)).astype(int).tolist()


def rotation(quaternion):
    """The 3 x 3 matrix of a quaternion of any length."""
    w, x, y, z = quaternion / numpy.linalg.norm(quaternion)
    return numpy.array([[1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)]])
