"""Rows for the screens that show more than the model holds (see `wants` in ui.screens), in words where they are words.

Owns nothing but what the boards have counted, kept with the Facts until the friends change, and the task that counts it.
Borrowed by `firmware.pin` for the moment of asking. Whatever reads many friends goes in slices and lets others run between
them.

    ('nothing',)                        ()
    ('week',)                           (steps of seven days up to today, weekday of today or None where it is not known)
    ('friends', start, count)           ((name, its picture or b'', when met), ...), the friends of late first
    ('friend', number)                  (device id, name, lines of the card, of the figures, whether blocked, strip), or ()
    ('boards', counting, page, rows)    (the measure of each page, ((place or 0, name, its picture or b'', figure, age), ...)
                                        of this one); while it counts (friends read, friends), and 'counted' is published
    ('errands', counting)               ((title, whether it is done, how far it is), ...)
    ('code', which, largest)            (title, whether there is another, modules on a side, rows of modules), or ()
"""
import asyncio
from time import ticks_diff, ticks_ms

from micropython import const

import vcard
from firmware.social.tag import forget
from firmware.system.clock import date_of
from firmware.system.overlay import borrow
from firmware.system.storage import StorageError
from firmware.ui.widgets import thousands

_MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec'
_DAYS_IN_WORDS = 14                             # for so long a day is told as days ago
_AT_ONCE = const(24)                            # friends: that few are counted before anybody looks
_TELL_MS = const(250)                           # between two times that a count says how far it is


async def rows(pin, kind, *rest):
    """The answer to what a screen wants, from the services of `pin` (firmware.pin.Pin)."""
    answers = {'nothing': _nothing, 'week': _week, 'friends': _friends, 'friend': _friend, 'boards': _boards,
               'errands': _errands, 'code': _code}
    return await answers[kind](pin, *rest)      # type: ignore[operator]


async def _nothing(pin):
    return ()


async def _week(pin):
    facts = pin.facts
    day = facts.clock.day()
    return tuple(facts.motion.days.history(day, 7)), (day + 5) % 7 if facts.clock.known else None


# ---- friends

async def _friends(pin, start, count):
    book, today, found = pin.facts.book, pin.facts.clock.day(), []
    for number in range(start, min(start + count, book.count)):
        for friend in book.page(number, 1):
            found.append((friend.name, friend.strip, 'met ' + _when(friend.day_met, today)))
        await asyncio.sleep_ms(0)
    return tuple(found)


async def _friend(pin, number):
    book, today = pin.facts.book, pin.facts.clock.day()
    found = book.page(number, 1)
    if not found:
        return ()
    friend = found[0]
    try:
        contact = vcard.decode(friend.vcard)
    except vcard.VCardError:                    # a card of before there were rules, perhaps; the name is known all the same
        contact = {}
    card = [contact[key] for key in ('title', 'org') if contact.get(key)]
    card.append('met ' + _when(friend.day_met, today))
    return friend.id, friend.name, tuple(card), tuple(_figures(friend, today)), book.blocked(friend.id), friend.strip


def _figures(friend, today):
    """What the friend told at the latest tap, how long ago that was, how often it happened, and the wearer's note."""
    told, lines = friend.figures, []
    if told.steps is not None:
        lines.append(_counted(told.steps, 'step'))
    lines.append(_counted(told.friends, 'friend'))
    lines.append('last met ' + _when(friend.last_day, today))
    lines.append('met on %s' % _counted(friend.times_met, 'day'))
    return lines + [friend.note] if friend.note else lines


def _counted(number, what):
    return '%s %s%s' % (thousands(number), what, '' if number == 1 else 's')


def _when(day, today):
    """'today', '3 days ago', '3 Nov 2026'; a day that is not known is told as such."""
    if not day:
        return 'on some day'
    past = today - day
    if past in (0, 1):
        return ('today', 'yesterday')[past]
    if 0 < past <= _DAYS_IN_WORDS:
        return '%d days ago' % past
    year, month, day = date_of(day)
    return '%d %s %d' % (day, _MONTHS[3 * month - 3:3 * month], year)


# ---- what is counted over all friends

async def _boards(pin, counting, page, shown):
    """Counted afresh when the book has changed, or the hour; and not with every step of mine. A small book at once, a large
    one by a task of its own."""
    facts = pin.facts
    written = [journal.position for journal in pin.journals if journal.name == 'friends']
    stamp = (written, facts.clock.day(), facts.clock.hour(), counting)
    if not facts.counted or facts.counted[0] != stamp:
        facts.counted = stamp, 0
        if facts.book.count > _AT_ONCE:
            asyncio.create_task(_count(pin, stamp, counting))       # the loop has it until it is done
        else:
            await _count(pin, stamp, counting)
    if isinstance(facts.counted[1], int):
        return facts.counted[1], facts.book.count
    measures, found = borrow('firmware.social.leaderboard').page(facts.counted[1], facts.book, page, shown)
    forget('firmware.social.goals')
    return measures, tuple([_row(row) for row in found])


async def _count(pin, stamp, counting):
    """Count the boards, and tell now and then who waits for them how far that is; a tap, or another count, ends it."""
    facts, events, model = pin.facts, pin.events, pin.model
    told_ms, mine = ticks_ms(), object()

    def go_on(done):
        nonlocal told_ms
        if not facts.counted or facts.counted[0] is not stamp:
            return False
        facts.counted = stamp, done
        if ticks_diff(ticks_ms(), told_ms) >= _TELL_MS and model.depth and model.entered[-1][0] == 'boards':
            told_ms = ticks_ms()
            events.publish('counted')
        return True

    def stop(what):
        if what in ('wish', 'link'):                    # the heap is never as full as then, and the tap changes the book
            facts.counted = None
    events.subscribe(mine, 'tap', stop)
    leaderboard, found = borrow('firmware.social.leaderboard'), ()
    try:
        found = await leaderboard.boards(facts.book, facts.clock, facts.figures(), counting, go_on)
    except (StorageError, MemoryError) as error:
        pin.log.error('boards', 'The friends cannot be counted: %s' % error)
    finally:
        events.drop(mine)
        forget('firmware.social.goals')
    if found is not None:
        facts.counted = stamp, leaderboard.pack(found)
        if facts.book.count > _AT_ONCE:
            events.publish('counted')


def _row(row):
    return row.place or 0, row.name or 'You', row.strip, thousands(row.figure), row.when() if row.name else ''


async def _errands(pin, counting):
    goals = borrow('firmware.social.goals')
    return tuple(goals.errands(pin.progress.measures(), pin.facts.rewards.earned.errands, counting))


# ---- the code

async def _code(pin, which, largest):
    """The card as far as it fits: what a phone can do least without comes first."""
    card = pin.facts.wearer.card
    if card is None:
        return ()
    web = card.web if 'web' in card.public else ''
    qr = borrow('qr')
    if which and web and len(web.encode()) <= qr.capacity(largest):
        title, code = 'My page', qr.Code(web.encode(), largest)
    else:
        title, code = 'My card', qr.Code(short(card, qr.capacity(largest)), largest)
    for _ in code.work():
        await asyncio.sleep_ms(0)
    return title, bool(web), code.size, bytes(code.rows)


def short(card, most):
    """The vCard of the public fields in at most `most` bytes: those that fit, and at worst no more than half of the name."""
    contact = {'fn': card.name}
    best = _encoded(contact)
    for field, key in (('phone', 'tel'), ('email', 'email'), ('organisation', 'org'), ('title', 'title'), ('web', 'url')):
        value = getattr(card, field)
        if value and field in card.public:
            contact[key] = [value] if key in ('tel', 'email', 'url') else value
            data = _encoded(contact)
            if len(data) <= most:
                best = data
            else:
                del contact[key]
    while len(best) > most:
        contact['fn'] = contact['fn'][:-1]
        best = _encoded(contact)
    return best


def _encoded(contact):
    """Without what every reader takes for granted."""
    return vcard.encode(contact).replace(b';TYPE=CELL', b'').replace(b';TYPE=INTERNET', b'')
