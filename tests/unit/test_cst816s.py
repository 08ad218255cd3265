"""The touch panel: lib/cst816s and its service on the chip's model, on CPython's virtual clock."""
import asyncio
import types

import pytest

from cst816s import CST816S
from firmware.system.events import Events
from firmware.ui.touch import Touch
from tests.simulator.chips import cst816s as model
from tests.simulator.host import Host, HostI2C, HostPin
from tests.simulator.wires import I2CBus


class Glass:
    """The driver and the chip; `play(acts)`: each is ms to wait or the arguments of a touch. Returns the gestures."""

    def __init__(self):
        self.host = Host(seed=1)
        clock = self.host.clock
        self.chip, self.bus = model.CST816S(clock), I2CBus()
        self.bus.attach(self.chip, 0x15)
        self.driver = CST816S(HostI2C(clock, self.bus), HostPin(self.chip.irq), HostPin(self.chip.reset))
        self.gestures = []

    async def _listen(self):
        await self.driver.begin()
        while True:
            self.gestures.append(await self.driver.gesture())

    def play(self, *acts):
        async def script():
            task = asyncio.get_running_loop().create_task(self._listen())
            await asyncio.sleep(.1)
            for act in acts:
                if isinstance(act, tuple):
                    self.chip.touch(*act)
                else:
                    await asyncio.sleep(act / 1000)
            assert not task.done(), task.exception()
            task.cancel()
        self.host.run(script())
        assert self.chip.complaints == []
        return self.gestures


@pytest.fixture
def glass():
    return Glass()


@pytest.mark.parametrize('start, end, gesture', [
    ((30, 40), (30, 40), 'tap'), ((120, 120), (130, 100), 'tap'), ((180, 120), (60, 110), 'left'),
    ((60, 120), (180, 150), 'right'),
    ((120, 200), (120, 40), 'up'), ((110, 40), (120, 239), 'down'),
])
def test_a_finger_s_way_is_a_gesture(glass, start, end, gesture):
    assert glass.play((start, end, 150), 400) == [gesture]


def test_the_chip_is_left_alone_while_it_sleeps_and_read_when_it_is_touched(glass):
    assert glass.play(10_000, ((120, 120), None, 80), 400, 20_000, ((200, 120), (40, 120), 200), 600) == ['tap', 'left']
    assert glass.bus.calls < 50


def test_one_touch_is_one_gesture_however_often_the_chip_pulses(glass):
    glass.chip.i2c_write = lambda data, write=glass.chip.i2c_write: write(
        bytes((model.IRQ_CTL, 0x70)) if data[0] == model.IRQ_CTL else data)
    assert glass.play(((120, 120), None, 500), 800, ((120, 120), None, 100), 400) == ['tap', 'tap']


def test_what_rests_on_the_glass_is_no_finger(glass):
    assert glass.play(((120, 120), None, 5000), 6000, ((120, 120), None, 100), 400) == ['tap']


def test_a_report_of_all_ones_is_no_finger(glass):
    glass.bus.fault = lambda address, answer: b'\xff' * len(answer)
    assert glass.play(((120, 120), None, 100), 400) == []


def test_a_panel_that_does_not_answer_is_an_error(glass):
    glass.chip.no_answer = True
    with pytest.raises(OSError, match='19'):
        glass.host.run(glass.driver.begin())


def test_the_model_sleeps_and_complains_of_a_hasty_reset(glass):
    glass.chip.reset.set(0)
    glass.chip.reset.set(1)
    assert glass.chip.complaints == ['touch: reset was low for less than 5 ms']
    for wait_ms, answers in ((1, False), (60, True), (3000, False)):
        glass.host.clock.advance(wait_ms * 1_000_000)
        assert glass.chip._answers() == answers


@pytest.mark.parametrize('rotation, inputs', [(0, ['act', 'next', 'up']), (180, ['act', 'previous', 'down']),
                                              (90, ['act', 'down', 'next']), (270, ['act', 'up', 'previous'])])
def test_the_service_makes_inputs_of_gestures_as_the_picture_stands(glass, rotation, inputs):
    log, heard = types.SimpleNamespace(warning=lambda source, text: heard.append(text)), []
    events = Events(log)
    events.subscribe(glass, 'touch', heard.append)
    service = Touch(glass.driver, types.SimpleNamespace(rotation=rotation), events, log)
    glass._listen = service.run
    ways = ((9, 99), None, 90), ((200, 99), (20, 99), 90), ((99, 200), (99, 20), 90)
    glass.play(ways[0], 300, ways[1], 300, ways[2], 300)
    assert heard == inputs


def test_the_service_ends_with_a_sentence_where_no_panel_answers(glass):
    log, heard = types.SimpleNamespace(warning=lambda source, text: heard.append(text)), []
    glass.chip.no_answer = True
    glass.host.run(Touch(glass.driver, None, None, log).run())
    assert heard == ['The touch panel does not answer (19); the button does it all.']
