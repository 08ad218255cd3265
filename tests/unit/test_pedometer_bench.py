"""The step bench: figures, resampling and harms are right, values can be altered, and without walks it says so."""
import gzip
import sys

import numpy
import pytest

from tests.bench import steps, steps_data
from tests.bench.steps import Altered, Result, bout_error_pct, figures
from tests.bench.steps_data import Harm, Trace


def trace(position='chest_torso', activity='walk', kind='pos', true=100, duration_s=1800.0, scored=True):
    return Trace(f'{position}/{activity}.csv.gz', 'a', 'a/b', position, activity, kind, scored, duration_s, true)


@pytest.fixture
def recording(tmp_path, monkeypatch):
    """A pin that moves at 2 Hz, 20 s at 50 Hz; returns its name."""
    times_ms = numpy.arange(0, 20_000, 20)
    x = 300 * numpy.sin(2 * numpy.pi * 2 * times_ms / 1000)
    lines = [f'{at},{value:.0f},1000,0' for at, value in zip(times_ms, x)]
    (tmp_path / 'a.csv.gz').write_bytes(gzip.compress('\n'.join(['t_ms,x,y,z', *lines]).encode()))
    monkeypatch.setattr(steps_data, 'TRACES', tmp_path)
    steps_data.at_rate.cache_clear()
    yield 'a.csv.gz'
    steps_data.at_rate.cache_clear()


def test_figures_are_means_of_groups():
    found = figures([
        Result(trace(), 98, first_shown=5), Result(trace(), 100, first_shown=8), Result(trace('bag'), 110),
        Result(trace('wrist'), 100), Result(trace('wrist', scored=False), 0), Result(trace('wrist', kind='weak'), 50),
        Result(trace(activity='sit', kind='neg', true=0), 0), Result(trace(activity='lie', kind='neg', true=0), 3),
        Result(trace(activity='rowing', kind='neg', true=0), 9), Result(trace('wrist', 'train', 'neg', 0), 4),
        Result(trace('wrist', 'arm_gestures', 'neg', 0), 7), Result(trace(kind='bouts', scored=False), 100, 6, 2.5)])
    assert (found['badge_mape_pct'], found['badge_worst_pct']) == (1, 2)
    assert (found['pocket_mape_pct'], found['wrist_mape_pct'], found['all_mape_pct']) == (10, 0, 3)
    assert (found['rest_false_h'], found['rest_clean_pct']) == (3, 50)
    assert (found['gym_false_h'], found['vehicle_false_h'], found['gestures_false_h']) == (18, 8, 14)
    assert (found['bout_error_pct'], found['first_shown']) == (2.5, 6.5)


def test_a_bout_is_judged_on_its_own():
    true_ms = numpy.array([5000, 5500, 6000, 20_000, 20_500, 21_000, 21_500])
    times_ms = numpy.arange(0, 30_000, 100)
    shown = numpy.where(times_ms < 7000, 0, numpy.where(times_ms < 22_000, 4, 7))
    assert bout_error_pct(times_ms, shown, true_ms) == pytest.approx(100 * 2 / 7), 'one too many and one too few'


@pytest.mark.parametrize('rate_hz', [21, 31.25, 50, 125])
def test_a_walk_is_the_same_at_another_rate(recording, rate_hz):
    times_ms, samples = steps_data.at_rate(recording, rate_hz)
    assert numpy.diff(times_ms) == pytest.approx(1000 / rate_hz)
    inner = (times_ms > 1000) & (times_ms < 19_000)
    assert samples[inner, 0] == pytest.approx(300 * numpy.sin(2 * numpy.pi * 2 * times_ms[inner] / 1000), abs=6)
    assert samples[:, 1] == pytest.approx(1000)


def test_harms_do_what_they_say(recording):
    plain = numpy.array(Harm(50).samples(recording)[1])
    turned = numpy.array(Harm(50, turn=1).samples(recording)[1])
    assert numpy.linalg.norm(turned, axis=1) == pytest.approx(numpy.linalg.norm(plain, axis=1), abs=2)
    assert abs(turned - plain).max() > 100
    assert numpy.array(Harm(50, gain=1.1).samples(recording)[1]) == pytest.approx(1.1 * plain, abs=1)
    noisy = Harm(50, noise_mg=8).samples(recording)[1]
    assert (noisy - plain).std() == pytest.approx(8, rel=0.1)
    assert noisy == Harm(50, noise_mg=8).samples(recording)[1], 'chance is the same in each run'
    assert len(Harm(50, lost=0.03).samples(recording)[0]) == pytest.approx(970, abs=15)


def test_one_value_is_altered_and_what_follows_from_it():
    loader = Altered('RISE_MG', 1.15)
    module = type(sys)('altered')
    loader.exec_module(module)
    assert module.RISE_MG == round(1.15 * steps.pedometer.RISE_MG)
    assert module._RISE == module.RISE_MG << 6
    assert module.SWING_MG == steps.pedometer.SWING_MG


def test_without_walks_it_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(steps, 'TRACES', tmp_path / 'absent')
    monkeypatch.setattr(sys, 'argv', ['steps'])
    assert steps.main() == 0
    assert capsys.readouterr().out == 'No recorded walks here (../shared/data/steps is absent): nothing was measured.\n'
