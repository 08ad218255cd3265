"""The wiring picture of the README: how a PN532 module and a cell are soldered to each board.

Reads the boards' own tables (firmware/boards), so picture and firmware cannot disagree. `python -m assets.wiring` writes
assets/readme/wiring.svg; a test says when it is out of date.
"""
import importlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / 'assets/readme/wiring.svg'
BOARDS = (('waveshare_touch_lcd_128', 'ESP32-S3-Touch-LCD-1.28'), ('waveshare_lcd_128', 'ESP32-S3-LCD-1.28'),
          ('devkit', 'ESP32-S3-DevKitC-1'))
# (pin of the module, key of the board's table or its own pin, colour)
WIRES = (('VCC', '3V3', '#d1495b'), ('GND', 'GND', '#30343f'), ('SCK', 'nfc_sck', '#2e86ab'), ('MOSI', 'nfc_mosi', '#3aa17e'),
         ('MISO', 'nfc_miso', '#e09f3e'), ('SS', 'nfc_cs', '#8e5572'), ('IRQ', 'nfc_irq', '#f26b38'),
         ('RSTPDN', 'nfc_reset', '#6c757d'))
ROW, TOP, LEFT, STEP = 34, 128, 250, 218
WIDTH, HEIGHT = 900, 500
FONT = "font-family='Inter, Helvetica, Arial, sans-serif'"


def pins_of(board):
    """The table of a board."""
    return importlib.import_module(f'firmware.boards.{board}').PINS


def text(x, y, words, size=15, weight=400, anchor='middle', fill='#1d2433'):
    place = f"x='{x}' y='{y}' font-size='{size}' font-weight='{weight}' text-anchor='{anchor}' fill='{fill}'"
    return f'<text {place}>{words}</text>'


def module():
    """The PN532 module with its antenna."""
    bottom = TOP + ROW * len(WIRES) - 12
    parts = [f"<rect x='24' y='{TOP - 66}' width='150' height='{bottom - TOP + 90}' rx='14' fill='#b3261e'/>",
             text(99, TOP - 40, 'PN532', 17, 700, fill='#fff'), text(99, TOP - 22, 'switches set to SPI', 11, fill='#ffdad6')]
    parts += [f"<rect x='{36 + 5 * n}' y='{TOP - 4 + 5 * n}' width='{40 - 10 * n}' height='{bottom - TOP - 10 * n}' rx='8' "
              "fill='none' stroke='#e8a09b' stroke-width='2'/>" for n in range(3)]
    return parts


def board(number, name, title):
    """A board's round picture, its name, and where each wire ends."""
    x, pins = LEFT + 105 + STEP * number, pins_of(name)
    bottom = TOP + ROW * len(WIRES)
    parts = [f"<rect x='{x - 84}' y='{TOP - 66}' width='168' height='{bottom - TOP + 78}' rx='14' fill='#eef1f6'/>",
             text(x, TOP - 40, title.replace('ESP32-S3-', ''), 15, 700), text(x, TOP - 22, 'ESP32-S3', 11, fill='#5b6475')]
    for row, (_, key, colour) in enumerate(WIRES):
        y = TOP + ROW * row
        label = f'GPIO {pins[key]}' if key in pins else key
        parts += [f"<circle cx='{x - 66}' cy='{y}' r='7' fill='{colour}'/>", text(x - 48, y + 5, label, 15, 600, 'start')]
    return parts


def draw():
    """The picture as SVG."""
    parts = [f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' {FONT}>",
             f"<rect width='{WIDTH}' height='{HEIGHT}' fill='#fff'/>",
             text(24, 38, 'One wire a row, the same colour on each board', 18, 700, 'start'), *module()]
    end = LEFT + 105 + STEP * 2 - 66
    for row, (pin, _, colour) in enumerate(WIRES):
        y = TOP + ROW * row
        parts += [f"<path d='M158 {y}H{end}' stroke='{colour}' stroke-width='3' opacity='0.35'/>",
                  f"<circle cx='158' cy='{y}' r='7' fill='{colour}' stroke='#fff' stroke-width='2'/>",
                  text(146, y + 5, pin, 14, 700, 'end', '#fff')]
    for number, (name, title) in enumerate(BOARDS):
        parts += board(number, name, title)
    y = TOP + ROW * len(WIRES) + 50
    battery = {pins_of(name)['battery'] for name, _ in BOARDS}
    cell = ('LiPo cell: to the battery socket of a Waveshare board; to a DevKit through a charger, and a third of its '
            f'voltage to GPIO {battery.pop()}.')
    parts += [text(24, y, cell, 14, 400, 'start'),
              text(24, y + 24, 'Display, motion sensor and touch are on the Waveshare boards; for the DevKit see the table.',
                   14, 400, 'start', '#5b6475'), '</svg>']
    return '\n'.join(parts) + '\n'


if __name__ == '__main__':
    PICTURE.write_text(draw())
