"""A meeting, as two wearers carry it out: they knock their pins together, hold them, part, look, and try again if need be.

Owns what people do, in the world of two pins or of many; the firmware does the rest. Used by `between` and `whole`.
"""
from tests.crowd.model import TRIES
from tests.simulator.world import MILLISECOND, SECOND

LOOK_S = 1.5                                    # so long they look at the displays before they try again
DONE = ('friends with', 'met again')
DOUBTS = ('in doubt', *DONE, 'the tap before')  # of those in the log the last one tells whether a tap is in doubt


class Played:
    """Plays `plan` (model.Meeting) with `pins` of `world` from now on. `over`: they have left each other for good; `tries`:
    how often they have tried; `at_ms`: when; `known`: whether both pins know the other."""

    def __init__(self, world, pins, plan):
        self.world, self.pins, self.plan = world, pins, plan
        self.tries, self.over, self.at_ms = 0, False, world.now_ms
        self._from = [len(pin.console.data) for pin in pins]
        self._rule = None
        self._try()

    def said(self, pin):
        """What a pin has said since the meeting began."""
        return self.pins[pin].console.data[self._from[pin]:].decode('utf-8', 'replace')

    @property
    def known(self):
        return all(any(words in self.said(pin) for words in DONE) for pin in (0, 1))

    @property
    def in_doubt(self):
        """Whether a pin says that a tap is."""
        return any(max(text.rfind(words) for words in DOUBTS) == text.rfind('in doubt') >= 0
                   for text in map(self.said, (0, 1)))

    def _try(self):
        world, this = self.world, self.plan.tries[self.tries]
        self.tries += 1
        world.together(*self.pins)
        for pin, knock in zip(self.pins, this.knocks, strict=True):
            if knock:
                pin.source.add_bump(world.clock.now_ns + knock[0] * MILLISECOND, knock[1])
        if self.plan.loss:
            chips = [pin.nfc for pin in self.pins]
            self._rule = world.air.lose(lambda frame: frame.sender in chips, self.plan.loss)
        world.clock.call_later(round(this.hold_s * SECOND), self._part)

    def _part(self):
        self.world.apart(*self.pins)
        if self._rule:
            self._rule.cancel()
        self.world.clock.call_later(round(LOOK_S * SECOND), self._look)

    def _look(self):
        if self.known or self.tries == len(self.plan.tries) or self.tries >= TRIES and not self.in_doubt:
            self.over = True
        else:
            self._try()
