"""What the pin knows, gathered for those who show or tell it: the screens' model and the figures of a tap.

Owns nothing; reads the services. Made by `firmware.pin`, given to the stage (`fill`) and to the tap (`figures`).
"""
from firmware.social import rewards as rules
from firmware.social.friend import Figures

_RANKS = tuple(name for name, _ in rules.MEDALS)


class Facts:
    """`wearer`, `book`, `rewards`, `motion`, `battery`, `settings`, `clock` are the pin's services."""

    def __init__(self, wearer, book, rewards, motion, battery, settings, clock, pin_name):
        self._wearer, self._book, self._rewards, self._motion = wearer, book, rewards, motion
        self._battery, self._settings, self._clock, self._pin_name = battery, settings, clock, pin_name

    def figures(self):
        """What this pin tells others at a tap, as Figures of today."""
        counting = self._settings.get('count_steps')
        return Figures(self._motion.steps_today if counting else None, self._book.tally.on(self._clock.day()),
                       self._book.count, self._rewards.earned.rank)

    def fill(self, model):
        """Put everything that screens draw from into `model`."""
        self._fill_wearer(model)
        self._fill_friends(model)
        get = self._settings.get
        model.counts_steps = get('count_steps')
        model.steps_today = self._motion.steps_today
        model.goal = get('step_goal')
        model.distance = distance(model.steps_today, get('step_cm'), get('distance'))
        percent = self._battery.percent
        model.battery_percent = -1 if percent is None else percent
        model.brightness_percent = get('brightness')
        model.screen_s = get('screen_s')
        model.always_on = get('always_on')
        model.upside_down = get('flip')

    def _fill_wearer(self, model):
        card = self._wearer.card
        model.has_card = model.bound = card is not None
        model.name, model.title, model.organisation = (card.name, card.title, card.organisation) if card else ('', '', '')
        model.design = self._settings.get('design')
        model.pin_name = self._pin_name

    def _fill_friends(self, model):
        earned, count = self._rewards.earned, self._book.count
        model.friends = count
        model.rank = _RANKS[earned.rank]
        following = rules.to_next_medal(count)
        model.next_rank, model.to_next_rank = following or ('', 0)
        model.rank_percent = progress(count)
        model.designs_unlocked = earned.designs
        model.to_next_design = rules.to_next_design(count, len(earned.errands)) or 0


def progress(friends):
    """Percent of the way from the rank that so many friends earn to the next; 100 with gold."""
    rank = rules.rank(friends)
    if rank + 1 == len(rules.MEDALS):
        return 100
    low, high = rules.MEDALS[rank][1], rules.MEDALS[rank + 1][1]
    return (friends - low) * 100 // (high - low)


def distance(steps, step_cm, unit):
    """'5.9 km' for so many steps of so many centimetres; '' before the first hundred metres (or yards)."""
    hundreds = steps * step_cm // (10_000 if unit == 'km' else 16_093)
    return '%d.%d %s' % (hundreds // 10, hundreds % 10, unit) if hundreds else ''
