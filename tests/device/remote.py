"""A board that runs MicroPython, at the end of a cable: the real mpremote in a process of its own.

Owns the sentences for what can go wrong. `resume` in each call: mpremote's soft reset would end the timer that feeds a running
watchdog. Used by `deploy` and `card`.
"""
import os
import subprocess
import sys
import time

import serial

from tests.device.errors import DeviceError

MPREMOTE = [sys.executable, '-m', 'mpremote']
BAUD = 115_200
RESET = b'\r\x03\x02import machine\rmachine.reset()\r'          # Ctrl-C, Ctrl-B: to the friendly prompt
TRIES = 3                                       # a pin that was busy, or a host that was, hears the next one
NOT_YET = 'could not enter raw repl'            # nothing has been done so far
BOOT_S = 30                                     # a hundred times what a board needs; a loaded machine simulates slower
FAILURES = (
    ('no device found', 'There is no board on {port}.'),
    ('failed to access', '{port} cannot be opened: is the cable in, is another program using it, and are you in its group?'),
    ('could not enter raw repl',
     'What is on {port} is no MicroPython, or it hangs: tap RESET and try again, or make flash first.'),
    ('enospc', 'The flash of the board on {port} is full.'),
    ('errno 28', 'The flash of the board on {port} is full.'),
    ('oserror: 28', 'The flash of the board on {port} is full.'),               # the board has no name for this one
    ('no space left on device', 'The flash of the board on {port} is full.'),   # mpremote's words, where it copies
)


def mpremote(port, *words, timeout_s=1800, show=False):
    """Run mpremote on a board; returns what it printed. `show`: let it print instead. Raises DeviceError."""
    if not port:
        raise DeviceError('No board was given; say PORT=/dev/ttyACM0 or what your board is called.')
    command = [*MPREMOTE, 'connect', port, 'resume', *map(str, words)]
    for left in reversed(range(TRIES)):
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=None if show else subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True, errors='replace', timeout=timeout_s,
                                  env={**os.environ, 'PYTHONUNBUFFERED': '1'})
        except subprocess.TimeoutExpired as late:
            raise DeviceError(f'The board on {port} took longer than {timeout_s} s.') from late
        if not (left and NOT_YET in (done.stdout or '') + done.stderr):
            break
    if done.returncode:
        raise DeviceError(_sentence(port, done.stdout or '', done.stderr))
    return done.stdout or ''


def _sentence(port, said, complaint):
    """What went wrong: `complaint` is mpremote's own; without one it is the board that stopped, at an exception that ends
    `said`, or that was shown already."""
    for sign, sentence in FAILURES:
        if sign in (said + complaint).lower():
            return sentence.format(port=port)
    lines = [line.strip() for line in (complaint.strip() or said).splitlines() if line.strip()]
    if complaint.strip():
        return f'The connection to {port} broke off; {lines[-1]}'
    return f'The board on {port} stopped at an error; {lines[-1] if lines else "what it said stands above"}'


def reset_and_listen(port, signs, timeout_s=BOOT_S):
    """Reset a board that is at its prompt, and read its console until a line holds one of `signs`.

    Returns (that sign, all lines), or None for the sign where time is up.
    """
    lines, rest, end = [], b'', time.monotonic() + timeout_s
    line, asked = None, False
    while time.monotonic() < end:
        try:
            line = line or serial.serial_for_url(port, baudrate=BAUD, timeout=0.2)
            if not asked:
                line.write(RESET)
                asked = True
            rest += line.read(512)
        except (OSError, serial.SerialException):           # native USB vanishes in a reset
            line = None
            time.sleep(0.2)
            continue
        *whole, rest = rest.split(b'\n')
        for text in whole:
            lines.append(text.decode('utf-8', 'replace').strip())
            for sign in signs:
                if sign in lines[-1]:
                    line.close()
                    return sign, lines
    if line:
        line.close()
    return None, lines
