"""The world's own promises: whose time a transfer takes, what the heap limit does, what a runaway or a reset looks like."""
import re

import pytest

FRAMES = 50
SEND_FRAMES = f"""
import time
from machine import SPI, Pin
spi = SPI(1, 40_000_000, sck=Pin(10), mosi=Pin(11), miso=None)
frame = bytearray(115_200)
start = time.ticks_us()
for _ in range({FRAMES}):
    spi.write(frame)
print('sent in', time.ticks_diff(time.ticks_us(), start), 'us')
"""
WIRE_US = FRAMES * 115_200 * 8 / 40


def sent_in_us(pin):
    return int(re.search(r'sent in (\d+) us', pin.console.text)[1])


@pytest.mark.parametrize('pins', [1, 2, 5])
def test_bus_time_is_charged_to_the_pin_that_uses_the_bus(world, pins):
    made = [world.add_pin(f'Pin {number}', files={'/main.py': SEND_FRAMES.encode()}) for number in range(pins)]
    world.run(3)
    assert {sent_in_us(pin) for pin in made} == {sent_in_us(made[0])}
    assert sent_in_us(made[0]) == pytest.approx(WIRE_US, rel=0.01)


def test_the_heap_limit_is_real(world):
    script = b'taken = []\nwhile True:\n    taken.append(bytearray(20_000))\n    print("took", len(taken))\n'
    pin = world.add_pin('Ada', heap='128k', files={'/main.py': script})
    world.run(1)
    assert 'MemoryError' in pin.console
    assert 3 <= pin.console.text.count('took') <= 6


def test_a_reset_keeps_the_clock_and_its_memory_and_a_power_cut_does_not(world):
    script = b'''
import machine, time
rtc = machine.RTC()
print('cause', machine.reset_cause(), 'year', rtc.datetime()[0], 'memory', rtc.memory())
rtc.memory(b'kept')
time.sleep(1)
if machine.reset_cause() == 1:
    machine.reset()
'''
    pin = world.add_pin('Ada', files={'/boot.py': b'', '/main.py': script})
    world.run(3)
    pin.cut_power()
    pin.boot()
    world.run(0.5)
    assert re.findall('cause.*', pin.console.text) == [
        "cause 1 year 2026 memory b''", "cause 2 year 2026 memory b'kept'", "cause 1 year 2000 memory b''"]


def test_the_watchdog_resets_a_pin_that_does_not_feed_it(world):
    script = b'import machine, time\nprint("cause", machine.reset_cause())\nmachine.WDT(timeout=2000)\ntime.sleep(10)\n'
    pin = world.add_pin('Ada', files={'/boot.py': b'', '/main.py': script})
    world.run(5)
    assert re.findall(r'cause \d', pin.console.text) == ['cause 1', 'cause 3', 'cause 3']


def test_an_interrupt_wakes_a_sleeping_program_at_its_instant(world):
    script = b'''
import asyncio, time
from machine import Pin
flag = asyncio.ThreadSafeFlag()
Pin(0, Pin.IN).irq(lambda pin: flag.set(), trigger=Pin.IRQ_FALLING)
async def main():
    await flag.wait()
    print('pressed at', time.ticks_us() // 1000, 'ms')
asyncio.run(main())
'''
    pin = world.add_pin('Ada', wake_us=0, files={'/boot.py': b'', '/main.py': script})
    world.run(1.234)
    pin.press()
    world.run(1)
    assert 'pressed at 1234 ms' in pin.console


def test_wrong_wiring_is_a_complaint(world):
    script = b'from machine import SPI, Pin\nSPI(1, 1_000_000, sck=Pin(40), mosi=Pin(41))\nPin(39, Pin.IN).value()\n'
    pin = world.add_pin('Ada', files={'/main.py': script})
    world.run(1)
    assert any('nothing is wired there' in text for text in pin.complaints)
    assert any('nothing is connected' in text for text in pin.complaints)
