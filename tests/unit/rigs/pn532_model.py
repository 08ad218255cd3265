"""What the tests of the PN532 model share: chips in one air, plain hosts behind them, and usual parameters.

Owns no expectations. Used by test_pn532_model_*.py; the firmware's own driver is deliberately not used here.
"""
import random

from tests.simulator.air import Air
from tests.simulator.chips.pn532 import PN532
from tests.simulator.chips.pn532.registers import CIU_MODE
from tests.simulator.clock import Clock
from tests.simulator.nfc_host import NFCHost

MS = 1_000_000
GENERAL = bytes.fromhex('46666d 010111 02020078 03020013 04011e')
NFC_A = bytes.fromhex('0400 123456')
UID = bytes.fromhex('08123456')
NFC_F = bytes.fromhex('02fec0c1c2c3c4c5 ffffffffffffffff 12fc')
NFCID3 = bytes.fromhex('01fe1122334455660000')
RELEASED = b'\x29'


def arming(mode=0, sel_res=0x60, nfc_a=NFC_A, nfc_f=NFC_F, general=GENERAL, historical=b''):
    """Parameters of TgInitAsTarget (8C)."""
    return (bytes([mode]) + nfc_a + bytes([sel_res]) + nfc_f + NFCID3 +
            bytes([len(general)]) + general + bytes([len(historical)]) + historical)


def jump(general=GENERAL, active=0, rate=0, passive=b''):
    """Parameters of InJumpForDEP (56)."""
    return bytes([active, rate, (4 if general else 0) | (1 if passive else 0)]) + passive + general


class Bench:
    """`Bench('spi', 'i2c')`: chips a, b, ... in one air, all coupled with a, each with a host that has begun."""

    def __init__(self, *interfaces, seed=1, parameters=0x34):
        self.clock = Clock()
        self.air = Air(self.clock, random.Random(f'{seed}/air'))
        self.chips = [PN532(self.clock, random.Random(f'{seed}/{i}'), self.air, interface, 'abcdefgh'[i])
                      for i, interface in enumerate(interfaces)]
        self.hosts = [NFCHost(chip) for chip in self.chips]
        for chip in self.chips[1:]:
            self.air.couple(self.chips[0], chip)
        for host in self.hosts:
            host.begin(parameters)

    def advance_ms(self, delay_ms):
        self.clock.advance(int(delay_ms * MS))

    def arm(self, index=1, script=None, **parameters):
        """Arm a chip and let it fall asleep; `script(response)` is a generator that plays its host from there on."""
        def play():
            response = yield 0x8C, arming(**parameters)
            return (yield from script(response)) if script else response
        self.hosts[index].play(play())
        self.advance_ms(12)                         # the command alone takes 6 ms on HSU

    def link(self, script=None, general=GENERAL):
        """Chip a as initiator and b as target of an NFC-DEP link; returns InJumpForDEP's response."""
        self.arm(script=script or serve)
        return self.hosts[0].command(0x56, jump(general))

    def frames(self):
        """The air's log so far as 'a 106A 26'."""
        return [f'{frame.sender.name} {frame.bitrate}{frame.technology} {frame.data.hex()}' for frame in self.air.log]

    def forget_frames(self):
        self.air.log.clear()

    @property
    def complaints(self):
        return [sentence for chip in self.chips for sentence in chip.complaints]


def serve(response, answer=bytes):
    """A target host's script: `answer(data)` to everything until it is released; returns what came in."""
    received = []
    while True:
        response = yield 0x86, b''
        if response[0] & 0x3F:
            received.append(response)
            return received
        received.append(response)
        if not response[0] & 0x40:
            yield 0x8E, answer(response[1:])


def nfc_a_only(host):
    """Mode detector off: AutoColl answers NFC-A alone."""
    host.command(0x08, CIU_MODE.to_bytes(2, 'big') + b'\x3f')
