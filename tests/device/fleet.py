"""`make fleet PORTS='/dev/ttyACM0 /dev/ttyACM1' [BOARD=...]`: deploy to many pins at once, and say how each went.

What a board says goes to build/fleet/; a line a pin is shown when it is done. Run as `python -m tests.device.fleet`.
"""
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.device.errors import DeviceError, report
from tests.simulator.image import BUILD
from tests.simulator.runtime import ROOT

REPORTS = BUILD / 'fleet'
AT_ONCE = 8


def deploy_to(port, options):
    """(port, whether it went well, last line of what it said); all of it is kept in a file."""
    done = subprocess.run([sys.executable, '-m', 'tests.device.deploy', '--port', port, *options], cwd=ROOT,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, errors='replace')
    said = done.stdout + done.stderr
    REPORTS.mkdir(parents=True, exist_ok=True)
    (REPORTS / (port.strip('/').replace('/', '-').replace(':', '-') + '.txt')).write_text(said)
    return port, done.returncode == 0, (said.strip().splitlines() or ['it said nothing'])[-1]


def fleet(arguments, say=print):
    """The command: ports first, then options of deploy. Raises DeviceError if one pin failed."""
    split = next((at for at, word in enumerate(arguments) if word.startswith('--')), len(arguments))
    ports, options = list(dict.fromkeys(arguments[:split])), arguments[split:]
    if not ports:
        raise DeviceError("No boards were given; say PORTS='/dev/ttyACM0 /dev/ttyACM1'.")
    failed = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for port, fine, last in pool.map(lambda port: deploy_to(port, options), ports):
            say(f'{"done  " if fine else "FAILED"}  {port}: {last}')
            failed += [] if fine else [port]
    say(f'{len(ports) - len(failed)} of {len(ports)} pins are up to date.')
    if failed:
        raise DeviceError(f'{", ".join(failed)}: see {REPORTS.relative_to(ROOT)}/. The others are done; the same command '
                          'again tries all.')


if __name__ == '__main__':
    sys.exit(report(fleet, sys.argv[1:]))
