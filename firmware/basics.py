"""What a name tag needs: flash, settings, wearer, clock. All the rest of the pin comes after the first picture.

Owns their opening, for the whole pin and for safe mode. Borrowed by `firmware.pin` and `system.safe_mode` at a start; `Basics`
is the part of the facts that both have.
"""
from time import ticks_ms

from firmware.social import card
from firmware.system import settings
from firmware.system.clock import Clock
from firmware.system.journal import Journal
from firmware.system.overlay import borrow
from firmware.system.storage import Storage

NEW_CARD = 'card.new'                           # a card that came over the cable
FACTORY_RESET = 'erase'                         # a file that is there while everything is to be forgotten


class Basics:
    """`wearer`, `settings` and `clock` are services. `companion` tells how many `phones` are bound, and whether one may be
    bound now (`binding`); `system.power`, whether it is `night`: then even a name that is always on goes dark."""
    phones = 0
    binding = night = False

    def __init__(self, wearer, settings, clock, pin_name):
        self.wearer, self.settings, self.clock, self.pin_name = wearer, settings, clock, pin_name

    def fill(self, model):
        """Put what the name tag is drawn from into `model`."""
        model.wear(self.wearer.card)
        model.bound = model.has_card or self.phones > 0
        model.binding, model.night, model.pin_name = self.binding, self.night, self.pin_name
        model.follow(self.settings.get)


def opened(pin, whole):
    """(storage, [journals], arguments of Basics) of `pin` (firmware.pin.Pin). For the `whole` pin a factory reset comes to its
    end before, and a card that has come over the cable is taken. Raises StorageError where the flash can't be used."""
    board, log = pin.board, pin.log
    storage = Storage('/data', lane=board.lane)
    if whole and storage.size(FACTORY_RESET) is not None:
        borrow('firmware.system.factory_reset').finish(storage, board, FACTORY_RESET)
    log.keep_on(storage)
    journals = [Journal(storage, 'settings', settings.SCHEMA, log), Journal(storage, 'card', card.SCHEMA, log)]
    chosen = settings.Settings(journals[0], log)
    wearer = card.Wearer(journals[1], log, board.random_bytes)
    if whole and storage.size(NEW_CARD) is not None:
        borrow('firmware.social.card_file').take(storage, NEW_CARD, wearer, log)
    clock = Clock(board.rtc, ticks_ms, chosen.get('zone_minutes'), chosen.get('day_start_hour'))
    return storage, journals, (wearer, chosen, clock, pin.model.pin_name)
