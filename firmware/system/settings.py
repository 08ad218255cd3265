"""What the wearer can set: one table, and the chosen values kept in a journal.

Owns SETTINGS and the journal 'settings'. Services ask `get`, the settings screen and the phone `set`. A stored value that
no longer fits is reported and the last good one counts, at worst the default; nothing changes silently.
"""
import json

from micropython import const

SCHEMA = const(1)
_SET = const(1)                                 # record kind; payload: JSON [key, value]
_MOST_RECORDS = const(80)                       # before the outdated ones are thrown out


class SettingError(ValueError):
    """The value was refused; the text is a sentence."""


class Setting:
    """A row of the table. `allowed` is (lowest, highest) for numbers, a tuple of choices for texts, None for yes or no."""

    def __init__(self, key, default, allowed, title):
        self.key = key
        self.default = default
        self.allowed = allowed
        self.title = title

    def complaint(self, value):
        """The sentence that says why `value` does not do, '' if it does."""
        if type(value) is not type(self.default):
            kinds = {bool: 'yes or no', int: 'a whole number', str: 'a text'}
            return '%s must be %s.' % (self.title, kinds[type(self.default)])
        if isinstance(value, int) and self.allowed and not self.allowed[0] <= value <= self.allowed[1]:
            return '%s must be from %d to %d.' % (self.title, self.allowed[0], self.allowed[1])
        if isinstance(value, str) and value not in self.allowed:
            return '%s must be one of %s.' % (self.title, ', '.join(self.allowed))
        return ''


SETTINGS = (
    Setting('brightness', 70, (5, 100), 'Brightness'),                      # percent, as the eye sees it
    Setting('screen_s', 15, (5, 120), 'Screen time'),                       # seconds until the screen sleeps
    Setting('always_on', False, None, 'Name always on'),                    # at low light
    Setting('flip', False, None, 'Image upside down'),                      # how the display is mounted
    Setting('turn', True, None, 'Image follows gravity'),
    Setting('design', -1, (-1, 32), 'Design'),                              # index; -1 is the plain one
    Setting('count_steps', True, None, 'Step counter'),
    Setting('step_goal', 8000, (500, 100_000), 'Step goal'),
    Setting('step_cm', 70, (20, 200), 'Length of a step'),
    Setting('distance', 'km', ('km', 'mi'), 'Unit of distance'),
    Setting('day_start_hour', 4, (0, 12), 'Start of the day'),
    Setting('zone_minutes', 0, (-12 * 60, 14 * 60), 'Time zone'),           # local time minus UTC
)


class Settings:
    """The values of `table`, kept in `journal`. Opening raises StorageError only where the flash cannot be read at all."""

    def __init__(self, journal, log, table=SETTINGS):
        self._journal = journal
        self._log = log
        self._table = table
        self._rows = {row.key: row for row in table}
        self._values = {}                       # what differs from the default
        for kind, payload, _ in journal.replay():
            self._take(kind, payload)
        journal.tidy(_MOST_RECORDS, self._pairs)

    def _take(self, kind, payload):
        try:
            key, value = json.loads(payload) if kind == _SET else (None, None)
        except (ValueError, TypeError):
            key = value = None
        row = self._rows.get(key) if isinstance(key, str) else None
        if row is None:
            self._log.warning('settings', 'A stored setting is not known here: %s' % repr(payload)[:60])
            return
        complaint = row.complaint(value)
        if complaint:
            self._log.warning('settings', '%s The stored %s is passed over; %s counts.' % (complaint, value, self.get(key)))
        else:
            self._values[key] = value

    def keys(self):
        """All keys, in the order of the table."""
        return tuple(row.key for row in self._table)

    def row(self, key):
        """The Setting of `key`. Raises SettingError."""
        if key not in self._rows:
            raise SettingError('There is no setting called %s.' % key)
        return self._rows[key]

    def get(self, key):
        """The value of `key`. Raises SettingError where there is no such key."""
        return self._values.get(key, self.row(key).default)

    def set(self, key, value):
        """Keep `value`; it is on flash when this returns. True if it is another than before.

        Raises SettingError where it does not fit and StorageError where it cannot be kept; then the old one stays. Whoever
        calls it publishes 'settings'.
        """
        complaint = self.row(key).complaint(value)
        if complaint:
            raise SettingError(complaint)
        if value == self.get(key):
            return False
        self._journal.append(_SET, json.dumps([key, value]).encode())
        self._values[key] = value
        self._journal.tidy(_MOST_RECORDS, self._pairs)
        return True

    def reset(self):
        """Back to the defaults."""
        self._journal.rewrite(())
        self._values = {}

    def _pairs(self):
        return [(_SET, json.dumps([key, value]).encode()) for key, value in self._values.items()]
