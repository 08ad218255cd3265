"""The request 'steps': a day by hours, and the days that are kept. Borrowed by `serving`."""
from firmware.facts import travelled
from firmware.motion.steps import HISTORY_DAYS


async def _day(pin, values, part, link):
    facts = pin.facts
    days, settings = facts.motion.days, facts.settings
    day = facts.clock.day() if values['day'] is None else values['day']
    return {'day': day, 'steps': days.on(day), 'hours': days.hours(day), 'goal': settings.get('step_goal'),
            'counting': settings.get('count_steps'), 'distance': travelled(days.on(day), settings)}


async def _history(pin, values, part, link):
    facts = pin.facts
    days, day = facts.motion.days, facts.clock.day()
    return {'day': day, 'steps': days.history(day, values['days']), 'goal': facts.settings.get('step_goal'),
            'counting': facts.settings.get('count_steps'), 'total': days.total, 'best': days.best}


ACTS = (('day', _day, (('day', 'int', 0, 65535, None),)),
        ('history', _history, (('days', 'int', 1, HISTORY_DAYS, HISTORY_DAYS),)))
