"""Numbers of the requests that a pin's processor sends to the world; tests/simulator/device/_wire.py has the same table."""
from enum import IntEnum


class Kind(IntEnum):
    """How a request goes on: WAIT until a time or an interrupt, CALL with an answer, POST without one."""
    WAIT = 0
    CALL = 1
    POST = 2


class Op(IntEnum):
    RANDOM = 1
    PIN_OUT = 2
    PIN_IN = 3
    PIN_IRQ = 4
    SPI_CONFIG = 5
    SPI_WRITE = 6
    SPI_TRANSFER = 7
    I2C_CONFIG = 8
    I2C_WRITE = 9
    I2C_READ = 10
    ADC_READ = 11
    PWM_SET = 12
    RTC_GET = 13
    RTC_SET = 14
    RTC_MEMORY_GET = 15
    RTC_MEMORY_SET = 16
    WATCHDOG = 17
    RESET = 18
    RESET_CAUSE = 19
    FLASH_WRITE = 20
    FLASH_ERASE = 21
    HEAP = 22
    FREQUENCY = 23
    ENDED = 24
    UNIQUE_ID = 25
    UART_CONFIG = 26
    UART_WRITE = 27
    UART_READ = 28
    UART_ANY = 29
    UART_IRQ = 30
    BLE_CALL = 31
    BLE_ANSWER = 32
    BLE_READ = 33
    BLE_WRITE = 34
    BLE_NOTIFY = 35
    BLE_EVENT = 36
    SERIAL_READ = 50
    SERIAL_PROMPT = 51
    TIMER_SET = 52
    LIGHT_SLEEP = 53
    WAKE_SOURCES = 54
    DEEP_SLEEP = 55
    WAKE_REASON = 56
    PIN_HOLD = 57
    FLASH_READS = 58


MEASURE_HEAP = 1000                             # interrupt numbers that no GPIO has
UART_RECEIVED = 1001
WAKE = 1020                                     # from light sleep
TIMER = 1010                                    # and up to TIMER + 3
BLUETOOTH = 1002
FOREVER_NS = 0x7fffffffffffffff
