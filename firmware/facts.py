"""What the pin knows, gathered for those who show or tell it: the screens' model and the figures of a tap.

Owns nothing; reads the services. Made by `firmware.assembly`, given to the stage (`fill`) and to the tap (`figures`).
"""
from firmware.basics import Basics
from firmware.social import rewards as rules
from firmware.social.friend import Figures

_RANKS = tuple(name for name, _ in rules.MEDALS)


class Facts(Basics):
    """`wearer`, `book`, `rewards`, `motion`, `battery`, `settings`, `clock` are the pin's services, also for `ui.source`,
    which keeps what the boards have `counted` here."""
    counted = None

    def __init__(self, wearer, book, rewards, motion, battery, settings, clock, pin_name):
        super().__init__(wearer, settings, clock, pin_name)
        self.book, self.rewards, self.motion, self.battery = book, rewards, motion, battery

    def figures(self):
        """What this pin tells others at a tap, as Figures of today."""
        counting = self.settings.get('count_steps')
        return Figures(self.motion.steps_today if counting else None, self.book.tally.on(self.clock.day()),
                       self.book.count, self.rewards.earned.rank)

    def fill(self, model):
        """Put everything that screens draw from into `model`."""
        super().fill(model)
        self._fill_friends(model)
        get = self.settings.get
        model.counts_steps = get('count_steps')
        model.steps_today = self.motion.steps_today
        model.goal = get('step_goal')
        model.distance = travelled(model.steps_today, self.settings)
        percent = self.battery.percent
        model.battery_percent = -1 if percent is None else percent
        model.charging = self.battery.charging
        if get('turn'):
            model.follow(get, self.motion.posture.turned)

    def _fill_friends(self, model):
        earned, count = self.rewards.earned, self.book.count
        model.friends = count
        model.rank = _RANKS[earned.rank]
        following = rules.to_next_medal(count, earned.rank)
        model.next_rank, model.to_next_rank = following or ('', 0)
        model.rank_percent = progress(count, earned.rank)
        model.designs_unlocked = earned.designs
        model.to_next_design = rules.to_next_design(count, len(earned.errands), earned.designs) or 0


def progress(friends, rank):
    """Percent of the way from rank number `rank`, which was earned, to the next for so many friends; 100 with gold."""
    if rank + 1 == len(rules.MEDALS):
        return 100
    low, high = rules.MEDALS[rank][1], rules.MEDALS[rank + 1][1]
    return max(0, min(99, (friends - low) * 100 // (high - low)))


def travelled(steps, settings):
    """The line below the steps: '5.9 km', or '5.9 km, 206 kcal' for a wearer who has told a weight; '' before the first
    hundred metres (or tenth of a mile). `settings` has `get`.

    Without a length of the step it is 41.4 % of the height, the usual estimate for walking adults. The energy is the
    horizontal term of the ACSM walking equation, 0.1 ml of oxygen per kg and metre at 5 kcal a litre: 0.5 kcal per kg and km.
    """
    get = settings.get
    metres = steps * (get('step_cm') or get('height_cm') * 414 // 1000) // 100
    tenths = metres * 1000 // (100_000 if get('distance') == 'km' else 160_934)
    if not tenths:
        return ''
    text = '%d.%d %s' % (tenths // 10, tenths % 10, get('distance'))
    return text + ', %d kcal' % (metres * get('weight_kg') // 2000) if get('weight_kg') else text
