"""The table behind a web server: what happens is told to every page that looks, what a page wants is done.

Owns the rhythm: the world follows the wall clock at a speed that the page chooses; some thirty times a second panels are
looked at and what has changed is sent. To the page go JSON messages of type table, choices, time, log, frames, figures and
error, pictures as `screen` packs them, and files as bytes behind FILM or SHOT; from it come the wishes of `table`, and those
of Page. The companion page lies at companion/, its phone is the world's. Used by `__main__` and by tests, which step the
world themselves.
"""
import itertools
import threading
import time
from pathlib import Path

from assets.companion import publish
from tests.simulator.gateway.phone import PhoneSession
from tests.simulator.gateway.realtime import STEP_S, RealTime
from tests.simulator.gateway.server import Server
from tests.simulator.sim import figures, film, frames, picture, scene
from tests.simulator.sim.table import Table, share, whole

PAGE = Path(__file__).parents[1] / 'page'
LOOK_S, TIME_S, FIGURES_S = 0.03, 0.25, 1.0
SPEEDS = (0, 0.1, 1, 10)
LOG_KEPT = 400                          # lines for a page that comes later
MOST_FRAMES = 60                        # of one look; more would only be a blur
SHOWN_BYTES = 48                        # of a frame
FILM, SHOT = b'\x02', b'\x03'           # the first byte of what holds a file; screen.PICTURE is another
WIDEST = 4000                           # pixels of a page
LARGEST_SCENE = 8 << 20                 # bytes of a message


def files():
    """{address: Path} of the page; the companion's beside it."""
    found = {path.relative_to(PAGE).as_posix(): path for path in sorted(PAGE.rglob('*')) if path.is_file()}
    return {**found, **{f'companion/{name}': path for name, path in publish.files().items()}}


class Play:
    """A Table in real time. `server` and `real_time` are the gateway's."""

    def __init__(self, world, port=0):
        self.world = world
        self.table = Table(world)
        self._phone = world.add_phone('You')
        self._pages = []
        self._log = []
        self._told = None                       # the state that the pages have
        self._frames = world.air.frames
        self._due = dict.fromkeys(('look', 'time', 'figures'), 0.0)
        self._clocks = time.monotonic(), world.now_ms       # ours and the world's when the pages were told the time
        self.real_time = RealTime(world)
        self.server = Server(self.real_time, port, files(), answers={'scene.json': lambda query: scene.packed(self.table)},
                             largest=LARGEST_SCENE, sockets={'sim': self._open, 'phone': lambda query, send: PhoneSession(
                                 self._phone, self.table.pins.get(query.get('pin')), send)})

    def _open(self, _query, send):
        page = Page(self, send)
        self._pages.append(page)
        return page

    def leave(self, page):
        self._pages.remove(page)

    # ---- time ----
    def run(self):
        """Until interrupted."""
        while True:
            self.step(STEP_S)

    def step(self, wait_s=0.0):
        """Let the world catch up, and look. A pin whose MicroPython has ended is off, and the pages are told."""
        try:
            self.real_time.step(wait_s)
        except RuntimeError as problem:
            self.tell({'type': 'error', 'reason': f'A pin has gone off: {problem}.'})
        self.look()

    def look(self):
        """Tell the pages what is new, if it is time for that."""
        now = time.monotonic()
        if now >= self._due['look']:
            self._due['look'] = now + LOOK_S
            self._tell_pictures()
            self._tell_state()
            self._tell_lines()
            self._tell_frames()
            for page in self._pages:
                page.film_goes_on(now)
        if now >= self._due['time']:
            self._due['time'] = now + TIME_S
            self._tell_time(now)
        if now >= self._due['figures']:
            self._due['figures'] = now + FIGURES_S
            for page in self._pages:
                page.tell_figures()

    def tell(self, message):
        for page in self._pages:
            page.send(message)

    def _tell_time(self, now):
        """With the speed that the machine really bears."""
        (then, then_ms), self._clocks = self._clocks, (now, self.world.now_ms)
        self.tell({'type': 'time', 'ms': self.world.now_ms, 'speed': self.real_time.speed,
                   'reached': (self.world.now_ms - then_ms) / 1000 / max(now - then, TIME_S)})

    def _tell_pictures(self):
        for seat in self.table.seats.values():
            picture = seat.screen.look()
            if picture:
                self.tell(picture)

    def _tell_lines(self):
        lines = [(line, name) for name, seat in self.table.seats.items() for line in seat.news()]
        for line, name in sorted(lines, key=lambda one: one[0][0]):
            self._log.append({'type': 'log', 'pin': name, 'line': line})
            self.tell(self._log[-1])
        del self._log[:-LOG_KEPT]

    def _tell_frames(self):
        air = self.world.air
        new = min(air.frames - self._frames, MOST_FRAMES, len(air.log))
        self._frames = air.frames
        if new:
            latest = list(itertools.islice(reversed(air.log), new))
            self.tell({'type': 'frames', 'frames': [
                [frame.at_ns / 1e6, frame.sender.name, f'{frame.bitrate}{frame.technology}', frames.name_of(frame),
                 len(frame.data), frame.data[:SHOWN_BYTES].hex(), frame.fate] for frame in reversed(latest)]})

    def _tell_state(self):
        state = self.table.state()
        if state != self._told:
            self._told = state
            self.tell(state)

    def welcome(self, page):
        """What a page needs that has just come."""
        page.send(self.table.choices())
        page.send(self.table.state())
        for seat in self.table.seats.values():
            page.send(seat.screen.whole())
        for message in self._log:
            page.send(message)


class Page:
    """One page's WebSocket; what it wants wrongly is answered by a sentence."""

    def __init__(self, play, send):
        self._play, self.send = play, send
        self._watched = None
        self._film = None
        play.welcome(self)

    def take(self, message):
        try:
            doing = self.LOOKING.get(message.get('do'))
            if doing:
                doing(self, message)
            else:
                self._play.table.wish(message)
        except (ValueError, TypeError, RuntimeError) as problem:
            self.send({'type': 'error', 'reason': str(problem)})
        self._play.look()

    def _speed(self, message):
        if message.get('speed') not in SPEEDS:
            raise ValueError(f'The world goes {SPEEDS} times as fast as ours.')
        self._play.real_time.speed = message['speed']

    def _step(self, message):
        """On by some ms; the world stands from there."""
        self._play.real_time.speed = 0
        self._play.world.run(whole(message.get('ms'), 1, 60_000) / 1000)

    def _watch(self, message):
        self._watched = message.get('pin')
        self.tell_figures()

    def _load(self, message):
        scene.unpack(self._play.table, message.get('scene'))

    # ---- what is to be kept ----
    def _shoot(self, message):
        """The table as a PNG, as large as the page has it."""
        views = film.views(self._play.table, {})
        self.send(SHOT + film.png(picture.table(views, *size_in(message))))

    def _record(self, message):
        """Begin a film of a pin, or of the table where none is named; or end it."""
        if message.get('on') is not True:
            self._develop()
        elif message.get('pin') is None:
            self._film = film.Film(self._play.table, None, size_in(message), time.monotonic())
        else:
            name = self._play.table.seat_in(message).pin.name
            self._film = film.Film(self._play.table, name, None, time.monotonic())

    def film_goes_on(self, now):
        if self._film and self._film.look(now):
            self._develop()

    def _develop(self):
        """End the film; another thread makes a GIF of it, while the world goes on."""
        over, self._film = self._film, None
        if over:
            real_time = self._play.real_time
            threading.Thread(target=lambda: real_time.post(self.send, FILM + over.gif()), daemon=True).start()

    LOOKING = {'speed': _speed, 'step': _step, 'watch': _watch, 'load': _load, 'shoot': _shoot, 'record': _record}

    def tell_figures(self):
        seat = self._play.table.seats.get(self._watched)
        if seat:
            self.send({'type': 'figures', 'pin': self._watched, 'groups': figures.of(seat.pin)})

    def closed(self):
        self._play.leave(self)


def size_in(message):
    """(width, height, scale of a pin) of the page's table. Raises ValueError."""
    return *(whole(message.get(field), 100, WIDEST) for field in ('width', 'height')), share(message.get('scale'))
