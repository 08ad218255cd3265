"""What waits for bound phones to be served: the news of the pin, and who has said something.

Owns the news and the one task that serves. Borrowed by `session` as long as a phone is there that is bound; who serves is
`counter`, borrowed when there is something to do and no tap under way, when everything waits.
"""
import asyncio
from time import ticks_add, ticks_diff, ticks_ms

from micropython import const

from firmware.system.overlay import borrow

STEPS_MS = const(5_000)                         # between two news of the steps
MOST_NEWS = const(16)                           # that wait; what was there longest goes
TOPICS = ('friend', 'met_again', 'steps', 'battery', 'unlock', 'medal', 'card', 'settings', 'time', 'bound')
EACH = ('friend', 'met_again', 'unlock', 'medal', 'settings')   # of the others the latest stands for all
FRIENDS = ('friend', 'met_again')


class Desk:
    """Of a session.Session. For `counter`: `lines`, {conn: (Link, gatt.lines.Lines)} of those in the middle of a line;
    `asked`, [(Link, line or the dict to say)] of what is yet to be answered; `speaking`: a line is on its way, and whoever
    ended it there would tear it; `call`, an Event that is set when there is something to do."""

    def __init__(self, session):
        self.session = session
        self.lines, self.asked, self.speaking = {}, [], False
        self.call = asyncio.Event()
        self._news = []                         # (topic, value)
        self._steps_ms = ticks_add(ticks_ms(), -STEPS_MS)
        self._task = self._heard = None
        for topic in TOPICS:
            self._subscribe(topic)
        session.pin.events.subscribe(self, 'tap', self._on_tap)

    def _subscribe(self, topic):
        self.session.pin.events.subscribe(self, topic, lambda value: self._tell(topic, value))

    def close(self):
        """No more of it. What is being done for a phone comes to its end by itself."""
        self.session.pin.events.drop(self)
        self._news = []

    def _on_tap(self, what):
        """Who serves leaves the heap to a tap; `counter` keeps what was asked."""
        if what in ('wish', 'link') and self._task and not self.speaking:
            task, self._task = self._task, None
            task.cancel()

    def _tell(self, topic, value):
        if topic in FRIENDS:
            value = value.id                    # the friend is looked up when it is told
        if topic not in EACH:
            self._news = [one for one in self._news if one[0] != topic]
        self._news = self._news[1 - MOST_NEWS:] + [(topic, value)]
        self.session.owner.flag.set()

    def look(self):
        """Have the work done that there is."""
        if self.work():
            self.call.set()
            if not self._task and not self.session.pin.rendezvous.busy:
                self._task = asyncio.create_task(self._work())

    def work(self):
        """Whether there is any."""
        return bool(self.asked or self.speaker() or self.due())

    async def _work(self):
        try:
            await borrow('firmware.companion.counter').serve(self)
        except MemoryError:
            self.session.pin.log.warning('radio', 'No memory for what a phone wants.')
        finally:
            self._task = None

    def speaker(self):
        """A link that has said something; another than the last time, if there is one."""
        for link in sorted(self.session.server.links.values(), key=lambda one: one is self._heard):
            if link.secure and link.any():
                return link
        return None

    def hear(self, link):
        """Its next piece, None where some were lost."""
        self._heard = link
        return link.take()

    def due(self, taking=False):
        """The oldest of the news that may be told, as (topic, value); `taking` it, it waits no longer."""
        for one in self._news:
            steps = one[0] == 'steps'
            if not steps or ticks_diff(ticks_add(self._steps_ms, STEPS_MS), ticks_ms()) <= 0:
                if taking:
                    self._news.remove(one)
                    self._steps_ms = ticks_ms() if steps else self._steps_ms
                return one
        return None

    def put_back(self, one):
        """One of the news that was not told after all."""
        self._news.insert(0, one)
