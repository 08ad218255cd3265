"""The energy ledger of a pin: what each part has drawn, from its states and a table of currents.

Owns the table, with a source and a confidence for each figure. A part's state is looked at whenever the processor comes out of
a wait, and when a deep sleep begins and ends, and counts for the time since it was before; the processor itself is busy until
it begins to wait. All currents are of the 3.3 V rail; a linear regulator takes the same from the cell. Made by `pin.energy`;
read by the bench and instruments.
"""
from collections import Counter

MA_H = 3_600e9                                  # mA times ns in a mAh
UNSURE = ('one', 'guess')                       # confidences that rest on one report or on none

# (part, state): (mA, confidence, source). measured: on a board by its makers; sheet: data sheet; one: one report; guess: ours
CURRENTS = {
    ('processor', 'busy 240'): (60, 'sheet', 'ESP32-S3 data sheet table 5-8, between one and two busy cores'),
    ('processor', 'busy 160'): (48, 'sheet', 'the same'),
    ('processor', 'busy 80'): (36, 'sheet', 'the same'),
    ('processor', 'idle 240'): (38, 'sheet', 'the same, WAITI; 32 mA measured on two boards'),
    ('processor', 'idle 160'): (33, 'sheet', 'the same'),
    ('processor', 'idle 80'): (27, 'sheet', 'the same'),
    ('processor', 'light sleep'): (0.8, 'one', '0.78 mA on a bare DevKitC; 4 on another board'),
    ('processor', 'deep sleep'): (0.008, 'measured', 'ESP32-S3 data sheet, with the RTC peripherals that ext0 needs'),
    ('processor', 'starting'): (40, 'guess', 'from the end of a deep sleep to boot.py'),
    ('bluetooth', 'on'): (50, 'one', 'no modem sleep in the stock build: 110 mA for a whole board, 30 with it off'),
    ('backlight', 'on'): (40, 'one', 'at full duty, two LEDs; 20 to 40 by its resistor; linear in duty'),
    ('panel', 'awake'): (8, 'one', 'GC9A01 logic, as measured on its family'),
    ('panel', 'asleep'): (0.05, 'guess', 'sleep-in'),
    ('motion sensor', 'on'): (0.142, 'sheet', 'QMI8658A table of rates; the model gives each state its own'),
    ('touch', 'awake'): (2.0, 'one', 'CST816S, 1.6 to 3 mA'),
    ('touch', 'asleep'): (0.01, 'guess', 'standby'),
    ('nfc', 'rf_on'): (100, 'sheet', 'PN532, 60 to 150 mA with its field on'),
    ('nfc', 'idle'): (36, 'measured', 'boards with a PN532, awake without a field'),
    ('nfc', 'soft_pd'): (0.045, 'sheet', 'PN532, its field detector on: 22 uA, 45 at the most'),
    ('nfc', 'hard_pd'): (0.002, 'sheet', 'PN532'),
    ('nfc', 'off'): (0, 'sheet', 'no supply'),
    ('board', 'on'): (0.05, 'guess', 'charger and divider; regulator and USB bridge are in the board measured in light sleep'),
    ('board', 'deep sleep'): (0.2, 'guess', 'regulator, charger, divider and USB bridge: 0.05 to 0.5, measured by nobody'),
}
RATES_MHZ = (80, 160, 240)


class Ledger:
    """Counts from the moment it is made. `charge`: {(part, state): mA * ns}; `currents`: like CURRENTS, for other boards."""

    def __init__(self, pin, currents=CURRENTS):
        self._pin = pin
        self.currents = currents
        self.begun_ns = self._since_ns = pin.world.clock.now_ns
        self.charge = Counter()
        self.time_ns = Counter()

    def follow(self, child):
        """Count for a processor that has just started."""
        self.settle()
        child.on_wake = self._on_wake

    def _on_wake(self, busy_ns, waited_ns, bus_ns):
        """It was busy from `busy_ns` (None: from its start) to `waited_ns`, for `bus_ns` of that with a bus, and has waited
        until now."""
        now_ns = self._pin.world.clock.now_ns
        begin_ns = max(self._since_ns, busy_ns or self._since_ns)
        waited_ns = min(max(waited_ns, begin_ns), now_ns)
        board = self._pin.board
        mhz = max(rate for rate in RATES_MHZ if rate <= max(board.frequency_mhz, RATES_MHZ[0]))
        bus_ns = min(bus_ns, waited_ns - begin_ns)
        self._add('processor', f'busy {mhz}', waited_ns - begin_ns - bus_ns)
        self._add('processor', f'idle {mhz}', bus_ns)
        self._add('processor', 'light sleep' if board.sleep.light else f'idle {mhz}', now_ns - waited_ns)
        self._parts(now_ns - self._since_ns)
        self._since_ns = now_ns

    def settle(self):
        """Count up to now what is not the processor's."""
        now_ns = self._pin.world.clock.now_ns
        self._parts(now_ns - self._since_ns)
        self._since_ns = now_ns

    def _parts(self, span_ns):
        pin = self._pin
        if not pin.on and not pin.asleep:
            return
        if pin.asleep:
            self._add('processor', pin.asleep, span_ns)
        panel = pin.panel
        self._add('panel', 'asleep' if panel.asleep else 'awake', span_ns)
        self._add('backlight', 'on', span_ns, panel.backlight)
        self._add('nfc', pin.nfc.power.ledger.state, span_ns)
        self._add('motion sensor', 'on', span_ns, pin.imu.supply_ua() / 142)
        self._add('touch', 'awake' if pin.glass.awake else 'asleep', span_ns)
        self._add('board', 'deep sleep' if pin.asleep == 'deep sleep' else 'on', span_ns)
        if pin.radio_on:
            self._add('bluetooth', 'on', span_ns)

    def _add(self, part, state, span_ns, share=1):
        if span_ns > 0:
            self.time_ns[part, state] += span_ns
            self.charge[part, state] += span_ns * self.currents[part, state][0] * share

    @property
    def total_mah(self):
        self.settle()
        return sum(self.charge.values()) / MA_H

    def consumers(self):
        """[(part, mAh)], the largest first."""
        self.settle()
        parts = Counter()
        for (part, _), charge in self.charge.items():
            parts[part] += charge / MA_H
        return parts.most_common()

    def uncertain_mah(self):
        """How much of the total rests on one report or on a guess."""
        return sum(charge / MA_H for key, charge in self.charge.items() if self.currents[key][1] in UNSURE)
