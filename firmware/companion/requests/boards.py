"""The request 'boards': friends ranked, a few rows a part. Borrowed by `serving`."""
from micropython import const

from firmware.system.overlay import borrow, forget

_ROWS = const(5)                                # of a part: names may have 400 bytes each


async def _get(pin, values, part, link):
    facts = pin.facts
    boards = await borrow('firmware.social.leaderboard').boards(facts.book, facts.clock, facts.figures(),
                                                                facts.settings.get('count_steps'))
    forget('firmware.social.goals')             # which the boards have imported
    for board in boards:
        rows = [(row.place, row.name, row.figure, row.age, row.hours) for row in board.rows()]
        for at in range(0, len(rows), _ROWS):
            await part({'measure': board.measure, 'rows': rows[at:at + _ROWS]})
    return {}


ACTS = (('get', _get, ()),)
