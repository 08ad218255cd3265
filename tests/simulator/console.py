"""What a pin says on its serial port, kept over its boots and read as log lines in world time.

Owns the bytes (the processor writes them to a descriptor by itself) and the marks of the boots between them. Used by `pin`;
tests and the demo read `text` and `entries`.
"""
import os
import re
from typing import NamedTuple

LINE = re.compile(r'^ *(\d+) ([IWE]) ([\w.]+): (.*)$')
BOOT = re.compile(r'^=== boot (\d+) at (\d+) ns$')


class Entry(NamedTuple):
    """A line of firmware/system/log.py; `at_ms` is world time, `level` one of I W E."""
    at_ms: float
    level: str
    source: str
    text: str


class Console:
    def __init__(self):
        self.fd = os.memfd_create('console')
        self._boots = 0

    def close(self):
        os.close(self.fd)

    def booted(self, now_ns):
        """Mark a boot: the firmware's milliseconds count from here."""
        self._boots += 1
        os.write(self.fd, f'=== boot {self._boots} at {now_ns} ns\n'.encode())

    @property
    def data(self):
        """Its bytes."""
        return os.pread(self.fd, os.fstat(self.fd).st_size, 0)

    @property
    def text(self):
        return self.data.decode('utf-8', 'replace')

    def __contains__(self, text):
        return text in self.text

    def entries(self, source=None):
        """The log lines as `Entry`s, of one source or of all."""
        origin_ms, found = 0, []
        for line in self.text.splitlines():
            if boot := BOOT.match(line):
                origin_ms = int(boot[2]) / 1e6
            elif (parts := LINE.match(line)) and source in (None, parts[3]):
                found.append(Entry(origin_ms + int(parts[1]), parts[2], parts[3], parts[4]))
        return found
