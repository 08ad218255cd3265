"""What the command line can do, a function each: `await command(arguments, radio, say)`, where `say(text)` writes a line.

Raises Wrong with the sentence that the person at the keyboard is to read.
"""
import base64
import json
import pathlib
from datetime import datetime

from assets.companion.cli import files, words
from assets.companion.cli.client import everybody, exported
from assets.companion.cli.description import SETTINGS, Wrong

YES_NO = {'yes': True, 'true': True, 'on': True, '1': True, 'no': False, 'false': False, 'off': False, '0': False}


def _tell(arguments, say, answer, lines):
    """An answer, as JSON where that is asked for."""
    for line in [json.dumps(answer, ensure_ascii=False)] if arguments.json else lines:
        say(line)


async def pins(arguments, radio, say):
    found = [(name, device.address, strength) for device, name, strength in await radio.pins()]
    _tell(arguments, say, found, words.table([[name, address, f'{strength} dBm'] for name, address, strength in found])
          or ['No pin is in reach.'])


async def bind(arguments, radio, say):
    say('Looking for the pin. Type the six digits that it shows where your system asks for them.')
    async with radio.link(arguments.pin, pair=True) as link:
        await _set_clock(link.client)
        ok, _ = await link.client.ask('battery')
        percent = '' if ok['percent'] is None else f', battery {ok["percent"]} %'
        say(f'{link.name} is bound to this computer, and has its time. Firmware {link.info["firmware"]}{percent}.')


async def card(arguments, radio, say):
    changes = _changes(arguments)
    async with radio.link(arguments.pin) as link:
        ok, _ = await link.client.ask('profile', 'set' if changes else 'get', **changes)
    _tell(arguments, say, ok, words.card(ok['card'], ok['strip']))


def _changes(arguments):
    """The fields of 'profile set' that the arguments ask for."""
    fields = ('name', 'title', 'organisation', 'phone', 'email', 'web', 'public')
    changes = {field: getattr(arguments, field) for field in fields if getattr(arguments, field) is not None}
    if arguments.no_handles:
        changes['handles'] = []
    elif arguments.handle:
        changes['handles'] = [list(pair) for pair in arguments.handle]
    if arguments.strip is not None:
        try:
            data = pathlib.Path(arguments.strip).read_bytes() if arguments.strip else b''
        except OSError as error:
            raise Wrong(f'{arguments.strip} could not be read: {error.strerror}.') from None
        changes['strip'] = base64.b64encode(data).decode()
    return changes


async def friends(arguments, radio, say):
    async with radio.link(arguments.pin) as link:
        known, blocked = await everybody(link.client)
    found = [friend for friend in known if words.fits(friend, ' '.join(arguments.search))]
    lines = words.table([words.friend(friend, blocked) for friend in found])
    _tell(arguments, say, found, [*lines, f'{len(found)} of {len(known)} friends'])


async def export(arguments, radio, say):
    files.check_free(arguments.file, arguments.overwrite)
    format = arguments.format or ('csv' if arguments.file.lower().endswith('.csv') else 'vcard')
    async with radio.link(arguments.pin) as link:
        data = await exported(link.client, format)
    files.write(arguments.file, data, arguments.overwrite)
    say(f'{arguments.file}: {len(data):,} bytes')


async def steps(arguments, radio, say):
    async with radio.link(arguments.pin) as link:
        today, _ = await link.client.ask('steps', 'day')
        history, _ = await link.client.ask('steps', 'history')
    _tell(arguments, say, {'today': today, 'history': history}, words.steps(today, history))


async def boards(arguments, radio, say):
    async with radio.link(arguments.pin) as link:
        _, parts = await link.client.ask('boards')
    found = {}
    for part in parts:
        found.setdefault(part['measure'], []).extend(part['rows'])
    _tell(arguments, say, found, [line for measure, rows in found.items() for line in words.board(measure, rows)])


async def errands(arguments, radio, say):
    async with radio.link(arguments.pin) as link:
        ok, _ = await link.client.ask('errands')
    lines = words.table([[title, far] for title, _, far in ok['errands']])
    _tell(arguments, say, ok, [*lines, f'{ok["next_design"]}, {ok["next_medal"]}.'])


async def designs(arguments, radio, say):
    async with radio.link(arguments.pin) as link:
        ok, _ = await link.client.ask('designs', 'list')
        if arguments.choose:
            names = ['plain', *ok['names']]
            wanted = arguments.choose.casefold()
            if wanted not in names:
                raise Wrong(f'There is no design called {arguments.choose}.')
            ok['chosen'] = (await link.client.ask('designs', 'choose', design=names.index(wanted) - 1))[0]['chosen']
    _tell(arguments, say, ok, words.designs(ok))


async def settings(arguments, radio, say):
    values = {key: _value(key, text) for key, text in arguments.set}
    async with radio.link(arguments.pin) as link:
        ok, _ = await (link.client.ask('settings', 'set', values=values) if values else link.client.ask('settings', 'get'))
    _tell(arguments, say, ok['values'], words.settings(ok['values']))


def _value(key, text):
    """What was typed as the setting's own type; what it may be, the pin knows best."""
    if key not in SETTINGS:
        raise Wrong(f'There is no setting called {key}. "companion settings" lists them.')
    kind = SETTINGS[key]['type']
    if kind == 'bool' and text.lower() not in YES_NO:
        raise Wrong(f'{SETTINGS[key]["title"]} must be yes or no.')
    if kind != 'int':
        return YES_NO[text.lower()] if kind == 'bool' else text
    try:
        return int(text)
    except ValueError:
        raise Wrong(f'{SETTINGS[key]["title"]} must be a whole number.') from None


async def time(arguments, radio, say):
    async with radio.link(arguments.pin) as link:
        ok = await _set_clock(link.client) if arguments.set else (await link.client.ask('time', 'get'))[0]
    _tell(arguments, say, ok, [words.moment(ok['utc'], ok['zone'])])


async def _set_clock(client):
    """This computer's time and zone, on the pin."""
    now = datetime.now().astimezone()
    return (await client.ask('time', 'set', utc=round(now.timestamp()), zone=round(now.utcoffset().total_seconds() / 60)))[0]


async def battery(arguments, radio, say):
    async with radio.link(arguments.pin) as link:
        ok, _ = await link.client.ask('battery')
    text = 'not known yet' if ok['percent'] is None else f'{ok["percent"]} %, {ok["millivolts"] / 1000:.2f} V'
    _tell(arguments, say, ok, [text + (', charging' if ok['charging'] else '')])


async def log(arguments, radio, say):
    async with radio.link(arguments.pin) as link:
        _, parts = await link.client.ask('log', 'page', of='flash' if arguments.kept else 'memory')
    lines = [line for part in parts for line in part]
    _tell(arguments, say, lines, lines)


async def find(arguments, radio, say):
    async with radio.link(arguments.pin) as link:
        await link.client.ask('find')
        say(f'{link.name} lights its screen.')


async def forget(arguments, radio, say):
    async with radio.link(arguments.pin) as link:
        await link.client.ask('forget')
        mutual = await link.unpair()
    say(f'{link.name} has forgotten this computer' + (
        ', and this computer the pin.' if mutual else ". Remove the pin from the computer's own list of devices, too."))
