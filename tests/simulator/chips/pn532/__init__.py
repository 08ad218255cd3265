"""PN532: a wire-level model of NXP's NFC controller, from the bytes on its host bus to the frames on the air.

Owns nothing itself; the parts, from the host inwards:

    chip        pins, buses, supply; what others use
    fronts      SPI, I2C, HSU
    frames      the host frames
    dialogue    ACK, response, abort, IRQ
    power       reset, sleep, waking, energy ledger
    system      commands of the chip itself
    initiator   reader and DEP initiator commands; `finder` lists targets, `activation` polls
    target      TgInitAsTarget and what follows; `autocoll` answers polls
    dep, isodep the two block protocols, each end
    radio       field, collision avoidance, frames and time-outs; talks to tests.simulator.air
    registers   CIU registers
    procedure   generators on the virtual clock
    faults      what may go wrong towards the host
    timings, status   named constants

    chip = PN532(clock, rng, air, interface='spi', name='left')
    bus.attach(chip, chip.select)

Not modelled: NFC-B, Jewel and MIFARE authentication, ISO 14443-4 above 106 kbit/s, direct programming of the CIU's
AutoColl and Transceive commands, GPIO, clock stretching.
"""
from tests.simulator.chips.pn532.chip import PN532

__all__ = ['PN532']
