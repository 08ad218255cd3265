"""The table: the seats, the air between them, and everything that a page may ask for. Runs in the world's thread.

A wish is a JSON object: `do` names a row of WISHES, the rest are its fields. Whatever is wrong with it raises ValueError
with a sentence and changes nothing. Used by `play`.
"""
from tests.simulator.pin import Pin
from tests.simulator.sim import wearing
from tests.simulator.sim.seat import BUSES, EMPTY_MV, FULL_MV, TOUCH_BOARD, Seat
from tests.simulator.wiring import BOARDS

MOST_PINS = 40
LONGEST_NAME = 40
PIXELS = 240
NFC = ('spi', 'i2c', 'uart')
CHIPS = ('imu', 'nfc', 'touch', 'panel')
CARD_FIELDS = ('name', 'title', 'organisation', 'web', 'email')


class Table:
    """`seats`: {name: Seat}; `held`: who is held together, frozensets of two names."""

    def __init__(self, world):
        self.world = world
        self.seats = {}
        self.lost = self.corrupted = 0.0
        self.held = set()

    @property
    def pins(self):
        """{name: Pin}, as the phone's door wants them."""
        return {name: seat.pin for name, seat in self.seats.items()}

    # ---- pins come and go ----
    def add(self, name, card=None, *, board=TOUCH_BOARD, nfc='spi', absent=(), friends=0, place=None):
        """A new pin; see World.add_pin. Returns its Seat."""
        if name in self.seats:
            raise ValueError(f'There is a pin called {name} already.')
        if len(self.seats) >= MOST_PINS:
            raise ValueError(f'{MOST_PINS} pins are as many as fit on this table.')
        options = {'board': board, 'nfc': nfc}
        return self._take(self.world.add_pin(name, card, friends=friends, on=False, **options), options, absent, place)

    def set(self, name, files, lane, **options):
        """A pin with the files and the lane that a scene has kept. Returns its Seat."""
        absent, place = options.pop('absent'), options.pop('place')
        pin = self.world.add_pin(name, False, files=files, on=False, **options)
        pin.flash.load(lane, len(pin.flash.image()) - len(pin.lane()))
        return self._take(pin, options, absent, place)

    def _take(self, pin, options, absent, place):
        pin.missing.update(absent)
        pin.boot()
        number = max((seat.number for seat in self.seats.values()), default=-1) + 1
        seat = self.seats[pin.name] = Seat(pin, number, options, place)
        return seat

    def remove(self, name):
        """Switch it off and take it from the table. The world keeps it, as its random numbers go by the order of pins."""
        seat = self.seats.pop(name)
        self.world.air.uncouple(seat.pin.nfc)
        self.held = {pair for pair in self.held if name not in pair}
        seat.pin.cut_power()
        seat.pin.panel.on_change = None

    # ---- two pins ----
    def together(self, one, other, knock):
        """Hold two pins together; `knock`: as they meet, both feel it in the same millisecond."""
        pair = frozenset((one.pin.name, other.pin.name))
        if len(pair) != 2:
            raise ValueError('It takes two pins to tap.')
        self.held.add(pair)
        (self.world.bump if knock else self.world.together)(one.pin, other.pin)

    def apart(self, one, other):
        self.held.discard(frozenset((one.pin.name, other.pin.name)))
        self.world.apart(one.pin, other.pin)

    def air(self, lose, corrupt):
        """How many of the frames shall be lost and how many come damaged, 0..1."""
        self.lost, self.corrupted = lose, corrupt
        self.world.air.clear_faults()
        if lose:
            self.world.air.lose(probability=lose)
        if corrupt:
            self.world.air.corrupt(probability=corrupt)

    # ---- wishes ----
    def wish(self, message):
        """Do what a page asks for."""
        doing = self.WISHES.get(message.get('do'))
        if doing is None:
            raise ValueError('The page asks for something that the simulator does not know. Load it again.')
        doing(self, message)

    def seat_in(self, message, field='pin'):
        """The Seat that a wish names."""
        name = message.get(field)
        if not isinstance(name, str) or name not in self.seats:
            raise ValueError('There is no pin of that name on the table.')
        return self.seats[name]

    def _add(self, message):
        card = message.get('card')
        if isinstance(card, dict):
            card = {field: text(card.get(field, ''), LONGEST_NAME) for field in CARD_FIELDS if card.get(field)}
        elif card is not None and card is not False:
            raise ValueError('A card is a name and some more.')
        name = text(message.get('name'), LONGEST_NAME)
        if not name:
            raise ValueError('A pin needs a name. Type one.')
        absent = tuple(one_of(chip, CHIPS) for chip in message.get('absent', ()))
        self.add(name, card, board=one_of(message.get('board', TOUCH_BOARD), BOARDS), absent=absent,
                 nfc=one_of(message.get('nfc', 'spi'), NFC), friends=whole(message.get('friends', 0), 0, 200),
                 place=place_in(message.get('place')))

    def _place(self, message):
        self.seat_in(message).place = place_in(message.get('place'))

    def _wear(self, message):
        degrees = message.get('degrees')
        self.seat_in(message).wear(walk=message.get('walk'), side=message.get('side'),
                                 degrees=None if degrees is None else whole(degrees, -360, 360))

    def _touch(self, message):
        place = [whole(message.get(field), 0, PIXELS - 1) for field in ('x', 'y', 'to_x', 'to_y')]
        self.seat_in(message).touch(*place, whole(message.get('ms'), 20, 2000))

    WISHES = {
        'add': _add,
        'remove': lambda self, message: self.remove(self.seat_in(message).pin.name),
        'place': _place,
        'together': lambda self, message: self.together(self.seat_in(message), self.seat_in(message, 'other'),
                                                        message.get('knock') is True),
        'apart': lambda self, message: self.apart(self.seat_in(message), self.seat_in(message, 'other')),
        'air': lambda self, message: self.air(share(message.get('lose', 0)), share(message.get('corrupt', 0))),
        'button': lambda self, message: self.seat_in(message).button(message.get('down') is True),
        'press': lambda self, message: self.seat_in(message).press(whole(message.get('ms'), 1, 15_000)),
        'touch': _touch,
        'double_tap': lambda self, message: self.seat_in(message).double_tap(),
        'wear': _wear,
        'battery': lambda self, message: self.seat_in(message).battery(whole(message.get('mv'), EMPTY_MV, FULL_MV)),
        'charge': lambda self, message: self.seat_in(message).charge(message.get('plugged') is True),
        'power': lambda self, message: self.seat_in(message).power(message.get('on') is True),
        'answers': lambda self, message: self.seat_in(message).answers(message.get('chip'), message.get('answers') is True),
        'garble': lambda self, message: self.seat_in(message).garble(message.get('bus'), share(message.get('share', 0))),
        'fit': lambda self, message: self.seat_in(message).fit(one_of(message.get('chip'), CHIPS),
                                                               message.get('there') is True),
        'cut_at_next_write': lambda self, message: self.seat_in(message).cut_at_next_write(),
        'fill': lambda self, message: self.seat_in(message).fill(message.get('full') is True),
        'measure_heap': lambda self, message: measure_heap(self.seat_in(message).pin),
    }

    def state(self):
        """What the page draws; JSON."""
        return {'type': 'table', 'pins': [seat.state() for seat in self.seats.values()],
                'held': sorted(sorted(pair) for pair in self.held), 'lose': self.lost, 'corrupt': self.corrupted}

    @staticmethod
    def choices():
        """What can be chosen where; JSON."""
        return {'type': 'choices', 'boards': list(BOARDS), 'nfc': list(NFC), 'chips': list(CHIPS), 'buses': list(BUSES),
                'paces': list(wearing.PACES_SPM), 'recordings': wearing.recordings(), 'most': MOST_PINS}


def measure_heap(pin: Pin):
    if not pin.on:
        raise ValueError(f'{pin.name} is off.')
    pin.measure_heap()


def text(value, longest):
    """`value` if it is a text of up to `longest` characters, without the spaces around it. Raises ValueError."""
    if not isinstance(value, str) or len(value.strip()) > longest:
        raise ValueError(f'A text of up to {longest} characters is needed here.')
    return value.strip()


def one_of(value, known):
    """`value` if it is among `known`. Raises ValueError."""
    if value not in known:
        raise ValueError(f'{value!r} is none of {", ".join(known)}.')
    return value


def whole(value, least, most):
    """`value` if it is a whole number of `least` to `most`. Raises ValueError."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f'A whole number of {least} to {most} is needed here.')
    return value


def place_in(value):
    """`value` if it is a place on the table, [x, y] of 0 to 1, or None where the page shall find one. Raises ValueError."""
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError('A place is two shares of the table.')
    return [share(part) for part in value]


def share(value):
    """`value` if it is a number of 0 to 1. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError('A share of 0 to 1 is needed here.')
    return value
