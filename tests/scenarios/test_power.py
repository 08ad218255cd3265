"""Light sleep, and what must come through it: the processor sleeps nearly all the time, and nobody notices."""
from tests.simulator.data import steps_of
from tests.simulator.gait import Gait
from tests.simulator.traces import SECOND

ASLEEP_S = 70                                   # the first minute stays awake, for the console


def sleeping_share(pin):
    times = pin.energy.time_ns
    return times['processor', 'light sleep'] / sum(ns for (part, _), ns in times.items() if part == 'processor')


def asleep(world, *pins):
    world.run(ASLEEP_S)
    for pin in pins:
        pin.energy                              # noqa: B018  begins to count


def test_a_dark_pin_sleeps_and_its_parts_too(world):
    pin = world.add_pin('Ada')
    asleep(world, pin)
    world.run(120)
    assert sleeping_share(pin) > 0.95 and pin.panel.asleep and pin.nfc.power.ledger.state == 'soft_pd'
    assert pin.energy.total_mah < 3 * 120 / 3600        # 2 mA at the most; 27 without sleep
    assert world.complaints == []


def test_two_sleeping_pins_wake_for_a_bump_and_become_friends(pair):
    world, ada, ben = pair
    asleep(world, ada, ben)
    world.bump(ada, ben)
    assert world.run_until(lambda: 'friends with' in ada.console and 'friends with' in ben.console, timeout_s=3)
    world.run(30)
    assert [entry.text for entry in ada.console.entries('power')][-1] == 'dark' and world.complaints == []


def test_button_and_touch_wake_a_sleeping_pin(world):
    pin = world.add_pin('Ada')
    asleep(world, pin)
    for wake in (pin.press, pin.touch):
        wake()
        world.run(1)
        assert pin.panel.lit()
        world.run(30)
        assert pin.panel.asleep and sleeping_share(pin) > 0.2
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
