"""The world's own promises: whose time a transfer takes, what the heap limit does, what a runaway or a reset looks like."""
import re

import pytest

from tests.simulator.child import SHIMS_KB
from tests.simulator.runtime import micropython, run_script

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


def test_the_shims_take_no_less_heap_than_they_are_given_beside_the_limit(world):
    """What lives before boot.py, less asyncio and the file system's buffers, which a board has as well."""
    board_has = int(run_script('import asyncio, gc, vfs; gc.collect(); print(gc.mem_alloc())')) + 4096
    pin = world.add_pin('Ada', files={'/boot.py': b'import gc; gc.collect(); print("LIVE", gc.mem_alloc())', '/main.py': b''})
    world.run(.1)
    live = int(pin.console.text.split('LIVE')[1].split()[0])
    assert SHIMS_KB * 1024 * micropython().bits // 32 <= live - board_has


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
    script = b'from machine import SPI, UART, Pin\nSPI(1, 1_000_000, sck=Pin(40), mosi=Pin(41))\nPin(39, Pin.IN).value()\n'
    pin = world.add_pin('Ada', files={'/main.py': script + b'UART(2, tx=Pin(18), rx=Pin(17))\n'})
    world.run(1)
    assert len([text for text in pin.complaints if 'nothing is wired there' in text]) == 2
    assert any('nothing is connected' in text for text in pin.complaints)


def test_a_uart_writes_in_the_background_and_changes_its_rate_when_all_is_out(world):
    """A PN532 is asked for its version 2 ms after a preamble: 9 bytes out, 6 and 13 in, at 115,200 baud."""
    script = b'''
import asyncio, time
from machine import UART, Pin
arrived = asyncio.ThreadSafeFlag()
uart = UART(1, 115_200, tx=Pin(17), rx=Pin(18), rxbuf=300)
uart.irq(lambda uart: arrived.set(), UART.IRQ_RX)
async def main():
    await asyncio.sleep_ms(100)                     # the chip starts
    uart.write(bytes([0x55, 0x55]) + bytes(14))
    await asyncio.sleep_ms(4)
    before = time.ticks_us()
    uart.write(bytes.fromhex('0000ff02fed4022a00'))
    print('queued', time.ticks_diff(time.ticks_us(), before) < 200, uart.any(), uart.read())
    while uart.any() < 19:
        await arrived.wait()
    print('took', time.ticks_diff(time.ticks_us(), before))
    buffer = bytearray(30)
    print(uart.readinto(memoryview(buffer)[:6]), buffer[:6].hex(), uart.read().hex(), uart.txdone())
    uart.write(bytes(100))
    before = time.ticks_us()
    uart.init(9600)
    print('drained', time.ticks_diff(time.ticks_us(), before))
asyncio.run(main())
'''
    pin = world.add_pin('Ada', nfc='uart', wake_us=0, files={'/boot.py': b'', '/main.py': script})
    world.run(1)
    assert 'queued True 0 None' in pin.console
    assert '6 0000ff00ff00 0000ff06fad50332010607e800 True' in pin.console
    byte_us = 10_000_000 / 115_200
    took, drained = (int(re.search(rf'{word} (\d+)', pin.console.text)[1]) for word in ('took', 'drained'))
    # to the ACK and from it to the answer the chip takes 300 and 400 us, but the answer waits for the ACK to be out
    assert took == pytest.approx(28 * byte_us + 300, abs=400)
    assert drained == pytest.approx(100 * byte_us, abs=200)
    assert pin.complaints == []


def test_the_prompt_takes_raw_paste_as_a_board_does(world):
    pin = world.add_pin('Ada', files={'/boot.py': b'', '/main.py': b'print("over")'})

    def says(typed):
        before = len(pin.console.data)
        pin.type(typed)
        world.run(0.1)
        return pin.console.data[before:]
    world.run(0.2)
    assert says(b'\x01').endswith(b'raw REPL; CTRL-B to exit\r\n>')
    assert says(b'\x05A\x01') == b'R\x01\x80\x00\x01'       # windows of 128 bytes, and a second one to begin with
    assert says(b'#' * 127) == b'' and says(b'##') == b'\x01' and says(b'#' * 127 + b'\nprint(6 * 7)\n') == b'\x01'
    assert says(b'\x04') == b'\x0442\n\x04\x04>'
    assert says(b'\x05A\x01') == b'R\x01\x80\x00\x01' and says(b'1 / 0\x03').startswith(b'\x04\x04KeyboardInterrupt')
    assert says(b'print(1)\x04') == b'OK1\n\x04\x04>'
