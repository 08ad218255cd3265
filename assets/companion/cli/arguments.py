"""The command line's grammar: what stands behind `make companion ARGS=...` as an argparse.Namespace with `run`, a command."""
import argparse

from assets.companion.cli import commands
from assets.companion.cli.description import PROTOCOL, Wrong

CARD = PROTOCOL['card']['fields']
TEXTS = [key for key, field in CARD.items() if field['type'] == 'text']


class Parser(argparse.ArgumentParser):
    """Refuses with Wrong instead of ending the program."""

    def error(self, message):
        raise Wrong(f'{message[:1].upper()}{message[1:]}. "{self.prog} --help" tells what there is.')


def _pair(text):
    """('mastodon', '@ada') of 'mastodon=@ada'."""
    key, sign, value = text.partition('=')
    if not (key and sign):
        raise argparse.ArgumentTypeError(f'{text} is not like name=value')
    return key, value


def parser():
    """The whole grammar."""
    top = Parser(prog='companion', description='Speaks with a Cloud Pin over Bluetooth.')
    top.add_argument('--pin', default='', help='which pin, by name (4F2A is enough) or address; needed where several are near')
    top.add_argument('--json', action='store_true', help='answers as JSON, for other programs')
    add = top.add_subparsers(dest='command', required=True, metavar='COMMAND').add_parser

    def command(name, run, about):
        sub = add(name, help=about, description=about)
        sub.set_defaults(run=run)
        return sub
    command('pins', commands.pins, 'list the pins in reach')
    command('bind', commands.bind, 'bind this computer to a pin in binding mode; the system asks for its six digits')
    _card(command)
    sub = command('friends', commands.friends, 'list friends, or those in whose entry all words stand')
    sub.add_argument('search', nargs='*', metavar='WORD')
    sub = command('export', commands.export, 'write all friends to a file: vCard, or a table where its name ends with .csv')
    sub.add_argument('file')
    sub.add_argument('--format', choices=PROTOCOL['requests']['friends']['acts']['export']['fields']['format']['of'])
    sub.add_argument('--overwrite', action='store_true', help='replace a file of that name')
    command('steps', commands.steps, 'steps of today and of the days that the pin keeps')
    command('boards', commands.boards, 'friends ranked by steps and by friends')
    command('errands', commands.errands, 'what earns designs and medals')
    sub = command('designs', commands.designs, 'list the designs that are unlocked, or choose one')
    sub.add_argument('choose', nargs='?', default='', metavar='DESIGN', help='its name, such as judo, or plain')
    sub = command('settings', commands.settings, 'show the settings, or set some: brightness=40 flip=yes')
    sub.add_argument('set', nargs='*', type=_pair, metavar='KEY=VALUE')
    sub = command('time', commands.time, "show the pin's clock, or set it")
    sub.add_argument('set', nargs='?', choices=['set'], help="to this computer's time and zone")
    command('battery', commands.battery, 'how full the cell is')
    sub = command('log', commands.log, 'what happened on the pin')
    sub.add_argument('--kept', action='store_true', help='the warnings and errors that were kept on flash')
    command('find', commands.find, "light the pin's screen")
    command('forget', commands.forget, 'end the bond between this computer and the pin')
    return top


def _card(command):
    sub = command('card', commands.card, "show the wearer's card; with options, change it: card --name 'Ada Lovelace'")
    for field in TEXTS:
        sub.add_argument(f'--{field}', metavar='TEXT', help=f'at most {CARD[field]["max"]} characters')
    sub.add_argument('--handle', type=_pair, action='append', metavar='SERVICE=HANDLE',
                     help='replaces all handles; may be repeated')
    sub.add_argument('--no-handles', action='store_true', help='remove all handles')
    sub.add_argument('--public', nargs='+', choices=[key for key in CARD if key != 'public'], metavar='FIELD',
                     help='what others get, beside the name')
    sub.add_argument('--strip', metavar='FILE', help='a picture of the name (CPN1); an empty FILE removes it')
