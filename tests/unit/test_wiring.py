"""The wiring picture of the README shows what the firmware's tables say."""
from assets import wiring
from firmware.boards import devkit


def test_the_picture_is_drawn_from_the_tables():
    assert wiring.PICTURE.read_text() == wiring.draw()
    assert f'GPIO {devkit.PINS["nfc_cs"]}<' in wiring.draw()
