"""What the wearer has set: the chosen values, kept in a journal. The table of what can be set is in `setting_rows`.

Owns the journal 'settings'. Services ask `get`, the settings screen and the phone `set`. A stored value that
no longer fits is reported and the last good one counts, at worst the default; nothing changes silently.
"""
import json

from micropython import const

from firmware.system.overlay import borrow

SCHEMA = const(1)
_SET = const(1)                                 # record kind; payload: JSON [key, value]
_MOST_RECORDS = const(80)                       # before the outdated ones are thrown out


class SettingError(ValueError):
    """The value was refused; the text is a sentence."""


def _table():
    return borrow('firmware.system.setting_rows').SETTINGS


class Settings:
    """The values of SETTINGS, kept in `journal`. Opening raises StorageError only where the flash cannot be read at all."""

    def __init__(self, journal, log):
        self._journal = journal
        self._log = log
        rows = {row.key: row for row in _table()}
        self._defaults = {key: row.default for key, row in rows.items()}
        self._values = {}                       # what differs from the default
        for kind, payload, _ in journal.replay():
            self._take(rows, kind, payload)
        journal.tidy(_MOST_RECORDS, self._pairs)

    def _take(self, rows, kind, payload):
        try:
            key, value = json.loads(payload) if kind == _SET else (None, None)
        except (ValueError, TypeError):
            key = value = None
        row = rows.get(key) if isinstance(key, str) else None
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
        return tuple(row.key for row in _table())

    def row(self, key):
        """The Setting of `key`. Raises SettingError."""
        for row in _table():
            if row.key == key:
                return row
        raise SettingError('There is no setting called %s.' % key)

    def get(self, key):
        """The value of `key`. Raises SettingError where there is no such key."""
        if key not in self._defaults:
            raise SettingError('There is no setting called %s.' % key)
        return self._values.get(key, self._defaults[key])

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
