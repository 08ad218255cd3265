"""A world that keeps up with the wall clock, and what other threads want of it.

The world belongs to one thread, the one that calls `step` or `run`; others `post` what shall be done there. Used by the
gateway's server and by tests that step it while they wait for a browser.
"""
import concurrent.futures
import queue
import time

STEP_S = 0.01                       # between two steps of `run`: less than a frame of the display
SETTLE_S = 0.2                      # of the world's time: some connection intervals
LONGEST_STEP_S = 0.1                # a world that can't keep up falls behind, instead of leaping over what people do


class RealTime:
    """`speed`: how many seconds of the world go by in one of ours, which `now()` tells."""

    def __init__(self, world, speed=1.0, now=time.monotonic):
        self.world = world
        self.speed = speed
        self._now = now
        self._inbox = queue.SimpleQueue()
        self._seen = None

    def post(self, function, *arguments):
        """Have the world's thread call `function(*arguments)`; any thread may. Returns the Future of what it returns."""
        future = concurrent.futures.Future()
        self._inbox.put((future, function, arguments))
        return future

    def step(self, wait_s=0.0):
        """Do what was posted, waiting up to `wait_s` for it, and let the world catch up."""
        self._serve(wait_s)
        now = self._now()
        passed = min(now - (self._seen or now), LONGEST_STEP_S)
        self._seen = now
        self.world.run(passed * self.speed)

    def _serve(self, wait_s):
        try:
            while True:
                future, function, arguments = self._inbox.get(timeout=wait_s) if wait_s else self._inbox.get_nowait()
                wait_s = 0
                try:
                    future.set_result(function(*arguments))
                except Exception as error:               # noqa: BLE001 - handed on to whoever asks for the result
                    future.set_exception(error)
        except queue.Empty:
            return

    def settle(self):
        """The last step: what was posted is done and comes to its end in the world."""
        self._serve(0)
        self.world.run(SETTLE_S)

    def run(self, until=lambda: False):
        """Keep up with the wall clock until `until()`, or for ever."""
        while not until():
            self.step(STEP_S)
