"""The processor's pads: routes what the `machine` shims ask to lines, buses and counters of one board.

Owns the GPIO table, the configured buses, the RTC and the watchdog. `pin` builds it, attaches the chips and hands its
`serve` and `accept` to the child process. Anything the wiring does not allow is a complaint.
"""
import functools
import struct

from tests.simulator.flash import PowerCut
from tests.simulator.operations import TIMER, UART_RECEIVED, Op
from tests.simulator.sleep import Sleep
from tests.simulator.wires import BusStuck, I2CBus, Line, Nack, SerialWire, SPIBus

ENODEV, ETIMEDOUT, EINVAL = 19, 116, 22         # as the ESP32 port numbers them
DEEP_SLEEP_RESET, SOFT_RESET = 4, 5
BOOT_MHZ = 160
PROMPT, RAW, STOPPING = 1, 2, 3                 # who reads the console; 0: nobody, a program runs
RISING, FALLING, LOW, HIGH = 1, 2, 4, 5
RTC_AFTER_POWER_LOSS = 946_684_800              # 2000-01-01, seconds since 1970


class Board:
    """`power` is told of resets and power cuts: `power.restart(cause)`, `power.cut()`, `power.deep_sleep()`,
    `power.wake_up()`, `power.heap(...)`, `power.ended()`; its `radio` answers what concerns Bluetooth."""

    def __init__(self, clock, rng, wiring, flash, mac, power):
        self.clock, self.rng, self.wiring, self.flash, self.mac, self.power = clock, rng, wiring, flash, mac, power
        self.gpio = {}
        self.pwm = {}
        self.adc_mv = {}
        self.complaints = []
        self.spi = {wiring.lcd_sck: SPIBus(), wiring.nfc_sck: SPIBus()}
        self.i2c = I2CBus()
        self.uart = SerialWire()                # the only UART that is wired
        self.reset_cause = 1
        self.frequency_mhz = BOOT_MHZ
        self.on_pwm = None
        self.flash_reads = []                   # [(ns, reads, bytes)] so far, where computing takes time
        self._buses = {}
        self._triggers = {}
        self._rtc_offset_s = RTC_AFTER_POWER_LOSS
        self._rtc_from_ns = clock.now_ns
        self._rtc_memory = b''
        self._dog = None
        self._failed_post = None                # (status, b'')
        self._interrupt = lambda number: None
        self._timers = {}
        self._stops = {}                        # GPIO: whether its PWM stops in light sleep
        self.sleep = Sleep(self)
        self.typed, self.prompt = bytearray(), 0    # what came in on the console, and who reads it
        self._operations = {op: getattr(self, '_' + op.name.lower(), functools.partial(self._bluetooth, op)) for op in Op}

    # ---- what pin and tests use ----
    def line(self, gpio, level=0):
        """The Line on a GPIO, made at the first use."""
        if gpio not in self.gpio:
            self.gpio[gpio] = Line(f'GPIO{gpio}', level)
        return self.gpio[gpio]

    def connect(self, gpio, line):
        """Solder a chip's line to a GPIO."""
        self.gpio[gpio] = line
        self.sleep.connect(gpio, line)
        line.watch(lambda level: self._edge(gpio, level))

    def set_rtc(self, seconds):
        self._rtc_offset_s, self._rtc_from_ns = seconds, self.clock.now_ns

    def rtc_s(self):
        """What the clock says, in seconds since 1970."""
        return self._rtc_offset_s + (self.clock.now_ns - self._rtc_from_ns) // 1_000_000_000

    def processor_starts(self, interrupt, cause):
        """A reset or a boot: triggers and the watchdog are gone, `interrupt(number)` reaches the new program."""
        self.reset_cause, self._interrupt = cause, interrupt
        self._triggers.clear()
        self._buses.clear()
        self._failed_post = None
        self._stop_timers()
        self.sleep.processor_starts(cause == DEEP_SLEEP_RESET)
        self._stops, self.frequency_mhz = {}, BOOT_MHZ
        self.typed.clear()
        if cause != SOFT_RESET or self.prompt != RAW:
            self.prompt = 0
        self.uart.on_receive = None
        if cause != SOFT_RESET:                 # nothing else stops it
            self._stop_watchdog()

    def _stop_timers(self):
        for number in list(self._timers):
            self._timer_set(number, b'')

    def power_off(self):
        self._stop_timers()
        self._stop_watchdog()
        self._interrupt = lambda number: None
        self._triggers.clear()
        self.sleep.power_off()
        self._rtc_memory = b''
        self.set_rtc(RTC_AFTER_POWER_LOSS)
        for gpio in self.pwm:
            self._set_duty(gpio, 0)

    def serve(self, op, arg, data):
        """Answer a call: (status, bytes)."""
        if self._failed_post:
            failed, self._failed_post = self._failed_post, None
            return failed
        answer = self._operations[op](arg, data)
        return answer if isinstance(answer, tuple) else (answer or 0, b'')

    def accept(self, op, arg, data):
        """Take a post. One that fails, as nobody waits for its answer, fails the call that follows."""
        answer = self._operations[op](arg, data)
        if isinstance(answer, tuple) and answer[0] < 0:
            self._failed_post = answer

    # ---- GPIO ----
    def _edge(self, gpio, level):
        if self.sleep.light or self.sleep.deep:     # edges are lost; only what wakes is looked at
            self.sleep.edge(gpio, level)
            return
        trigger = self._triggers.get(gpio, 0)
        if trigger in (LOW, HIGH):
            if level == (trigger == HIGH):
                self._interrupt(gpio)
        elif trigger & (RISING if level else FALLING):
            self._interrupt(gpio)

    def _pin_out(self, arg, data):
        self.sleep.drive(arg >> 1, arg & 1)

    def _pin_in(self, arg, data):
        if arg not in self.gpio:
            self.complaints.append(f'read GPIO{arg}, where nothing is connected')
        return self.line(arg, 1).level

    def _pin_irq(self, arg, data):
        self._triggers[arg] = data[0]
        if data[0] in (LOW, HIGH):
            self._edge(arg, self.line(arg, 1).level)

    # ---- buses ----
    def _spi_config(self, arg, data):
        baudrate, polarity, phase, firstbit, sck, mosi, miso = struct.unpack('<I6B', data)
        w = self.wiring
        if (sck, mosi) not in ((w.lcd_sck, w.lcd_mosi), (w.nfc_sck, w.nfc_mosi)):
            self.complaints.append(f'SPI({arg}) on SCK {sck}, MOSI {mosi}: nothing is wired there')
        if polarity or phase:
            self.complaints.append(f'SPI({arg}) in a mode other than 0')
        if sck == w.nfc_sck and baudrate > 5_000_000:
            self.complaints.append(f'{baudrate} Bd is above the 5 MHz of the PN532')
        self._buses[arg] = (self.spi.get(sck) or SPIBus(), bool(firstbit))

    def _spi_write(self, arg, data):
        bus, lsb_first = self._buses[arg]
        bus.transfer(data, lsb_first)

    def _spi_transfer(self, arg, data):
        bus, lsb_first = self._buses[arg]
        return 0, bus.transfer(data, lsb_first)

    def _i2c_config(self, arg, data):
        _, _, scl, sda = struct.unpack('<II2B', data)
        if (scl, sda) != (self.wiring.i2c_scl, self.wiring.i2c_sda):
            self.complaints.append(f'I2C({arg}) on SCL {scl}, SDA {sda}: nothing is wired there')

    def _i2c(self, function, *arguments):
        try:
            return 0, function(*arguments) or b''
        except Nack:
            return -ENODEV, b''
        except BusStuck:
            return -ETIMEDOUT, b''

    def _i2c_write(self, arg, data):
        return self._i2c(self.i2c.write, arg >> 8, data)

    def _i2c_read(self, arg, data):
        return self._i2c(self.i2c.read, arg >> 8, int.from_bytes(data, 'little'))

    def _uart_config(self, arg, data):
        baudrate, tx, rx, size = struct.unpack('<I2BH', data)
        if (tx, rx) != (self.wiring.nfc_sck, self.wiring.nfc_mosi):
            self.complaints.append(f'UART({arg}) on TX {tx}, RX {rx}: nothing is wired there')
        self.uart.configure(baudrate, size)

    def _uart_write(self, arg, data):
        self.uart.write(data)

    def _uart_any(self, arg, data):
        return self.uart.waiting

    def _uart_read(self, arg, data):
        data = self.uart.read(int.from_bytes(data, 'little'))
        return len(data), data

    def _uart_irq(self, arg, data):
        self.uart.on_receive = (lambda: self._interrupt(UART_RECEIVED)) if data[0] else None

    # ---- sleep ----
    def interrupt(self, number):
        """Interrupt the program, or end its light sleep."""
        self._interrupt(number)

    def _pin_hold(self, arg, data):
        self.sleep.hold(arg, data[0])

    def _wake_sources(self, arg, data):
        self.sleep.set_sources(arg, dict(zip(data[::2], data[1::2])))

    def _light_sleep(self, arg, data):
        """1: to sleep; answers 1 where something would wake it at once. 0: awake again; answers why."""
        if not arg:
            self._awake()
            return self.sleep.reason
        if self.sleep.begin_light():
            return 1
        if self.power.radio_on:
            self.complaints.append('light sleep while Bluetooth is on: links are lost')
        for gpio, stops in self._stops.items():
            if stops and self.on_pwm:
                self.on_pwm(gpio, 0)
        return 0

    def _awake(self):
        if self.sleep.light:
            self.sleep.end_light()
            for gpio, duty in self.pwm.items():
                self._set_duty(gpio, duty)

    def _deep_sleep(self, arg, data):
        refused = self.sleep.begin_deep(arg)
        if not refused:
            self._stop_timers()
            self._stop_watchdog()
            for gpio in self.pwm:
                self._set_duty(gpio, 0)
        return refused

    def _wake_reason(self, arg, data):
        return self.sleep.reason

    # ---- timers ----
    def _timer_set(self, arg, data):
        if arg in self._timers:
            self._timers.pop(arg).cancel()
        if data:
            period_ms, periodic = struct.unpack('<IB', data)
            self._timers[arg] = self.clock.call_later(period_ms * 1_000_000, self._timer_fires, arg, data if periodic else b'')

    def _timer_fires(self, arg, data):
        del self._timers[arg]
        self._timer_set(arg, data)
        self._interrupt(TIMER + arg)

    # ---- the console's other direction ----
    def _serial_read(self, arg, data):
        taken = bytes(self.typed[:arg])
        del self.typed[:arg]
        return len(taken), taken

    def _serial_prompt(self, arg, data):
        """Says how the prompt was left (RAW: by a soft reset there), and notes its state."""
        before = self.prompt
        if data:
            self.prompt = data[0]
        return before

    # ---- the rest of the chip ----
    def _adc_read(self, arg, data):
        return int(self.adc_mv.get(arg, 0) * 1000)

    def _pwm_set(self, arg, data):
        _, duty, goes_on = struct.unpack('<IHB', data)
        self._stops[arg] = not goes_on
        self._set_duty(arg, duty)

    def _set_duty(self, gpio, duty):
        self.pwm[gpio] = duty
        if self.on_pwm and not self.sleep.is_held(gpio):
            self.on_pwm(gpio, duty / 65535)

    def _rtc_get(self, arg, data):
        elapsed_ns = self.clock.now_ns - self._rtc_from_ns
        return 0, struct.pack('<qI', self._rtc_offset_s + elapsed_ns // 1_000_000_000, elapsed_ns // 1000 % 1_000_000)

    def _rtc_set(self, arg, data):
        self.set_rtc(struct.unpack('<qI', data)[0])

    def _rtc_memory_get(self, arg, data):
        return len(self._rtc_memory), self._rtc_memory[:arg]

    def _rtc_memory_set(self, arg, data):
        self._rtc_memory = data

    def _stop_watchdog(self):
        if self._dog:
            self._dog.cancel()
            self._dog = None

    def _watchdog_bites(self):
        self.power.restart(3)

    def _watchdog(self, timeout_ms, data):
        self._stop_watchdog()
        self._dog = self.clock.call_later(timeout_ms * 1_000_000, self._watchdog_bites)

    def _reset(self, arg, data):
        self.power.restart(arg)

    def _reset_cause(self, arg, data):
        return self.reset_cause

    def _random(self, arg, data):
        return arg, self.rng.randbytes(arg)

    def _unique_id(self, arg, data):
        return 6, self.mac

    def _heap(self, arg, data):
        self.power.heap(*struct.unpack('<II', data))

    def _frequency(self, arg, data):
        self.frequency_mhz = arg

    def _ended(self, arg, data):
        self.power.ended()

    def _bluetooth(self, op, arg, data):
        return self.power.radio.serve(op, arg, data)

    # ---- flash ----
    def _flash_reads(self, arg, data):
        self.flash_reads.append((self.clock.now_ns, arg, int.from_bytes(data, 'little')))

    def _on_flash(self, function, *arguments):
        try:
            function(*arguments)
        except PowerCut:
            self.power.cut()
        return 0

    def _flash_write(self, arg, data):
        return self._on_flash(self.flash.program, arg, data)

    def _flash_erase(self, arg, data):
        return self._on_flash(self.flash.erase, arg)
