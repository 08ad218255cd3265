"""The pin's side of the wire to the world: what every hardware shim on this runtime calls.

Owns the ffi functions of vtime.c and the table of operations, which tests/simulator/operations.py repeats for the world
(a test compares the two). Runs on the MicroPython unix port only.
"""
import sys

import ffi

RANDOM, PIN_OUT, PIN_IN, PIN_IRQ, SPI_CONFIG, SPI_WRITE, SPI_TRANSFER = 1, 2, 3, 4, 5, 6, 7
I2C_CONFIG, I2C_WRITE, I2C_READ, ADC_READ, PWM_SET, RTC_GET, RTC_SET = 8, 9, 10, 11, 12, 13, 14
RTC_MEMORY_GET, RTC_MEMORY_SET, WATCHDOG, RESET, RESET_CAUSE = 15, 16, 17, 18, 19
FLASH_WRITE, FLASH_ERASE, HEAP, FREQUENCY, ENDED, UNIQUE_ID = 20, 21, 22, 23, 24, 25
UART_CONFIG, UART_WRITE, UART_READ, UART_ANY, UART_IRQ = 26, 27, 28, 29, 30
BLE_CALL, BLE_ANSWER, BLE_READ, BLE_WRITE, BLE_NOTIFY, BLE_EVENT = 31, 32, 33, 34, 35, 36
SERIAL_READ, SERIAL_PROMPT, TIMER_SET, LIGHT_SLEEP, WAKE_SOURCES = 50, 51, 52, 53, 54
DEEP_SLEEP, WAKE_REASON, PIN_HOLD, FLASH_READS = 55, 56, 57, 58
MEASURE_HEAP = 1000                             # interrupt numbers that no GPIO has
UART_RECEIVED = 1001
WAKE = 1020
TIMER = 1010                                    # and up to TIMER + 3
BLUETOOTH = 1002

_library = ffi.open(sys.argv[1])
shims = sys.argv[2]                             # the folder with the compiled modules of this one
start = _library.func('v', 'vt_start', 'Ci')
spend = _library.func('v', 'vt_spend', 'ii')
post = _library.func('v', 'vt_post', 'iipi')
call = _library.func('i', 'vt_call', 'iipipi')
flash_open = _library.func('i', 'vt_flash_open', 'i')
flash_read = _library.func('i', 'vt_flash_read', 'ipi')
compute = _library.func('v', 'vt_compute', 'ii')
processor_ns = _library.func('i', 'vt_processor_ns', '')
flag_new = _library.func('i', 'vt_flag_new', '')
flag_set = _library.func('v', 'vt_flag_set', 'i')
flag_clear = _library.func('v', 'vt_flag_clear', 'i')


def ask(operation, argument=0, out=b'', into=b''):
    """Call the world and wait for its answer. Raises OSError where it answers with a negative number."""
    status = call(operation, argument, out, len(out), into, len(into))
    if status < 0:
        raise OSError(-status)
    return status


def tell(operation, argument=0, out=b''):
    """Tell the world and go on."""
    post(operation, argument, out, len(out))
