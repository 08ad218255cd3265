"""`machine` of the simulated board: the ESP32-S3 port's classes, thin, on the world's wires.

Owns nothing but the interrupt table; levels, buses and time are the world's. The firmware imports it as `machine`. Costs
of a call on an ESP32-S3 (facts of the board: a short SPI write takes 24-26 us; the others are guesses) are spent here, so
that modelled time includes them.
"""
import gc
import select
import struct
import sys
import time

import _wire
import vfs

TIMER_WAKE = 4
PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5
_PIN_US, _SPI_US, _I2C_US, _ADC_US = 4, 25, 60, 40
_AWAKE_AGAIN_US = 1_000                         # from a wake source to the program: a guess
_handlers = {}
_AS_IT_IS = object()


def _interrupt(number):
    """Called by vtime.c between two steps of the program, as the port's scheduler does."""
    if number == _wire.MEASURE_HEAP:
        gc.collect()
        _wire.tell(_wire.HEAP, 0, struct.pack('<II', gc.mem_alloc(), gc.mem_free()))
    elif number == _wire.WAKE:
        _wire.flag_set(_sleeper[0])
    elif number in _handlers:
        handler, pin = _handlers[number]
        try:
            handler(pin)
        except Exception as exception:          # noqa: BLE001  as the port's scheduler does, whatever it is
            sys.print_exception(exception)


class Pin:
    """A GPIO by number."""
    IN, OUT, OPEN_DRAIN = 1, 3, 7
    PULL_DOWN, PULL_UP = 1, 2
    IRQ_RISING, IRQ_FALLING, IRQ_LOW_LEVEL, IRQ_HIGH_LEVEL = 1, 2, 4, 5
    DRIVE_0, DRIVE_1, DRIVE_2, DRIVE_3 = 0, 1, 2, 3

    def __init__(self, id, mode=-1, pull=-1, *, value=None, drive=None, hold=None):
        self.id = id
        self.init(mode, pull, value=value, hold=hold)

    def init(self, mode=-1, pull=-1, *, value=None, drive=None, hold=None):
        if mode in (Pin.OUT, Pin.OPEN_DRAIN) and value is not None:
            self.value(value)
        if hold is not None:                    # an old hold goes first, so that what was set above is what is held
            _wire.tell(_wire.PIN_HOLD, self.id, b'\x00')
            if hold:
                _wire.tell(_wire.PIN_HOLD, self.id, b'\x01')

    def value(self, level=None):
        _wire.spend(_PIN_US, 0)
        if level is None:
            return _wire.call(_wire.PIN_IN, self.id, b'', 0, b'', 0)
        _wire.post(_wire.PIN_OUT, self.id << 1 | bool(level), b'', 0)

    __call__ = value

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)

    def irq(self, handler=_AS_IT_IS, trigger=3, *, wake=None, hard=False):
        if handler is not _AS_IT_IS:
            _handlers[self.id] = (handler, self)
            if handler is None:
                del _handlers[self.id]
            _wire.tell(_wire.PIN_IRQ, self.id, bytes([trigger if handler else 0]))
        return self._call_handler               # the port's irq object does that when it is called

    def _call_handler(self):
        _interrupt(self.id)

    def __repr__(self):
        return 'Pin(%d)' % self.id


class SPI:
    """A hardware SPI host; transfers block for their wire time."""
    MSB, LSB = 0, 1

    def __init__(self, id, baudrate=1_000_000, *, polarity=0, phase=0, bits=8, firstbit=0, sck=None, mosi=None, miso=None):
        self.id = id
        # the ESP32-S3 divides 80 MHz by a whole number and never goes faster than asked for
        self._baudrate = 80_000_000 // max(1, -(-80_000_000 // baudrate))
        pins = [255 if pin is None else pin.id for pin in (sck, mosi, miso)]
        _wire.tell(_wire.SPI_CONFIG, id, struct.pack('<I6B', self._baudrate, polarity, phase, firstbit, *pins))

    def _wire_time(self, length):
        us_whole, rest = divmod(length * 8 * 1000, self._baudrate // 1_000_000)
        _wire.spend(_SPI_US + us_whole // 1000, us_whole % 1000)

    def write(self, buffer):
        self._wire_time(len(buffer))
        _wire.post(_wire.SPI_WRITE, self.id, buffer, len(buffer))

    def write_readinto(self, write_buffer, read_buffer):
        self._wire_time(len(read_buffer))
        _wire.ask(_wire.SPI_TRANSFER, self.id, write_buffer, read_buffer)

    def readinto(self, buffer, write=0):
        self.write_readinto(bytes([write]) * len(buffer), buffer)

    def read(self, length, write=0):
        buffer = bytearray(length)
        self.readinto(buffer, write)
        return bytes(buffer)

    def deinit(self):
        pass


class I2C:
    """A hardware I2C host. A missing acknowledge raises OSError(ENODEV), a stuck bus OSError(ETIMEDOUT)."""

    def __init__(self, id, *, scl=None, sda=None, freq=400_000, timeout=50_000):
        self.id, self._freq = id, freq
        self._register, self._value, self._length = bytearray(1), bytearray(2), bytearray(2)    # a board's calls take no heap
        pins = [255 if pin is None else pin.id for pin in (scl, sda)]
        _wire.tell(_wire.I2C_CONFIG, id, struct.pack('<II2B', freq, timeout, *pins))

    def _wire_time(self, length):
        _wire.spend(_I2C_US + ((length + 1) * 9 + 2) * 1000 // (self._freq // 1000), 0)

    def writeto(self, addr, buf, stop=True):
        self._wire_time(len(buf))
        _wire.ask(_wire.I2C_WRITE, self.id | addr << 8, buf)
        return len(buf)

    def readfrom_into(self, addr, buf, stop=True):
        self._wire_time(len(buf))
        self._length[0], self._length[1] = len(buf) & 255, len(buf) >> 8
        _wire.ask(_wire.I2C_READ, self.id | addr << 8, self._length, buf)

    def readfrom(self, addr, nbytes, stop=True):
        buffer = bytearray(nbytes)
        self.readfrom_into(addr, buffer, stop)
        return bytes(buffer)

    def writeto_mem(self, addr, memaddr, buf, *, addrsize=8):
        if len(buf) == 1:
            self._value[0], self._value[1] = memaddr, buf[0]
            self.writeto(addr, self._value)
        else:
            self.writeto(addr, bytes([memaddr]) + bytes(buf))

    def readfrom_mem_into(self, addr, memaddr, buf, *, addrsize=8):
        self._wire_time(1)
        self._register[0] = memaddr
        _wire.post(_wire.I2C_WRITE, self.id | addr << 8, self._register, 1)     # fails the read where it fails
        self.readfrom_into(addr, buf)

    def readfrom_mem(self, addr, memaddr, nbytes, *, addrsize=8):
        buffer = bytearray(nbytes)
        self.readfrom_mem_into(addr, memaddr, buffer)
        return bytes(buffer)

    def scan(self):
        found = []
        for address in range(0x08, 0x78):
            try:
                self.writeto(address, b'')
                found.append(address)
            except OSError:
                pass
        return found


class ADC:
    """A calibrated analogue input."""
    ATTN_0DB, ATTN_2_5DB, ATTN_6DB, ATTN_11DB = 0, 1, 2, 3

    def __init__(self, pin, *, atten=3):
        self._gpio = pin.id if isinstance(pin, Pin) else pin

    def read_uv(self):
        _wire.spend(_ADC_US, 0)
        return _wire.ask(_wire.ADC_READ, self._gpio)

    def read_u16(self):
        return min(65535, self.read_uv() * 65535 // 3_100_000)


class PWM:
    """A pulse-width output."""

    def __init__(self, pin, *, freq=5000, duty_u16=0, lightsleep=False):
        self._gpio, self._freq, self._duty, self._asleep = pin.id, freq, duty_u16, lightsleep
        self.duty_u16(duty_u16)

    def duty_u16(self, value=None):
        if value is None:
            return self._duty
        self._duty = value
        _wire.tell(_wire.PWM_SET, self._gpio, struct.pack('<IHB', self._freq, value, self._asleep))

    def deinit(self):
        self.duty_u16(0)


class RTC:
    """The real-time clock: runs through resets, starts at 2000-01-01 after power loss, keeps 2,048 bytes of memory."""

    def datetime(self, value=None):
        if value is None:
            answer = bytearray(12)
            _wire.ask(_wire.RTC_GET, 0, b'', answer)
            seconds, micros = struct.unpack('<qI', answer)
            year, month, day, hour, minute, second, weekday, _ = time.gmtime(seconds)[:8]
            return year, month, day, weekday, hour, minute, second, micros
        year, month, day, _, hour, minute, second, micros = value
        seconds = time.mktime((year, month, day, hour, minute, second, 0, 0, 0))
        _wire.tell(_wire.RTC_SET, 0, struct.pack('<qI', int(seconds), micros))

    def memory(self, data=None):
        if data is not None:
            if len(data) > 2048:
                raise ValueError('buffer too long')
            return _wire.tell(_wire.RTC_MEMORY_SET, 0, data)
        buffer = bytearray(_wire.ask(_wire.RTC_MEMORY_GET))
        _wire.ask(_wire.RTC_MEMORY_GET, len(buffer), b'', buffer)
        return bytes(buffer)


class WDT:
    """The task watchdog; once started it cannot be stopped."""

    def __init__(self, id=0, timeout=5000):
        self._timeout = timeout
        self.feed()

    def feed(self):
        _wire.tell(_wire.WATCHDOG, self._timeout)


class Timer:
    """One of four hardware timers; callbacks are called like those of pins. A soft reset stops all."""
    ONE_SHOT, PERIODIC = 0, 1

    def __init__(self, id, *, mode=1, period=-1, callback=None):
        if id not in (0, 1, 2, 3):
            raise ValueError('invalid Timer number')
        self.id = id
        if period != -1:
            self.init(mode=mode, period=period, callback=callback)

    def init(self, *, mode=1, period=-1, callback=None):
        _handlers[_wire.TIMER + self.id] = (callback, self)
        _wire.tell(_wire.TIMER_SET, self.id, struct.pack('<IB', period, mode))

    def deinit(self):
        _handlers.pop(_wire.TIMER + self.id, None)
        _wire.tell(_wire.TIMER_SET, self.id)


def reset():
    """Hard reset: does not come back."""
    _wire.call(_wire.RESET, HARD_RESET, b'', 0, b'', 0)


def soft_reset():
    """Soft reset, as Ctrl-D: does not come back."""
    _wire.call(_wire.RESET, SOFT_RESET, b'', 0, b'', 0)


def reset_cause():
    return _wire.ask(_wire.RESET_CAUSE)


def wake_reason():
    """ESP-IDF's number of what ended the last sleep: 2 ext0, 3 ext1, 4 the timer, 7 another pad; 0 where there was none."""
    return _woken[0] if _woken else _wire.ask(_wire.WAKE_REASON)


def deepsleep(time_ms=0):
    """Until a wake source of `esp32` but those of wake_on_gpio, or so many milliseconds: does not come back."""
    if _wire.call(_wire.DEEP_SLEEP, time_ms, b'', 0, b'', 0) < 0:
        raise ValueError('wake_on_gpio is not supported in deep sleep')


def unique_id():
    mac = bytearray(6)
    _wire.ask(_wire.UNIQUE_ID, 0, b'', mac)
    return bytes(mac)


BOOT_HZ = 160_000_000                           # what the world's cost of a wake is for
_frequency = [BOOT_HZ]
_power_on = []                                  # (interrupt, wake_ns) of vtime.c's start, from power_on
_sleeper = []                                   # flag and poller of lightsleep
_woken = []                                     # why the last one ended


def freq(hz=None):
    if hz is None:
        return _frequency[0]
    if hz not in (20_000_000, 40_000_000, 80_000_000, 160_000_000, 240_000_000):
        raise ValueError('frequency must be 20MHz, 40MHz, 80Mhz, 160MHz or 240MHz')
    _frequency[0] = hz
    interrupt, wake_ns = _power_on
    _wire.start(interrupt, wake_ns * (BOOT_HZ // 1000) // (hz // 1000))
    _wire.tell(_wire.FREQUENCY, hz // 1_000_000)


def in_raw_mode():
    """Whether the reset came from the raw REPL, which then goes on where main.py would have started."""
    return _wire.ask(_wire.SERIAL_PROMPT) == 2


def prompt():
    """The REPL, for as long as the power lasts."""
    _loaded('repl').serve(in_raw_mode())


def idle():
    time.sleep_ms(1)


def lightsleep(time_ms=None):
    """Until a wake source of `esp32`, or so many milliseconds. Edges on other pins are lost meanwhile, PWM stops unless it
    was asked to go on, and Bluetooth must be off."""
    if not _sleeper:
        _sleeper.append(_wire.flag_new())
        _sleeper.append(select.poll())
        _sleeper[1].register(_sleeper[0], select.POLLIN)
    _wire.flag_clear(_sleeper[0])
    if not _wire.ask(_wire.LIGHT_SLEEP, 1):
        _sleeper[1].poll(-1 if time_ms is None else time_ms)
    _woken[:] = [_wire.ask(_wire.LIGHT_SLEEP, 0)]
    _wire.spend(_AWAKE_AGAIN_US, 0)


def __getattr__(name):
    """What few pins use is loaded where it is asked for, since here it takes heap that it does not take on a board: the UART,
    and all of `bluetooth`, for which this module stands in sys.modules (see power_on) until then."""
    if name == 'UART':
        return _loaded('machine_uart').UART
    if name in ('BLE', 'UUID') or name.startswith('FLAG_'):
        module = sys.modules['bluetooth']
        if module.__name__ == __name__:
            del sys.modules['bluetooth']
            module = _loaded('bluetooth')
        return getattr(module, name)
    raise AttributeError(name)


def _loaded(module):
    """A shim that power-on has not imported."""
    vfs.mount(vfs.VfsPosix(_wire.shims), '/shims')      # the host's folders have left with power-on
    sys.path.append('/shims')
    try:
        return __import__(module)
    finally:
        sys.path.pop()
        vfs.umount('/shims')
