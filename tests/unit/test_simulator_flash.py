"""The flash model: NOR rules, wear, torn writes."""
import pytest

from tests.simulator.flash import BLOCK, Flash, PowerCut


@pytest.fixture
def flash():
    flash = Flash(b'\xff' * BLOCK * 2)
    yield flash
    flash.close()


def test_programming_clears_bits_and_erasing_sets_them(flash):
    flash.program(10, b'\x0f\xf0')
    assert flash.image()[9:13] == b'\xff\x0f\xf0\xff'
    flash.erase(0)
    assert flash.image() == b'\xff' * BLOCK * 2
    assert flash.erases[0] == 1
    assert flash.complaints == []


def test_programming_twice_without_an_erase_is_a_complaint(flash):
    flash.program(0, b'\x00')
    flash.program(0, b'\x01')
    assert flash.image()[0] == 0
    assert 'not erased' in flash.complaints[0]


@pytest.mark.parametrize('torn, left', [(0.0, b'\xff' * 4), (0.5, b'ab\xff\xff'), (1.0, b'abcd')])
def test_a_power_cut_tears_the_write(flash, torn, left):
    flash.program(100, b'zz')
    flash.cut_at, flash.torn = 1, torn
    with pytest.raises(PowerCut):
        flash.program(0, b'abcd')
    assert flash.image()[:4] == left


def test_a_ragged_image_is_refused():
    with pytest.raises(ValueError, match='whole number'):
        Flash(b'abc')
