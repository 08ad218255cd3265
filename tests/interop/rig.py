"""A pin that runs the whole firmware, and the chip of a foreign program held to its back.

Owns the pairing of the two and the run in real time. Used by the interop tests of the firmware: nfcpy and libnfc's tools
see what a phone, a reader or another maker's pin would see.
"""
import os
import random
import subprocess

from firmware.social.tag import SCHEMA, Tag
from firmware.system.journal import Journal
from firmware.system.log import Log
from tests.simulator.chips.pn532 import PN532
from tests.simulator.data import storage_of
from tests.simulator.pty_port import PtyPort, run_realtime

BOOT_S = 2
AFTERWARDS_S = 0.5
TRIES = 3
LIMIT_S = 30                        # of real time, for one try, on a busy machine
STAY_NS = 500_000_000               # how long a reader stays once it has found the pin
LOOK_NS = 10_000_000
LONG_PRESS_MS = 700                 # asks for a burst on purpose
READABLE = {'name': 'Ada Lovelace', 'title': 'Analyst', 'organisation': 'Engine Works', 'web': 'https://example.org/ada',
            'email': 'ada@example.org', 'phone': '+44 20 7946 0000',
            'handles': [(f'service {n}', 'ada.lovelace' * 4) for n in range(5)],
            'public': ('name', 'title', 'organisation', 'web', 'handles')}


class Rig:
    """Ada's pin in `world`, booted; `options` are World.add_pin's. `chip` is the foreign program's."""

    def __init__(self, world, card=None, **options):
        self.world = world
        self.ada = world.add_pin('Ada', card, **options)
        self.chip = PN532(world.clock, random.Random(2), world.air, interface='hsu', name='foreign')
        world.run(BOOT_S)

    def run(self, function):
        """What `function(port)` returns, a foreign program at a PtyPort, whose chip is near the pin for that long."""
        self.world.air.couple(self.ada.nfc, self.chip)
        with PtyPort(self.chip) as port:
            result, = run_realtime(self.world.clock, [port], lambda: function(port), limit_s=TRIES * LIMIT_S)
        self.world.air.uncouple(self.chip)
        self.world.run(AFTERWARDS_S)
        return result

    def leave_after_contact(self):
        """Take the foreign chip away a while after it has activated the pin."""
        if self.ada.nfc.target.state == 'active':
            self.world.clock.call_later(STAY_NS, self.world.air.uncouple)
        else:
            self.world.clock.call_later(LOOK_NS, self.leave_after_contact)

    def look(self):
        """Ada asks for a burst: her pin looks for others."""
        self.ada.press(ms=LONG_PRESS_MS)

    def logged(self, text):
        return any(text in entry.text for entry in self.ada.console.entries())

    def reads(self):
        """How often the pin was read as a tag, as counted on its flash."""
        log = Log(write_line=lambda line: None)
        return Tag(None, Journal(storage_of(self.ada), 'reads', SCHEMA, log), log).reads()

    def check_quiet(self):
        """The pin is armed again, and nobody and nothing has found a fault."""
        assert self.ada.nfc.target.state == 'armed'
        assert [entry for entry in self.ada.console.entries() if entry.level != 'I'] == []
        assert 'Traceback' not in self.ada.console
        assert self.world.complaints == self.chip.complaints == []


def run_tool(port, name, *arguments, codes=(0,), says=''):
    """Run one of libnfc's tools on the chip at `port`; what it printed, with white space evened out.

    It keeps real time, and gives up where the machine is busy; then it is started again, as a person would.
    """
    environment = dict(os.environ, LIBNFC_DEFAULT_DEVICE=f'pn532_uart:{port.path}', LIBNFC_LOG_LEVEL='0')
    for _ in range(TRIES):
        done = subprocess.run([name, *arguments], env=environment, timeout=LIMIT_S, capture_output=True, text=True)
        if done.returncode in codes and says in ' '.join(done.stdout.split()):
            break
    assert done.returncode in codes, f'{name} ended with {done.returncode}: {done.stdout} {done.stderr}'
    return ' '.join(done.stdout.split())
