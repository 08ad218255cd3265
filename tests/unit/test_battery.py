"""The battery gauge on a modelled cell: discharge, load pulses, charging, bad readings; and the service that tells
it."""
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.system.battery import CURVE, HIGHEST_MV, OFTEN_MS, Battery, Gauge, percent_at
from firmware.system.events import Events
from firmware.system.power import STORAGE_PERCENT
from tests.simulator.host import Host
from tests.unit.rigs.motion import Lines


class Cell:
    """A LiPo cell of `capacity_mah` with 0.2 ohm inside; `step(hours, load_ma)` drains (or, below zero, charges) it."""

    def __init__(self, capacity_mah=400, charge=1.0):
        self.capacity_mah, self.charge = capacity_mah, charge
        self.load_ma = 0

    def step(self, hours, load_ma):
        self.load_ma = load_ma
        self.charge = max(0.0, min(1.0, self.charge - load_ma * hours / self.capacity_mah))

    def millivolts(self):
        percent = self.charge * 100
        points = [(mv + 25, point) for mv, point in CURVE]          # at rest, as the chart has it
        for (upper_mv, upper), (lower_mv, lower) in zip(points, points[1:]):
            if percent >= lower:
                resting = lower_mv + (upper_mv - lower_mv) * (percent - lower) / (upper - lower)
                return round(resting - self.load_ma * 0.2)
        return 3300


def drain(gauge, cell, hours, loads, rng):
    """Feed the gauge every 30 s; returns the percentages."""
    shown = []
    for _ in range(int(hours * 120)):
        cell.step(1 / 120, rng.choice(loads))
        shown.append(gauge.feed(cell.millivolts() + rng.randint(-6, 6)))
    return shown


def steps_of(values):
    return {after - before for before, after in zip(values, values[1:])}


@pytest.mark.parametrize('millivolts, percent',
                         [(4300, 100), (4175, 100), (3815, 50), (3820, 52), (3400, 0), (3000, 0)])
def test_the_curve(millivolts, percent):
    assert percent_at(millivolts) == percent


@given(st.integers(2500, 4600))
def test_more_voltage_is_never_less_charge(millivolts):
    assert 0 <= percent_at(millivolts) <= percent_at(millivolts + 1) <= 100


@pytest.mark.parametrize('loads', [(125,), (60, 60, 60, 200), (30, 60, 250)], ids=['even', 'pulses', 'wild'])
def test_a_discharge_falls_steadily_and_tells_the_truth(loads):
    gauge, cell, rng = Gauge(), Cell(), random.Random(1)
    shown, true = [], []
    while cell.charge > 0.02:
        shown += drain(gauge, cell, 1 / 12, loads, rng)
        true.append((shown[-1], cell.charge * 100))
    assert steps_of(shown) <= {0, -1}
    assert not gauge.charging
    assert max(abs(said - charge) for said, charge in true) <= 9


@pytest.mark.parametrize('loads', [(125,), (60, 60, 60, 200), (30, 60, 250)], ids=['even', 'pulses', 'wild'])
def test_the_end_is_told_point_by_point_and_before_the_regulator_drops_out(loads):
    gauge, cell, rng = Gauge(), Cell(), random.Random(4)
    shown, lowest_mv = [], HIGHEST_MV
    while not shown or shown[-1] > STORAGE_PERCENT:
        shown += drain(gauge, cell, 1 / 120, loads, rng)
        lowest_mv = min(lowest_mv, cell.millivolts())
    assert shown[0] >= 97 and steps_of(shown) <= {0, -1} and lowest_mv > 3400
    assert 0 < cell.charge < 0.07               # what is left then is for weeks of deep sleep


def test_charging_is_told_from_the_voltage_and_ends_with_it():
    gauge, cell, rng = Gauge(), Cell(charge=0.4), random.Random(2)
    drain(gauge, cell, 0.5, (100,), rng)
    before = gauge.percent
    shown = drain(gauge, cell, 1.5, (-200,), rng)
    assert gauge.charging
    assert steps_of(shown) <= {0, 1}
    assert gauge.percent > before + 25
    shown = drain(gauge, cell, 0.5, (100,), rng)
    assert not gauge.charging
    assert steps_of(shown) <= {0, -1}


def test_a_screen_that_goes_dark_is_no_charger():
    gauge, cell, rng = Gauge(), Cell(charge=0.6), random.Random(3)
    for _ in range(6):
        drain(gauge, cell, 0.1, (190,), rng)
        drain(gauge, cell, 0.1, (30,), rng)
        assert not gauge.charging


@given(st.lists(st.integers(2500, 4600), min_size=1, max_size=60))
def test_whatever_is_read_the_percentage_never_jumps(readings):
    gauge = Gauge()
    shown = [gauge.feed(millivolts) for millivolts in readings]
    assert steps_of(shown) <= {-1, 0, 1}
    assert 0 <= min(shown) <= max(shown) <= 100


@pytest.mark.parametrize('millivolts', [0, 2499, 4601, 12000])
def test_what_no_cell_can_have_is_refused(millivolts):
    gauge = Gauge()
    with pytest.raises(ValueError, match=f'reads {millivolts} mV, which no cell can have'):
        gauge.feed(millivolts)
    assert gauge.percent is None


class Wired:
    """The service with a voltage to set."""

    def __init__(self, millivolts):
        self.millivolts, self.log, self.heard = millivolts, Lines(), []
        events = Events(self.log)
        events.subscribe(self, 'battery', self.heard.append)
        self.battery = Battery(self.read, events, self.log)
        self.host = Host()

    def read(self):
        if self.millivolts is None:
            raise OSError('no ADC')
        return self.millivolts

    def measure(self, times=1):
        for _ in range(times):
            self.host.run(self.battery.measure())


def test_the_service_tells_changes_only():
    wired = Wired(3815)
    wired.measure(3)
    assert (wired.heard, wired.battery.percent, wired.battery.charging) == ([50], 50, False)
    wired.millivolts = 3795
    wired.measure(20)
    assert wired.heard == [50, 49, 48, 47, 46, 45]


def test_the_service_measures_for_ever():
    wired = Wired(3815)

    async def scene():
        import asyncio
        task = asyncio.create_task(wired.battery.run())
        await asyncio.sleep(OFTEN_MS * 3.5 / 1000)
        wired.millivolts = None
        await asyncio.sleep(OFTEN_MS * 3 / 1000)
        assert not task.done()
    wired.host.run(scene())
    assert wired.log.lines == ['E The battery cannot be measured. no ADC']
    assert wired.heard == [50]


def test_a_bad_reading_is_said_once_and_left_out():
    wired = Wired(12)
    wired.measure(3)
    assert wired.log.lines == ['E The battery cannot be measured. The battery reads 12 mV, which no cell can have.']
    assert wired.battery.percent is None
    wired.millivolts = 4000
    wired.measure()
    assert wired.heard == [80]


def test_the_wearer_is_told_at_fifteen_and_five_percent_and_when_it_charges():
    wired = Wired(3690)
    wired.battery._events.subscribe(wired, 'power', lambda screen: wired.heard.append((screen, wired.battery.percent)))
    wired.heard.clear()
    wired.measure()
    assert wired.heard == [16]
    for millivolts, readings in ((3450, 40), (3800, 6)):
        wired.millivolts = millivolts
        wired.measure(readings)
    told = [event for event in wired.heard if isinstance(event, tuple)]
    assert [screen for screen, _ in told] == ['battery', 'battery', 'charging']
    assert [percent for _, percent in told[:2]] == [15, 5]
