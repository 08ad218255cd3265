"""`make companion-page`: the companion page and two simulated pins, until Ctrl-C."""
import argparse
import sys

from tests.simulator.gateway.companion import serve
from tests.simulator.gateway.server import GatewayError
from tests.simulator.runtime import RuntimeMissing
from tests.simulator.world import World

PORT = 8017


def main(arguments):
    """Serve until interrupted; returns the exit code."""
    parser = argparse.ArgumentParser(prog='make companion-page', description=__doc__)
    parser.add_argument('--port', type=int, default=PORT)
    port = parser.parse_args(arguments).port
    try:
        with World(seed=1) as world:
            world.add_pin('Ada', card=False, friends=4)             # new: whoever binds it gives it a card
            world.add_pin('Ben', {'name': 'Ben Okafor', 'organisation': 'Hall 3'})
            with serve(world, world.add_phone('You'), port) as server:
                print(f'The two pins lie at         {server.address}table/')
                for pin in world.pins:
                    print(f"{pin.name}'s companion page is at {server.address}?pin={pin.name}")
                print('It is reached from this machine only. Ctrl-C ends it.', flush=True)
                server.real_time.run()
    except (GatewayError, RuntimeMissing) as problem:
        print(f"The page can't be served: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print()
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
