"""Light sleep, and what must come through it: the processor sleeps nearly all the time, and nobody notices. Deep sleep, and
what is left of it.
"""
import pytest

from firmware.system.crash_loop import count
from tests.simulator.data import steps_of
from tests.simulator.gait import Gait
from tests.simulator.traces import SECOND, Rest
from tests.simulator.wiring import BOARDS

ASLEEP_S = 70                                   # the first minute stays awake, for the console
FLAT = (0.0, 0.0, 1000.0)
DAY_S = 86_400


def sleeping_share(pin):
    times = pin.energy.time_ns
    return times['processor', 'light sleep'] / sum(ns for (part, _), ns in times.items() if part == 'processor')


def asleep(world, *pins):
    world.run(ASLEEP_S)
    for pin in pins:
        pin.energy                              # noqa: B018  begins to count


def test_two_sleeping_pins_wake_for_a_bump_and_become_friends(pair):
    world, ada, ben = pair
    asleep(world, ada, ben)
    world.bump(ada, ben)
    assert world.run_until(lambda: 'friends with' in ada.console and 'friends with' in ben.console, timeout_s=3)
    world.run(30)
    assert [entry.text for entry in ada.console.entries('power')][-1] == 'dark' and world.complaints == []


def all_asleep(world, pins):
    """Whether each of the pins is found in light sleep within a second, its panel dark."""
    return all(pin.panel.asleep and world.run_until(lambda pin=pin: pin.board.sleep.light, 1, 1) for pin in pins)


def test_each_input_of_each_board_ends_a_light_sleep_and_is_obeyed(world):
    pins = [world.add_pin(board, board=board, nfc=nfc, settings={'screen_s': 5})
            for board, nfc in zip(BOARDS, ('spi', 'uart', 'i2c'), strict=True)]
    asleep(world, *pins)
    world.run(120)
    for pin in pins:                            # 2 mA at the most; 27 without sleep
        assert sleeping_share(pin) > 0.95 and pin.nfc.power.ledger.state == 'soft_pd' and pin.energy.total_mah < 3 * 120 / 3600
    for wake in ('press', 'touch'):
        woken = [pin for pin in pins if wake == 'press' or pin.wiring.touch_irq]
        assert all_asleep(world, woken)
        if wake == 'touch':                     # a pulse of a millisecond, in the very last one of the sleep
            world.run((woken[0].processor.due_ns - world.clock.now_ns) / SECOND - 0.0005)
        for pin in woken:
            getattr(pin, wake)()
        world.run(1)
        assert woken and all(pin.panel.lit() for pin in woken)
        world.run(11)
    for pin, caller in zip(pins, pins[1:] + pins[:1], strict=True):     # only the caller looks: its field wakes the other
        assert all_asleep(world, [pin])
        world.together(pin, caller)
        caller.press(1200)
        assert world.run_until(lambda pin=pin, caller=caller: f'friends with {caller.name}' in pin.console, 4)
        world.run(18)
        world.apart(pin, caller)
    assert all_asleep(world, pins)
    for pin in pins:
        pin.source.add_bump(world.clock.now_ns)
    assert world.run_until(lambda: all('bump' in pin.console for pin in pins), 0.3, 1)
    assert world.complaints == []


def test_steps_count_while_the_processor_sleeps_between_batches(world):
    pin = world.add_pin('Ada')
    asleep(world, pin)
    walk = Gait([(200, 110)], start_ns=world.clock.now_ns + 5 * SECOND)
    pin.wear(walk)
    world.run(130)
    pin.press()
    world.run(3)
    pin.press()
    world.run(1)
    assert sleeping_share(pin) > 0.6
    assert 'showing steps' in pin.console
    world.run(60)
    assert abs(steps_of(pin) - walk.steps) <= 4


def test_the_name_stays_readable_when_it_is_always_on(world):
    pin = world.add_pin('Ada', settings={'always_on': True})
    asleep(world, pin)
    world.run(30)
    assert sleeping_share(pin) > 0.9 and pin.panel.lit()
    world.run(660)                              # in a drawer it need not be
    assert pin.panel.asleep
    pin.wear(Gait([(40, 110)], start_ns=world.clock.now_ns))
    world.run(15)
    assert pin.panel.lit()


def test_at_the_charger_the_console_answers(world):
    pin = world.add_pin('Ada')
    asleep(world, pin)
    pin.battery_mv = 4150
    world.run(120)
    pin.energy.time_ns.clear()
    world.run(20)
    assert sleeping_share(pin) == 0 and 'charging' in pin.console


# ---- storage ----
def stored(world, pin):
    """Have a pin that woke up from storage be worn for a moment and lie still until it goes back there; its steps."""
    pin.boot(after_deep_sleep=True)
    walk = Gait([(30, 110)], start_ns=world.clock.now_ns + 3 * SECOND)
    pin.wear(walk)
    world.run(21)
    pin.wear(Rest(FLAT))
    pin.energy                                  # noqa: B018  begins to count
    assert world.run_until(lambda: pin.asleep, 4200, 1000)
    return walk.steps


@pytest.mark.parametrize('board', ['waveshare_touch_lcd_128', 'waveshare_lcd_128'])
def test_a_week_in_a_drawer_leaves_most_of_the_cell_and_all_that_was_known(world, board):
    pin = world.add_pin('Ada', board=board, on=False)
    steps = stored(world, pin)
    assert pin.panel.asleep and pin.nfc.power.ledger.state == 'hard_pd' and not pin.panel.backlight
    before_mah = pin.energy.total_mah
    world.run(7 * DAY_S)
    assert pin.asleep and pin.energy.total_mah - before_mah < 60        # 190 in light sleep
    pin.wear(Gait([(10, 110)], start_ns=world.clock.now_ns + SECOND))
    world.run(2)
    if board == 'waveshare_lcd_128':            # its sensor's line is no RTC pad
        assert pin.asleep
        pin.press(3000)                         # at power-on that would ask for safe mode
    world.run(4)
    assert pin.panel.lit() and pin.console.text.count('showing name_tag') == 2
    assert abs(steps_of(pin) - steps) <= 4 and pin.boots == 2
    assert abs(pin.board.rtc_s() - world.now().timestamp()) <= 1 and world.complaints == []


def test_an_empty_pin_puts_itself_away_and_only_its_button_wakes_it(world):
    pin = world.add_pin('Ada', settings={'always_on': True}, on=False)
    pin.battery_mv = 3440
    pin.boot()
    walk = Gait([(90, 110)], start_ns=world.clock.now_ns + 3 * SECOND)
    pin.wear(walk)
    assert world.run_until(lambda: pin.asleep, 130, 1000)
    assert abs(steps_of(pin) - walk.steps) <= 4 and pin.imu.supply_ua() < 10
    assert count(pin.board._rtc_memory) == 0    # it ran too shortly to be well otherwise: that was no crash
    pin.wear(Gait([(100, 110)], start_ns=world.clock.now_ns))
    world.run(60)
    assert pin.asleep and pin.boots == 1        # else every step would wake it until nothing is left
    pin.battery_mv = 3900                       # it was charged
    pin.press()
    world.run(5)
    assert pin.panel.lit() and not pin.asleep and world.complaints == []
