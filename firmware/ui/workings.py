"""Rows about the pin itself, for settings, about and the crash report (see `wants` in ui.screens).

Owns nothing; reads the services of a firmware.pin.Pin. Borrowed by the pin for the moment of asking.

    ('settings', key, ...)      the values of these settings; 'phones' is how many are bound
    ('about',)                  (title, value) pairs
    ('crash',)                  the last error on flash: its sentence, when, the service; empty where there is none
"""
import gc

from firmware import VERSION
from firmware.system.storage import Storage, StorageError

_TRACE = ('File ', 'Traceback')


def rows(pin, kind, *rest):
    """The answer to what a screen wants."""
    return {'settings': _settings, 'about': _about, 'crash': _crash}[kind](pin, *rest)


def _settings(pin, *keys):
    return tuple([pin.facts.phones if key == 'phones' else pin.facts.settings.get(key) for key in keys])


def _about(pin):
    gauge = pin.facts.battery.gauge
    battery = 'not known' if gauge.percent is None else '%d %%, %d.%02d V' % (
        gauge.percent, gauge.millivolts // 1000, gauge.millivolts % 1000 // 10)
    written = sum([journal.wear for journal in pin.journals]) // 1024
    return (('Firmware', VERSION), ('Battery', battery), ('', pin.board.name.replace('_', ' ')),
            ('Written to flash', '%d kB' % written), ('Free memory', '%d kB' % (gc.mem_free() // 1024)))


def _crash(pin):
    """From the log on flash: an error's lines read `   12345 E pin: text`, ms since that start first; its trace follows."""
    try:
        if not pin.storage:                     # safe mode
            pin.log.keep_on(Storage('/data'))
        lines = pin.log.saved().split('\n')
    except (StorageError, MemoryError):
        return ()
    while lines:
        milliseconds, _, rest = lines.pop().strip().partition(' ')
        level, _, text = rest.partition(' ')
        source, _, sentence = text.partition(': ')
        if level == 'E' and sentence and not sentence.startswith(_TRACE) and milliseconds.isdigit():
            return sentence, _duration(int(milliseconds) // 1000) + ' after a start', source
    return ()


def _duration(seconds):
    for unit, length in (('day', 86_400), ('hour', 3600), ('minute', 60)):
        if seconds >= length:
            count = seconds // length
            return '%d %s%s' % (count, unit, '' if count == 1 else 's')
    return '%d s' % seconds
