"""`make flash`: the real esptool against the ROM's boot loader, modelled at its serial line."""
import hashlib

import pytest

from tests.device import flash as command
from tests.device import partitions
from tests.device.errors import report
from tests.device.firmware_file import FirmwareFile
from tests.device.flash import flash
from tests.device.partitions import Partition
from tests.simulator.flash import BLOCK
from tests.simulator.image import opened, product_image
from tests.simulator.rom_loader import ESP32, LoaderPort, RomLoader
from tests.unit.rigs.firmware_file import STOCK, firmware_bytes

MB = 1 << 20
LANE_AT = 0x200000
pytestmark = pytest.mark.interop


@pytest.fixture
def firmware(tmp_path, monkeypatch):
    """A file with MicroPython; the product beside it is a small one, since the line is slow."""
    path = tmp_path / 'firmware.bin'
    path.write_bytes(firmware_bytes())
    monkeypatch.setattr(command, 'file_system_image', lambda size, board: product_image(
        {'/main.py': b'print("a new pin")', '/board.json': board.encode()}, size // BLOCK))
    return path


def flash_board(rom, firmware, *more):
    """(exit code) of the command against a board."""
    with LoaderPort(rom) as port:
        return report(flash, ['--port', port.url, '--firmware', str(firmware), *more])


def test_a_blank_board_gets_micropython_and_the_lane(firmware):
    rom = RomLoader(bytearray(b'\xff' * 16 * MB))
    assert flash_board(rom, firmware) == 0
    table = partitions.parse(rom.flash[0x8000:0x8C00])
    assert [(one.label, one.offset, one.size) for one in table][-2:] == [('factory', 0x10000, 0x1F0000),
                                                                      ('lane', LANE_AT, 0x10000)]
    assert partitions.file_system(table, 16 * MB) == (0x210000, 16 * MB - 0x210000)
    rest = firmware_bytes()
    assert rom.flash[:0x8000] == rest[:0x8000] and rom.flash[0x10000:len(rest)] == rest[0x10000:]


def test_a_board_on_which_a_vendor_left_something_starts_as_a_new_pin(firmware):
    rom = RomLoader(bytearray(b'\x5a' * 8 * MB))
    assert flash_board(rom, firmware, '--board', 'devkit') == 0
    assert set(rom.flash[LANE_AT:LANE_AT + 0x10000]) == {0xFF}
    with opened(rom.flash[0x210000:]).open('/board.json', 'rb') as file:
        assert file.read() == b'devkit'


def test_flashed_again_the_pin_keeps_its_data(firmware, capsys):
    rom = RomLoader(bytearray(b'\xff' * 8 * MB))
    flash_board(rom, firmware)
    rom.flash[LANE_AT:LANE_AT + 4] = rom.flash[0x210000:0x210004] = b'data'
    assert flash_board(rom, firmware) == 0
    assert rom.flash[LANE_AT:LANE_AT + 4] == rom.flash[0x210000:0x210004] == b'data'
    assert 'make deploy' in capsys.readouterr().out


def test_data_that_would_be_lost_are_not_lost_unasked(firmware, capsys):
    rom = RomLoader(bytearray(b'\xff' * 8 * MB))
    rom.flash[0x8000:0x8C00] = partitions.pack(STOCK)           # MicroPython as it is published: no lane
    before = hashlib.sha256(rom.flash).digest()
    assert flash_board(rom, firmware) == 1
    assert 'would be lost: card, friends, steps' in capsys.readouterr().err
    assert hashlib.sha256(rom.flash).digest() == before
    assert flash_board(rom, firmware, '--forget') == 0
    assert partitions.lane_of(partitions.parse(rom.flash[0x8000:0x8C00])).offset == LANE_AT


def test_a_cable_that_is_pulled_is_a_sentence_and_a_second_try_mends_it(firmware, capsys):
    rom = RomLoader(bytearray(b'\xff' * 8 * MB), cut_after=2)
    assert flash_board(rom, firmware) == 1
    assert 'esptool stopped' in capsys.readouterr().err
    rom.cut_after = None
    assert flash_board(rom, firmware) == 0
    assert rom.flash[0x10000:0x12000] == firmware_bytes()[0x10000:]


def test_another_chip_is_refused(firmware, capsys):
    rom = RomLoader(bytearray(b'\xff' * 4 * MB), magic=ESP32)
    assert flash_board(rom, firmware) == 1
    assert 'no ESP32-S3' in capsys.readouterr().err
    assert set(rom.flash) == {0xFF}


def test_a_small_flash_is_refused(firmware, capsys):
    assert flash_board(RomLoader(bytearray(b'\xff' * 4 * MB)), firmware) == 1
    assert '4 MB of flash; Cloud Pin needs 8' in capsys.readouterr().err


@pytest.mark.parametrize('change, sentence', [
    ({'chip': 0}, 'for another chip (id 0'),
    ({'project': 'tasmota'}, 'holds "tasmota", not MicroPython'),
    ({'table': []}, 'no partition table'),
    ({'end': 0x9000}, 'no program at 0x10000'),
])
def test_a_wrong_file_is_refused_before_the_board_is_asked(tmp_path, capsys, change, sentence):
    path = tmp_path / 'wrong.bin'
    end = change.pop('end', None)
    path.write_bytes(firmware_bytes(**change)[:end])
    assert report(flash, ['--port', 'socket://127.0.0.1:1', '--firmware', str(path)]) == 1
    said = capsys.readouterr().err
    assert sentence in said and '1.27.0' in said


def test_missing_arguments_are_sentences(capsys, firmware):
    assert report(flash, ['--port', 'x']) == 1
    assert 'MicroPython 1.27.0 for ESP32_GENERIC_S3' in capsys.readouterr().err
    assert report(flash, ['--firmware', '/no/such/file.bin', '--port', 'x']) == 1
    assert 'cannot be read (No such file or directory)' in capsys.readouterr().err
    assert report(flash, ['--firmware', str(firmware)]) == 1
    assert 'PORT=/dev/ttyACM0' in capsys.readouterr().err
    assert report(flash, ['--firmware', str(firmware), '--port', '/dev/no-such-port']) == 1
    assert '/dev/no-such-port cannot be opened' in capsys.readouterr().err


def test_another_version_is_named(tmp_path):
    path = tmp_path / 'old.bin'
    path.write_bytes(firmware_bytes(version='v1.22.2'))
    assert 'MicroPython v1.22.2 (ESP-IDF v5.5.1); Cloud Pin was tried with 1.27.0' in FirmwareFile(path).warning


def test_a_table_with_a_named_file_system_makes_room():
    table = partitions.with_lane([*STOCK, Partition('vfs', 1, 0x81, 0x200000, 0x600000)])
    assert [(one.label, one.offset, one.size) for one in table[-2:]] == [('lane', 0x200000, 0x10000),
                                                                        ('vfs', 0x210000, 0x5F0000)]
    assert partitions.parse(partitions.pack(table)) == table and partitions.with_lane(table) == table


def test_a_damaged_table_is_said():
    table = bytearray(partitions.pack(STOCK))
    table[5] ^= 1
    with pytest.raises(partitions.DeviceError, match='checksum is wrong'):
        partitions.parse(table)
