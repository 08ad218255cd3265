"""`make card PORT=... NAME='Ada Lovelace' [TITLE=... ORGANISATION=... PHONE=... EMAIL=... WEB=... ARGS=--handle=...]`: a pin
gets its card over the cable, without a phone.

The card's own rules check it here, before anything is sent; names in scripts that a pin cannot shape get their picture here.
Run as `python -m tests.device.card`.
"""
import argparse
import sys
import tempfile
from pathlib import Path

from assets.fonts import strip
from firmware.social.card import FIELDS, Card, CardError
from tests.device.deploy import restart
from tests.device.errors import DeviceError, report
from tests.device.remote import mpremote
from tests.simulator.image import BUILD

FONTS = BUILD / 'fonts'
PLACE = ':/data/card.new'                       # firmware/basics.py looks for it
TEXTS = FIELDS[:-1]


def _parsed(arguments):
    parser = argparse.ArgumentParser(prog='make card', description='Give a pin its card.')
    parser.add_argument('--port', default='')
    for field in TEXTS:
        parser.add_argument(f'--{field}', default='')
    parser.add_argument('--handle', action='append', default=[], metavar='SERVICE=NAME', help='may be given several times')
    parser.add_argument('--private', default='', help='fields that nobody gets, with commas between them')
    return parser.parse_args(arguments)


def card_of(options):
    """The Card of what was typed. Raises DeviceError with the sentence of the rule that it breaks."""
    handles = [tuple(pair.partition('=')[::2]) for pair in options.handle]
    private = [field.strip() for field in options.private.split(',') if field.strip()]
    unknown = [field for field in private if field not in FIELDS]
    if unknown:
        raise DeviceError(f'A card has no field called {unknown[0]}; it has {", ".join(FIELDS)}.')
    texts = {field: getattr(options, field) for field in TEXTS}
    try:
        return Card(**texts, handles=handles, public=[field for field in FIELDS if field not in private],
                    strip=_picture(options.name))
    except CardError as problem:
        raise DeviceError(str(problem)) from problem


def _picture(name):
    """The name as a picture, where a pin could not draw it letter by letter; b'' else."""
    if all(ord(sign) < 0x0590 or 0x2000 <= ord(sign) < 0xD800 for sign in name):        # below Hebrew; kana, Han, Hangul
        return b''
    try:
        return strip.make(name, FONTS)
    except strip.StripError as problem:
        print(f'{problem} The pin will draw the name letter by letter.')
        return b''


def card(arguments, say=print):
    """The command. Raises DeviceError."""
    options = _parsed(arguments)
    made = card_of(options)
    if not options.port:
        raise DeviceError('No board was given; say PORT=/dev/ttyACM0 or what your board is called.')
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / 'card.new'
        path.write_bytes(made.to_bytes())
        mpremote(options.port, 'fs', 'cp', path, PLACE)
    restart(options.port)
    say(f'The pin belongs to {made.name} now. Others get: {", ".join(made.public)}.')


if __name__ == '__main__':
    sys.exit(report(card, sys.argv[1:]))
