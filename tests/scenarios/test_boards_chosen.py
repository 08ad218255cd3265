"""Which board a pin takes itself for: its file, else the chips that answer; where the file is wrong it says so."""
import pytest

BOARDS = ('waveshare_touch_lcd_128', 'waveshare_lcd_128', 'devkit')


@pytest.mark.parametrize('board, absent, taken_for', [
    ('waveshare_touch_lcd_128', (), 'waveshare_touch_lcd_128'),
    ('waveshare_lcd_128', (), 'waveshare_lcd_128'),
    ('devkit', ('imu',), 'devkit'),
])
def test_without_a_file_the_chips_tell(world, board, absent, taken_for):
    pin = world.add_pin('Ada', board=board, absent=absent, files={'/board.json': b'{}'})
    world.run(2)
    assert f'{pin.console.text.split("Pin ", 1)[1][:4]}, {taken_for}' in pin.console
    assert 'assuming' not in pin.console
    assert pin.panel.lit()


@pytest.mark.parametrize('text, sentence', [
    (b'{"board": "arduino"}', 'board.json names no known board; assuming waveshare_touch_lcd_128'),
    (b'devkit', 'board.json is not JSON; assuming waveshare_touch_lcd_128'),
    (b'[]', 'board.json names no known board; assuming waveshare_touch_lcd_128'),
])
def test_a_file_that_makes_no_sense_is_named(world, text, sentence):
    pin = world.add_pin('Ada', files={'/board.json': text})
    world.run(3)
    assert sentence in pin.console and 'showing notice' in pin.console


def test_a_file_for_another_board_is_doubted_on_the_cable(world):
    pin = world.add_pin('Ada', files={'/board.json': b'{"board": "waveshare_lcd_128"}'})
    world.run(3)
    assert 'says waveshare_lcd_128, but a touch panel answers: is it waveshare_touch_lcd_128?' in pin.console
    pin = world.add_pin('Ben', board='waveshare_lcd_128', files={'/board.json': b'{"board": "waveshare_touch_lcd_128"}'})
    world.run(3)
    assert 'The touch panel does not answer' in pin.console
