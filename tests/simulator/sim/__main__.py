"""`make sim`: two living pins on a table in the browser, until Ctrl-C."""
import argparse
import os
import sys
import webbrowser

from tests.simulator.gateway.server import GatewayError
from tests.simulator.runtime import RuntimeMissing
from tests.simulator.sim.play import Play
from tests.simulator.world import World

PORT = 8016
ADA = {'name': 'Ada Lovelace', 'title': 'Analyst', 'organisation': 'Engine Works'}
BEN = {'name': 'Ben Okafor', 'title': 'Press photographer', 'organisation': 'Field Desk'}


def main(arguments):
    """Serve until interrupted; returns the exit code."""
    parser = argparse.ArgumentParser(prog='make sim', description=__doc__)
    parser.add_argument('--port', type=int, default=PORT)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--no-browser', action='store_true', help='open none, only say where the page is')
    options = parser.parse_args(arguments)
    try:
        with World(options.seed) as world:
            play = Play(world, options.port)
            play.table.add('Ada', ADA, friends=4, place=[0.3, 0.5])      # the next friend unlocks a design
            play.table.add('Ben', BEN, friends=4, place=[0.7, 0.5])
            with play.server:
                print(f'The pins lie at {play.server.address}')
                print('It is reached from this machine only. Ctrl-C ends it.', flush=True)
                if not options.no_browser:
                    show(play.server.address)
                play.run()
    except (GatewayError, RuntimeMissing) as problem:
        print(f"The simulator can't be shown: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print()
    return 0


def show(address):
    """Open a window where there are windows, else say so."""
    there = sys.platform == 'darwin' or os.environ.get('DISPLAY') or os.environ.get('WAYLAND_DISPLAY')
    if not there or not webbrowser.open(address):
        print('No browser window can be opened from here; open that address in one on this machine.', flush=True)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
