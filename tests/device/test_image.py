"""`make image`: what it writes is what a board would start from."""
import struct

import pytest

from assets.pack import key, members
from tests.device import image as command
from tests.device import partitions
from tests.device.errors import report
from tests.simulator.image import opened
from tests.simulator.world import World
from tests.unit.rigs.firmware_file import firmware_bytes

MB = 1 << 20
FILE_SYSTEM_AT = 0x210000


@pytest.fixture
def product(tmp_path, monkeypatch):
    monkeypatch.setattr(command, 'PRODUCT', tmp_path)
    return tmp_path


def test_one_file_holds_micropython_an_empty_lane_and_the_product_for_the_board(product, tmp_path):
    firmware = tmp_path / 'firmware.bin'
    firmware.write_bytes(firmware_bytes())
    assert report(command.image, ['--firmware', str(firmware), '--flash-mb', '8']) == 0
    whole = (product / 'cloud-pin-8MB.bin').read_bytes().ljust(8 * MB, b'\xff')
    table = partitions.parse(whole[0x8000:0x8C00])
    lane = partitions.lane_of(table)
    assert set(whole[lane.offset:lane.end]) == {0xFF}
    start, size = partitions.file_system(table, 8 * MB)
    fs = opened(whole[start:start + size])
    assert start == FILE_SYSTEM_AT and {'boot.py', 'main.py', 'code.pack', 'lib', 'assets', 'data'} <= set(fs.listdir('/'))
    with fs.open('/code.pack', 'rb') as file:
        module = members(file.read())[key('/lib/pixels_native.mpy')]
    magic, version, features = struct.unpack('<cBB', module[:3])
    assert magic == b'M' and version == 6 and features >> 2 == 10          # xtensawin, in the port's table of architectures


def test_the_file_system_boots():
    size = 8 * MB - FILE_SYSTEM_AT
    with World() as world:
        pin = world.add_pin('New', on=False, blocks=size // 4096)
        pin.flash.load(command.trimmed(command.file_system_image(size, arch='i386')).ljust(size, b'\xff'))
        pin.boot()
        world.run(4)
        assert pin.on and not pin.main_ended and 'stopped' not in pin.console
        assert pin.look().getbbox() is not None and world.complaints == []


@pytest.mark.parametrize('arguments, sentence', [
    (['--flash-mb', '9'], 'FLASH_MB is one of 8, 16, 32; "9" is not.'),
    (['--board', 'arduino'], 'BOARD is one of waveshare_touch_lcd_128, waveshare_lcd_128, devkit; "arduino" is not.'),
    (['--firmware', '/no/such.bin'], '/no/such.bin cannot be read'),
])
def test_wrong_arguments_are_sentences(product, capsys, arguments, sentence):
    assert report(command.image, arguments) == 1
    assert sentence in capsys.readouterr().err and not list(product.glob('*.bin'))
