"""Give a pin's crash report its names back: `python -m tests.simulator.explain < report`.

What a pin runs has short names (see `shorten`), and so have its tracebacks, on the console, in log.txt and on the screen. The
sources must be those that the pin was given.
"""
import sys

from tests.simulator.image import explained

if __name__ == '__main__':
    sys.stdout.write(explained(sys.stdin.read()))
