"""The accepted pictures: one indexed PNG sheet a screen, with a labelled round for each of its states.

Owns tests/golden/*.png, which reviewers see in a diff, and build/golden, where a picture that came out otherwise is laid
between what was expected and where they differ. `python -m tests.golden.accepted` (`make golden`) accepts what is drawn now.
"""
import re
import sys
import tempfile
from pathlib import Path

import numpy
from PIL import Image, ImageDraw, ImageFont, PngImagePlugin

from tests.golden.draw import SIDE, draw
from tests.simulator.runtime import ROOT

FOLDER = Path(__file__).parent
REFUSED = ROOT / 'build/golden'
COLUMNS, GAP, LABEL = 4, 8, 18
CELL = SIDE + GAP
STATES_KEY = 'states'                   # the text chunk of a sheet that names its states in order
COLOURS = 256
GREY = (128, 128, 128, 255)
CLEAR = (0, 0, 0, 0)
MARK = (255, 0, 64, 255)                # where expected and actual differ


def place(number):
    """The corner of a sheet's picture."""
    return number % COLUMNS * CELL, number // COLUMNS * (CELL + LABEL)


def sheet(pictures):
    """{state: picture} on one transparent RGBA picture, labelled."""
    rows = -(-len(pictures) // COLUMNS)
    whole = Image.new('RGBA', (min(len(pictures), COLUMNS) * CELL - GAP, rows * (CELL + LABEL) - GAP), CLEAR)
    pen = ImageDraw.Draw(whole)
    pen.fontmode = '1'                  # no shades: they would cost colours
    for number, (state, picture) in enumerate(pictures.items()):
        x, y = place(number)
        whole.paste(picture, (x, y))
        pen.text((x + SIDE // 2, y + SIDE + 2), state, GREY, ImageFont.load_default(13), anchor='ma')
    return whole


def save(screen, pictures):
    """Keep a screen's pictures, indexed where their colours are few enough, which changes none of them."""
    whole = sheet(pictures)
    colours = [colour for _, colour in whole.getcolors(1 << 16)]
    note = PngImagePlugin.PngInfo()
    note.add_text(STATES_KEY, '\n'.join(pictures))
    options = {'optimize': True, 'pnginfo': note}
    if len(colours) <= COLOURS:
        colours.sort(key=lambda colour: colour[3])      # the transparent one first
        whole, options['transparency'] = indexed(whole, colours), 0
    whole.save(FOLDER / f'{screen}.png', **options)


def indexed(whole, colours):
    """An RGBA picture as a paletted one with exactly these `colours`."""
    values = numpy.asarray(whole).astype(numpy.uint32) @ numpy.array([1 << 24, 1 << 16, 1 << 8, 1], numpy.uint32)
    keys = numpy.array([red << 24 | green << 16 | blue << 8 | alpha for red, green, blue, alpha in colours], numpy.uint32)
    order = numpy.argsort(keys)
    picture = Image.fromarray(order[numpy.searchsorted(keys[order], values)].astype(numpy.uint8), 'P')
    picture.putpalette([channel for colour in colours for channel in colour[:3]])
    return picture


def load(screen):
    """{state: picture} as accepted; empty where nothing was."""
    try:
        whole = Image.open(FOLDER / f'{screen}.png')
    except FileNotFoundError:
        return {}
    states = whole.text[STATES_KEY].split('\n')
    whole = whole.convert('RGBA')
    return {state: whole.crop((x, y, x + SIDE, y + SIDE)) for number, state in enumerate(states)
            for x, y in [place(number)]}


def differences(drawn):
    """Sentences about each of {screen: {state: Shot}} that is not as accepted; the pictures to it go to build/golden."""
    found = []
    for screen, shots in drawn.items():
        expected = load(screen)
        for state, shot in shots.items():
            if shot.error:
                found.append(f'{screen}, {state}: {shot.error}')
            elif state not in expected:
                found.append(f'{screen}, {state}: nobody has accepted a picture yet{refuse(shot, None)}')
            elif (count := unlike(expected[state], shot.picture).sum()):
                found.append(f'{screen}, {state}: {count} pixels differ{refuse(shot, expected[state])}')
        found += [f'{screen}, {state}: was accepted, but is no state any more' for state in expected if state not in shots]
    return found


def unlike(one, other):
    """Which pixels of two pictures differ."""
    return (numpy.asarray(one) != numpy.asarray(other)).any(2)


def refuse(shot, expected):
    """Lay expected, actual and difference side by side; returns how the sentence about it ends."""
    REFUSED.mkdir(parents=True, exist_ok=True)
    blank = Image.new('RGBA', (SIDE, SIDE), CLEAR)
    difference = Image.blend(blank, shot.picture, 0.25)
    if expected:
        difference.paste(MARK, mask=Image.fromarray(unlike(expected, shot.picture)))
    whole = sheet({'expected': expected or blank, 'actual': shot.picture, 'difference': difference})
    path = REFUSED / (re.sub(r'\W+', '_', f'{shot.screen} {shot.state}') + '.png')
    whole.save(path)
    return f'; see {path.relative_to(ROOT)}'


def main():
    """Accept what is drawn now; only sheets that changed are written."""
    with tempfile.TemporaryDirectory() as folder:
        drawn = draw(folder)
    failed = 0
    for screen, shots in drawn.items():
        errors = [f'{screen}, {state}: {shot.error}' for state, shot in shots.items() if shot.error]
        failed += len(errors)
        sys.stdout.write(''.join(errors))
        if not errors and differences({screen: shots}):
            save(screen, {state: shot.picture for state, shot in shots.items()})
            sys.stdout.write(f'accepted {screen}: {", ".join(shots)}\n')
    for path in FOLDER.glob('*.png'):
        if path.stem not in drawn:
            path.unlink()
            sys.stdout.write(f'removed {path.stem}\n')
    return failed


if __name__ == '__main__':
    sys.exit(main())
