"""The glass: turns taps and swipes into the inputs that screens take.

Owns the touch panel's driver. Runs as a service where the board has a panel; publishes 'touch' (see ui.screens).
"""
from cst816s import DOWN, LEFT, RIGHT, TAP, UP

WAYS = (UP, RIGHT, DOWN, LEFT)                          # clockwise, on the glass
INPUTS = ('up', 'previous', 'down', 'next')             # on the picture


class Touch:
    """`panel`: cst816s.CST816S; `model`: ui.model.Model, which knows how the picture stands."""

    def __init__(self, panel, model, events, log):
        self._panel, self._model, self._events, self._log = panel, model, events, log

    async def run(self):
        try:
            await self._panel.begin()
        except OSError as error:
            self._log.warning('touch', 'The touch panel does not answer (%s); the button does it all.' % error)
            return
        while True:
            way = await self._panel.gesture()
            quarters = self._model.rotation // 90
            self._events.publish('touch', 'act' if way == TAP else INPUTS[(WAYS.index(way) - quarters) % 4])
