"""Days for the friends and taps of a time without a clock: done once the time has arrived, then forgotten.

Owns no rule: `clock.dated` says which day it was. Loaded and used by `progress` when there is something to date.
"""
import asyncio

from firmware.system.storage import StorageError


async def date(book, clock, taps, log):
    """Give their day to the friends in `book` who have none, and to `taps`, (device id, uptime_s) of this run; returns
    [(Friend, hour)] of these taps. A record at a time, so that nothing else waits long. What flash refuses is reported, and
    stays undated for the next time."""
    found, uptimes = [], dict(taps)
    try:
        for id in reversed(await _without_day(book)):   # so that a power cut leaves only the newest ones without
            friend = book.get(id)
            if friend and not friend.day_met:           # else forgotten since, or dated
                friend.day_met = clock.dated(uptimes.get(id))[0]
                friend.last_day = friend.last_day or friend.day_met
                book.date(friend)
            await asyncio.sleep_ms(0)
        for id, uptime_s in taps:
            friend = book.get(id)
            if friend:
                day, hour = clock.dated(uptime_s)
                if friend.last_day < day:
                    friend.last_day = day
                    friend.times_met += 1
                    book.refresh(friend, whole=False)
                found.append((friend, hour))
            await asyncio.sleep_ms(0)
    except StorageError as error:
        log.error('friends', 'A day could not be kept. %s' % error)
    return found


async def _without_day(book):
    """The ids of the friends who have no day, newest first: they are the newest of all, since none is left without one once
    the time has arrived."""
    ids = []
    while True:
        friends = book.page(len(ids), 1)
        if not friends or friends[0].day_met:
            return ids
        ids.append(friends[0].id)
        await asyncio.sleep_ms(0)
