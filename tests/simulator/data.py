"""What a simulated pin has in /data and beside it before its first boot: its board file, and a card as a phone leaves it.

Owns nothing; the firmware's own rules write the files, in memory, so that the formats stand in one place. Used by `world`;
tests read a pin's flash back with `friends_of` and `steps_of`.
"""
import hashlib
import json
import os

from firmware.motion.step_store import VERSION as STEPS_SCHEMA
from firmware.motion.step_store import StepStore
from firmware.motion.steps import StepDays
from firmware.social.card import SCHEMA as CARD_SCHEMA
from firmware.social.card import Card, Wearer
from firmware.social.friend import Figures, Friend
from firmware.social.friends import SCHEMA as FRIENDS_SCHEMA
from firmware.social.friends import FriendBook
from firmware.social.rewards import SCHEMA as REWARDS_SCHEMA
from firmware.social.rewards import Rewards
from firmware.system.journal import Journal
from firmware.system.log import Log
from firmware.system.settings import SCHEMA as SETTINGS_SCHEMA
from firmware.system.settings import Settings
from firmware.system.storage import Storage
from tests.simulator.image import add_files
from tests.simulator.memory_storage import MemoryFiles, MemoryLane

YESTERDAY = 9819                                # 2026-11-19, in days since 2000-01-01


def _quiet_log():
    return Log(write_line=lambda line: None)


def _identity(name, seed):
    """Random-looking bytes that are the same for the same wearer in the same world."""
    counter = iter(range(1 << 16))

    def random_bytes(length):
        return hashlib.shake_256(f'{seed}/{name}/{next(counter)}'.encode()).digest(length)
    return random_bytes


def files_of_a_pin(name, card, board, nfc, friends=0, settings=None, seed=0):
    """{path: bytes} for a pin of `name`'s. `card`: None for one with just the name, a dict of fields, False for none;
    `friends`: how many it has made before (and celebrated); `settings`: {key: value} that were chosen."""
    files = {'/board.json': json.dumps({'board': board, 'nfc': nfc}).encode()}
    memory, log = MemoryFiles(), _quiet_log()
    storage = memory.storage()
    if card is not False:
        journal = Journal(storage, 'card', CARD_SCHEMA, log)
        Wearer(journal, log, _identity(name, seed)).save(Card(**(card or {'name': name})))
        _folded(journal, memory)
    if friends:
        journals = Journal(storage, 'friends', FRIENDS_SCHEMA, log), Journal(storage, 'rewards', REWARDS_SCHEMA, log)
        book, rewards = FriendBook(journals[0], log), Rewards(journals[1], log)
        for number in range(friends):
            book.befriend(some_friend(number))
        rewards.update(friends, {'friends_best_day': book.tally.best, 'friend_days': book.tally.days})
        rewards.mark_shown()
        for journal in journals:
            _folded(journal, memory)
    if settings:
        journal = Journal(storage, 'settings', SETTINGS_SCHEMA, log)
        chosen = Settings(journal, log)
        for key, value in settings.items():
            chosen.set(key, value)
        _folded(journal, memory)
    files.update({path: bytes(data) for path, data in memory.files.items()})
    return files


def _folded(journal, memory):
    """Let `journal` have no tail, so that a pin with a lane finds none in a file."""
    journal.fold()
    memory.files.pop(f'/data/{journal.name}.tail', None)


def some_friend(number):
    """The Friend number `number` of a pin that has met people before; always the same one."""
    card = Card(name=f'Friend {number + 1}')
    device_id = hashlib.sha256(f'friend {number}'.encode()).digest()[:16]
    return Friend(device_id, card.name, card.to_vcard(), Figures(1000 + number, 1, number, 0), device_id[:8], YESTERDAY)


class _FlashFiles(MemoryFiles):
    """The /data folder of a pin's flash, copied to where the firmware's rules can read it on the host."""

    def __init__(self, pin):
        super().__init__()
        self.lane = MemoryLane(self, pin.lane()) if pin.lane_blocks else None
        fs = pin.files()
        for name in fs.listdir('/data'):
            with fs.open(f'/data/{name}', 'rb') as file:
                self.files[f'/data/{name}'] = file.read()


def storage_of(pin) -> Storage:
    """A copy of the pin's /data as a Storage."""
    return _FlashFiles(pin).storage()


def book_of(pin, storage=None):
    """A copy of the pin's friend book as its flash has it now, or as `storage`, a copy made before, has it."""
    log = _quiet_log()
    return FriendBook(Journal(storage or storage_of(pin), 'friends', FRIENDS_SCHEMA, log), log)


def change_book(pin, change):
    """Let `change(book)` alter the friend book on the flash of a pin that is off, as its own firmware would."""
    files, log = _FlashFiles(pin), _quiet_log()
    change(FriendBook(Journal(files.storage(), 'friends', FRIENDS_SCHEMA, log), log))
    fs = pin.files()
    add_files(fs, {path: data for path, data in files.files.items() if path.startswith('/data/friends.')})
    os.pwrite(pin.flash.fd, bytes(fs.context.buffer) + (files.lane.cells if files.lane else b''), 0)


def friends_of(pin):
    """The Friends in the pin's book as its flash has them now, newest first."""
    book = book_of(pin)
    return book.page(0, book.count)


def rewards_of(pin, storage=None):
    """A copy of the pin's Rewards, likewise."""
    log = _quiet_log()
    return Rewards(Journal(storage or storage_of(pin), 'rewards', REWARDS_SCHEMA, log), log)


def wearer_of(pin):
    """A copy of the pin's Wearer, identity and card; the pin has one on its flash."""
    log = _quiet_log()
    return Wearer(Journal(storage_of(pin), 'card', CARD_SCHEMA, log), log, None)


def names_of_friends(pin):
    """Their names, newest first."""
    return [friend.name for friend in friends_of(pin)]


def steps_of(pin):
    """Steps of the best day on the pin's flash; the pin writes them within three minutes."""
    log, days = _quiet_log(), StepDays()
    StepStore(Journal(storage_of(pin), 'steps', STEPS_SCHEMA, log), days, log).load()
    return days.best
