"""What friends and errands earn: designs, medals, errands, as tables and pure functions, and what was earned for good.

Owns DESIGNS, MEDALS, ERRANDS and the journal 'rewards'. `firmware.pin` feeds it after each tap and at the day's turns; the
gallery, medal and friends screens ask it. Whatever was earned stays earned, even if friends are forgotten.
"""
import json

from micropython import const

SCHEMA = const(1)
DESIGNS = (
    'aquatics', 'archery', 'athletics', 'badminton', 'baseball/softball', 'basketball', 'boxing', 'canoe', 'cycling',
    'equestrian', 'fencing', 'football', 'golf', 'gymnastics', 'handball', 'hockey', 'judo', 'karate',
    'modern pentathlon', 'rowing', 'rugby', 'sailing', 'shooting', 'skateboarding', 'sport climbing', 'surfing',
    'table tennis', 'taekwondo', 'tennis', 'triathlon', 'volleyball', 'weightlifting', 'wrestling',
)
FRIENDS_A_DESIGN = const(5)
MEDALS = (('rookie', 0), ('bronze', 50), ('silver', 100), ('gold', 151))   # rank, from how many friends on


class Errand:
    """A row: `key` for storage, `title` for the screen, done when measure `measure` reaches `target`.

    `steps`: it needs the step counter and does not show without.
    """

    def __init__(self, key, title, measure, target, steps=False):
        self.key = key
        self.title = title
        self.measure = measure
        self.target = target
        self.steps = steps


MEASURES = (
    'steps_best_day',       # most steps of a day
    'steps_total',          # steps of all days
    'goal_days_in_a_row',   # longest run of days on which the step goal was reached
    'friends_best_day',     # most friends made on a day
    'friend_days',          # days on which a friend was made
    'early_taps',           # taps before 08:00 local time
    'late_taps',            # taps from 22:00 local time to the end of the day
    'friends_ahead',        # taps with a friend whose steps of the day beat mine
    'gold_friends',         # taps with a friend of rank gold
    'meetings_best',        # most days on which one friend was met
    'card_complete',        # 1 when every field of the card is filled in
    'boards_led',           # days on which my steps led the board of at least five
)

ERRANDS = (
    Errand('long_walk', 'Walk 10,000 steps in a day', 'steps_best_day', 10_000, steps=True),
    Errand('marathon', 'Walk 42,195 steps in a day', 'steps_best_day', 42_195, steps=True),
    Errand('habit', 'Reach your step goal five days in a row', 'goal_days_in_a_row', 5, steps=True),
    Errand('traveller', 'Walk 250,000 steps in all', 'steps_total', 250_000, steps=True),
    Errand('crowd', 'Make ten friends in one day', 'friends_best_day', 10),
    Errand('regular', 'Make a friend on each of five days', 'friend_days', 5),
    Errand('early', 'Tap before eight in the morning', 'early_taps', 1),
    Errand('late', 'Tap after ten at night', 'late_taps', 1),
    Errand('outwalked', 'Meet a friend who walked more today', 'friends_ahead', 1, steps=True),
    Errand('leader', 'Lead a board of five by steps', 'boards_led', 1, steps=True),
    Errand('reunion', 'Meet one friend on three days', 'meetings_best', 3),
    Errand('gold_touch', 'Tap someone with a gold medal', 'gold_friends', 1),
    Errand('whole_card', 'Fill in your whole card', 'card_complete', 1),
)


def rank(friends):
    """The rank 0 (rookie) to 3 (gold) that a number of friends earns, an index of MEDALS."""
    return sum(friends >= least for _, least in MEDALS) - 1


def designs_unlocked(friends, errands_done):
    """How many designs are open: the first n of DESIGNS. Every fifth friend opens one, each errand too."""
    return min(len(DESIGNS), friends // FRIENDS_A_DESIGN + errands_done)


def to_next_design(friends, errands_done):
    """How many friends are missing for the next design, or None where all are open."""
    if designs_unlocked(friends, errands_done) == len(DESIGNS):
        return None
    return FRIENDS_A_DESIGN - friends % FRIENDS_A_DESIGN


def to_next_medal(friends):
    """(rank name, friends missing) of the next medal, or None with gold."""
    for name, least in MEDALS:
        if friends < least:
            return name, least - friends
    return None


def errands_done(measures, done=()):
    """The keys of all errands that are done, in the order of the table: those in `done`, and those whose measure (a dict
    as in MEASURES, missing ones count as 0) has reached its target."""
    return tuple(errand.key for errand in ERRANDS
                 if errand.key in done or measures.get(errand.measure, 0) >= errand.target)


class Standing:
    """What has been earned: `designs` open, `rank`, `errands` (keys)."""

    def __init__(self, designs=0, rank=0, errands=()):
        self.designs = designs
        self.rank = rank
        self.errands = tuple(errands)

    def __eq__(self, other):
        return (self.designs, self.rank, self.errands) == (other.designs, other.rank, other.errands)

    def with_more(self, friends, measures):
        """The Standing that this one becomes with so many friends and such measures; nothing is ever taken back."""
        errands = errands_done(measures, self.errands)
        return Standing(max(self.designs, designs_unlocked(friends, len(errands))), max(self.rank, rank(friends)), errands)


def news(before, after):
    """What `after` has that `before` had not: [('errand', key)..., ('unlock', design index)..., ('medal', rank name)...]."""
    return ([('errand', key) for key in after.errands if key not in before.errands]
            + [('unlock', index) for index in range(before.designs, after.designs)]
            + [('medal', MEDALS[index][0]) for index in range(before.rank + 1, after.rank + 1)])


_EARNED = const(1)                              # record kinds; payload of both: JSON [designs, rank, [errand, ...]]
_SHOWN = const(2)
_MOST_RECORDS = const(100)                      # before the outdated ones are thrown out


def _pack(standing):
    return json.dumps([standing.designs, standing.rank, standing.errands]).encode()


class Rewards:
    """The Standing that is `earned` and the one that was `shown`, kept in `journal`: state first, moment second.

    A reboot between the two shows the moment later, once. Opening raises StorageError.
    """

    def __init__(self, journal, log):
        self._journal = journal
        self._log = log
        self.earned = Standing()
        self.shown = Standing()
        for kind, payload, _ in journal.replay():
            self._take(kind, payload)
        journal.tidy(_MOST_RECORDS, self._pairs)

    def _take(self, kind, payload):
        try:
            standing = Standing(*json.loads(payload))
            known = kind in (_EARNED, _SHOWN) and 0 <= standing.designs <= len(DESIGNS) and 0 <= standing.rank < len(MEDALS)
        except (ValueError, TypeError):
            known = False
        if not known:
            self._log.warning('rewards', 'A stored record is not known here: %s' % repr(payload)[:60])
        elif kind == _EARNED:
            self.earned = standing
        else:
            self.shown = standing

    def update(self, friends, measures):
        """Reckon with so many friends and such measures; returns `unseen()`. What is new is on flash by then.

        Raises StorageError: nothing has been earned yet, and the next update tries again.
        """
        after = self.earned.with_more(friends, measures)
        if after != self.earned:
            self._journal.append(_EARNED, _pack(after))
            self.earned = after
        return self.unseen()

    def unseen(self):
        """The news that no moment has shown yet."""
        return news(self.shown, self.earned)

    def mark_shown(self):
        """The moments for `unseen()` have been on screen. Raises StorageError: they will come again after a reboot."""
        if self.shown != self.earned:
            self._journal.append(_SHOWN, _pack(self.earned))
            self.shown = self.earned
            self._journal.tidy(_MOST_RECORDS, self._pairs)

    def reset(self):
        """Factory reset: nothing earned."""
        self._journal.rewrite(())
        self.earned, self.shown = Standing(), Standing()

    def _pairs(self):
        return [(_EARNED, _pack(self.earned)), (_SHOWN, _pack(self.shown))]
