"""The QMI8658A as its I2C bus and its interrupt lines see it.

Owns registers, commands, lines, power and faults; attach it to an I2CBus at 0x6B (SA0 low) or 0x6A.
Modelled: every rule of the data sheet that a driver can break with effect (each is a sentence in `complaints`), reset
and its 15 ms, CTRL9 with CmdDone, accelerometer rates, ranges, FIFO, watermark and any-motion interrupts,
wake-on-motion, tap, self-test, power-down, temperature, supply current. Not modelled: gyroscope values (zero), SyncSample
locking, data-ready pulses, pedometer and no-motion engines, SPI. What is not known of the real chip is a switch
here (`big_endian_swaps`: whether BE=1 swaps bytes; `done_in_status1`: older parts show CmdDone there) or assumed
(reading STATUS1 clears the any-motion flag and its line). Faults: `no_answer(duration_ns)`, `brown_out()`,
`fifo_stuck`, `self_test_mg`, `who_am_i`, `power_off()`.
"""
import struct

from tests.simulator.chips.qmi8658 import registers as r
from tests.simulator.chips.qmi8658.sensing import Sensing
from tests.simulator.chips.sensor import Sensor

READY_NS = 15_000_000
COMMAND_NS = 300_000
SELF_TEST_NS = 25_000_000
AXES, SIX_AXES = 6, 12                  # bytes of a sample


class QMI8658(Sensor):
    """`source` feeds it (see `sampling`)."""

    NAME = 'QMI8658'

    def __init__(self, clock, rng=None):
        super().__init__(clock, rng)
        self.big_endian_swaps = True
        self.done_in_status1 = False
        self.who_am_i = r.RESET_VALUES[r.WHO_AM_I]
        self.temperature_c = 25.0
        self.self_test_mg = [420, -380, 510]    # how far each axis moves under self-test; None: it never ends
        self.resets = self.commands = self.bytes_read = 0
        self._sensing = Sensing(clock, self._drive_lines)
        self._command = None
        self._reset()

    # ---- the world's side ----
    @property
    def source(self):
        return self._sensing.sampling.source

    @source.setter
    def source(self, source):
        self._sensing.settle()
        self._sensing.sampling.source = source
        if hasattr(source, 'watch'):
            source.watch(self.source_changed)
        self.source_changed()

    def source_changed(self):
        """The source's future is another now: look at it again."""
        self._sensing.settle()
        self._sensing.look_again()
        self._sensing.plan()

    @property
    def fifo_stuck(self):
        """Fault: no sample reaches the FIFO, so no watermark interrupt comes."""
        return self._sensing.stuck

    @fifo_stuck.setter
    def fifo_stuck(self, stuck):
        self._sensing.settle()
        self._sensing.stuck = stuck
        self._sensing.plan()

    @property
    def samples_lost(self):
        """Samples that overflowed the FIFO, and those that came while it was being read."""
        return self._sensing.fifo.lost, self._sensing.fifo.dropped_while_read

    def supply_ua(self):
        """The supply current at 1.8 V."""
        if not self._powered:
            return 0
        control, rate = self._registers[r.CTRL7], self._registers[r.CTRL2] & 15
        if self._registers[r.CTRL1] & r.SENSOR_DISABLE:
            return r.POWER_DOWN_UA
        if control & r.GYRO_ENABLE:
            return r.SIX_AXES_UA
        if not control & r.ACCEL_ENABLE:
            return r.IDLE_UA
        return r.LOW_POWER_RATES[rate][1] if rate in r.LOW_POWER_RATES else r.RATES[rate][2]

    # ---- the bus ----
    def i2c_write(self, data):
        """A write transfer: register pointer, then at most one byte for a register."""
        self._acknowledge()
        self._sensing.settle()
        if data:
            self._pointer = data[0]
        if len(data) > 2:
            self._complain(f'a burst of {len(data) - 1} bytes was written to register 0x{data[0]:02X}; '
                           'registers take one byte a transfer')
        if len(data) > 1:
            self._write(data[0], data[1])
        self._drive_lines()
        self._sensing.plan()

    def i2c_read(self, length):
        """A read transfer from the register pointer on."""
        self._acknowledge()
        self._sensing.settle()
        self.bytes_read += length
        data = self._read_fifo(length) if self._pointer == r.FIFO_DATA else self._read_registers(length)
        self._drive_lines()
        self._sensing.plan()
        return data

    def _read_registers(self, length):
        step = 1 if self._registers[r.CTRL1] & r.ADDR_AI else 0
        if length > 1 and not step:
            self._complain(f'a burst of {length} bytes was read with ADDR_AI = 0: it is one register again and again')
        first = self._pointer
        self._pointer += step * length
        return bytes(self._value(first + step * offset) for offset in range(length))

    def _read_fifo(self, length):
        fifo = self._sensing.fifo
        if not fifo.reading:
            self._complain('the FIFO was read without CTRL_CMD_REQ_FIFO')
        data = fifo.read(length)
        if len(data) < length:
            self._complain(f'{length} bytes were read from a FIFO that held {len(data)}')
        return data + bytes(length - len(data))

    # ---- reading registers ----
    def _value(self, register):
        """What a read of one register returns; reading a status register may clear it."""
        sensing = self._sensing
        if r.AX_L <= register <= r.GZ_H:
            sensing.status0 = 0
            return self._in_order(self._accelerations(sensing.last_mg) + bytes(AXES))[register - r.AX_L]
        if register in (r.TEMP_L, r.TEMP_L + 1):
            pair = int(self.temperature_c * 256).to_bytes(2, 'little', signed=True)
            return self._in_order(pair)[register - r.TEMP_L]
        if r.TIMESTAMP_L <= register <= r.TIMESTAMP_L + 2:
            return sensing.timestamp >> 8 * (register - r.TIMESTAMP_L) & 0xFF
        if register == r.STATUS1:
            return self._take_status1()
        if r.DVX_L <= register < r.DVX_L + AXES and self.self_test_mg and self._tested_ns is not None:
            return b''.join((mg * 2048 // 1000).to_bytes(2, 'little', signed=True)
                            for mg in self.self_test_mg)[register - r.DVX_L]
        if register == r.TAP_STATUS:
            return sensing.tap_status
        if register == r.RESET_STATE and self.clock.now_ns < self._ready_ns:
            return 0
        done = self._command_done and not self.done_in_status1
        live = {r.FIFO_SMPL_CNT: sensing.fifo.words() & 0xFF, r.FIFO_STATUS: sensing.fifo.status(),
                r.STATUSINT: done << 7 | self.int1.level << 1 | (self.int2.level or self._self_tested()),
                r.STATUS0: sensing.status0}
        return live.get(register, self._registers[register] if register <= r.LAST else 0)

    def _self_tested(self):
        """Whether the self-test's result is ready: until CTRL2.aST is cleared."""
        under_test = self._registers[r.CTRL2] & r.SELF_TEST and self.self_test_mg
        return bool(under_test and self.clock.now_ns >= self._tested_ns)

    def _take_status1(self):
        value, self._sensing.status1 = self._sensing.status1, 0
        self._sensing.wake_toggled = False
        return value | (self._command_done and self.done_in_status1)

    def _accelerations(self, sample_mg):
        """Six bytes, low byte first, in the units of the range that is set."""
        per_g = 16384 >> (self._registers[r.CTRL2] >> 4 & 3)
        return struct.pack('<3h', *[max(-32768, min(32767, round(value * per_g / 1000))) for value in sample_mg])

    def _in_order(self, data):
        if not (self.big_endian_swaps and self._registers[r.CTRL1] & r.BE):
            return data
        return bytes(data[index ^ 1] for index in range(len(data)))

    def _fifo_sample(self, sample_mg):
        gyro = bytes(SIX_AXES - AXES) if self._registers[r.CTRL7] & r.GYRO_ENABLE else b''
        return self._in_order(self._accelerations(sample_mg) + gyro)

    # ---- writing registers ----
    def _reset(self):
        """Power-on or soft reset: 15 ms pass until the chip is ready."""
        self._registers = bytearray(r.LAST + 1)
        for register, value in r.RESET_VALUES.items():
            self._registers[register] = value
        self._registers[r.WHO_AM_I] = self.who_am_i
        self._pointer = self._wake_pin = 0
        self._ready_ns = self.clock.now_ns + READY_NS
        self._end_command()
        self._command_done = False
        self._tested_ns = None
        self._sensing.reset()
        self.resets += 1
        self._drive_lines()

    def _write(self, register, value):
        if self.clock.now_ns < self._ready_ns:
            self._complain(f'register 0x{register:02X} was written within 15 ms of a reset')
            return
        if register not in r.WRITABLE:
            self._complain(f'0x{value:02X} was written to register 0x{register:02X}, which cannot be written')
            return
        old, self._registers[register] = self._registers[register], value
        if register == r.RESET:
            if value == r.RESET_WORD:
                self._reset()
        elif register == r.CTRL9:
            self._start_command(value)
        elif register in (r.CTRL7, r.CTRL1, r.CTRL2):
            self._set_running(register, old != value)
        elif register == r.CTRL8:
            self._set_engines(value)
        elif register in (r.FIFO_CTRL, r.FIFO_WTM_TH):
            self._sensing.fifo.configure(self._registers[r.FIFO_CTRL], self._registers[r.FIFO_WTM_TH])

    def _set_running(self, register, changed):
        control = self._registers[r.CTRL7]
        if register == r.CTRL2 and self._registers[r.CTRL2] & r.SELF_TEST:
            if control & 3:
                self._complain('the self-test was begun while sensors are enabled in CTRL7')
            self._tested_ns = self.clock.now_ns + SELF_TEST_NS
        runs = control & r.ACCEL_ENABLE and not self._registers[r.CTRL1] & r.SENSOR_DISABLE
        if not runs:
            self._sensing.stop()
        elif register != r.CTRL1 and changed or not self._sensing.sampling.running:
            self._start_sampling(bool(control & r.GYRO_ENABLE))
        if control & r.SYNC_SAMPLE:
            self._complain('SyncSample = 1: FIFO and engines do not work, and this model does not know locking')

    def _start_sampling(self, six_axes):
        rate = self._registers[r.CTRL2] & 15
        if rate in r.RATES:
            hertz = r.RATES[rate][six_axes]
        elif rate in r.LOW_POWER_RATES and not six_axes:
            hertz = r.LOW_POWER_RATES[rate][0]
        else:
            self._complain(f'accelerometer rate {rate} does not exist' + ' beside the gyroscope' * six_axes)
            self._registers[r.CTRL2] = self._registers[r.CTRL2] & 0xF0 | 8
            hertz = r.RATES[8][six_axes]
        if self._sensing.wake.on and rate not in r.LOW_POWER_RATES:
            self._complain('wake-on-motion wants a low-power rate')
        self._sensing.settle()
        self._sensing.start(round(1e9 / hertz), self._fifo_sample)

    def _set_engines(self, value):
        self._sensing.any_motion.on = bool(value & r.ANY_MOTION)
        self._sensing.tap.on = bool(value & r.TAP)
        self._sensing.look_again()
        if value & (r.PEDOMETER | r.SIGNIFICANT_MOTION | r.NO_MOTION):
            self._complain('pedometer, no-motion and significant-motion engines are not modelled')

    # ---- CTRL9 ----
    def _start_command(self, command):
        if command == r.CMD_ACK:
            self._command_done = False
            return
        if self._command or self._command_done:
            self._complain(f'command 0x{command:02X} was given before the last one was acknowledged with 0x00')
            self._end_command()
        if command not in r.CMD_WHILE_RUNNING and self._registers[r.CTRL7] & 3:
            self._complain(f'command 0x{command:02X} was given while sensors are enabled in CTRL7')
        self.commands += 1
        self._command = self.clock.call_later(COMMAND_NS, self._finish_command, command)

    def _end_command(self):
        if self._command:
            self._command.cancel()
        self._command = None

    def _finish_command(self, command):
        self._command = None
        self._sensing.settle()
        self._execute(command)
        self._command_done = True
        self._drive_lines()
        self._sensing.plan()

    def _execute(self, command):
        sensing, cal = self._sensing, self._registers[r.CAL1_L:r.CAL4_H + 1]
        if command == r.CMD_RESET_FIFO:
            sensing.fifo.clear()
        elif command == r.CMD_REQUEST_FIFO:
            self._registers[r.FIFO_CTRL] |= r.READ_MODE
            sensing.fifo.configure(self._registers[r.FIFO_CTRL], self._registers[r.FIFO_WTM_TH])
        elif command == r.CMD_WAKE_ON_MOTION:
            sensing.wake.configure(threshold_mg=cal[0], blanking=cal[1] & 0x3F)
            sensing.wake_toggled = False
            sensing.look_again()
            self._wake_pin = cal[1] >> 6
        elif command == r.CMD_MOTION:
            self._configure_motion(cal)
        elif command == r.CMD_TAP:
            self._configure_tap(cal)
        elif command not in r.CMD_WITHOUT_EFFECT and command != r.CMD_AHB_GATING:
            self._complain(f'command 0x{command:02X} does not exist')

    def _configure_motion(self, cal):
        engine, page = self._sensing.any_motion, cal[r.CAL4_H - r.CAL1_L]
        self._sensing.look_again()
        if page == 1:
            engine.thresholds, engine.mode = list(cal[0:3]), cal[r.CAL4_L - r.CAL1_L]
        elif page == 2:
            engine.window = cal[0]
        else:
            self._complain(f'motion settings come on pages 1 and 2 (CAL4_H), not {page}')

    def _configure_tap(self, cal):
        engine, page = self._sensing.tap, cal[r.CAL4_H - r.CAL1_L]
        words = [cal[at] | cal[at + 1] << 8 for at in (2, 4)]
        if page == 1:
            engine.peak_window, (engine.tap_window, engine.double_window) = cal[0], words
        elif page == 2:
            engine.alpha, engine.peak_g2, engine.quiet_g2 = cal[0] / 128, words[0] / 1024, words[1] / 1024
        else:
            self._complain(f'tap settings come on pages 1 and 2 (CAL4_H), not {page}')

    # ---- lines ----
    def _drive_lines(self):
        """Both outputs are the OR of what is routed to them, active high; switched off they float (read as 0)."""
        control, sensing = self._registers[r.CTRL1], self._sensing
        fifo = sensing.fifo.interrupt
        moved = bool(sensing.status1 & (r.ANY_MOTION_SEEN | r.TAP_SEEN))
        fifo_on_1, moved_on_1 = control & r.FIFO_INT_SEL, self._registers[r.CTRL8] & r.ACTIVITY_ON_INT1
        done = self._command_done and not self._registers[r.CTRL8] & r.HANDSHAKE_BY_STATUS
        one = fifo and fifo_on_1 or moved and moved_on_1 or done
        two = fifo and not fifo_on_1 or moved and not moved_on_1
        if sensing.wake.on:                     # CAL1_H: bit 7 the idle level, bit 6 the pin
            level = bool(self._wake_pin & 2) != sensing.wake_toggled
            one, two = (one, level) if self._wake_pin & 1 else (level, two)
        self.int1.set(bool(one and self._powered and control & r.INT1_EN))
        self.int2.set(bool(two and self._powered and control & r.INT2_EN))
