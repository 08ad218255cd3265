"""What friends and errands earn: designs, medals, errands, as tables and pure functions, and what was earned for good.

Owns DESIGNS, MEDALS, ERRANDS and the journal 'rewards'. `firmware.pin` feeds it after each tap and at the day's turns; the
gallery, medal and friends screens ask it. Whatever was earned stays earned, even if friends are forgotten. The sentences
about it are in `goals`.
"""
import json

from micropython import const

from firmware.social.counts import Counts

SCHEMA = const(1)
# one text, because a tuple of so many would cost 1 kB of heap
DESIGNS = ('aquatics,archery,athletics,badminton,baseball/softball,basketball,boxing,canoe,cycling,equestrian,fencing,'
           'football,golf,gymnastics,handball,hockey,judo,karate,modern pentathlon,rowing,rugby,sailing,shooting,'
           'skateboarding,sport climbing,surfing,table tennis,taekwondo,tennis,triathlon,volleyball,weightlifting,wrestling')
DESIGN_COUNT = const(33)
FRIENDS_A_DESIGN = const(5)
MEDALS = (('rookie', 0), ('bronze', 50), ('silver', 100), ('gold', 151))   # rank, from how many friends on


# What errands count:
#   steps_best_day      most steps of a day             early_taps      taps from 04:00 to 08:00 local time
#   steps_total         steps of all days               late_taps       taps from 22:00 to 04:00 local time
#   goal_days_in_a_row  longest run of days on which    friends_ahead   taps with a friend whose steps of the day beat mine
#                       the step goal was reached       gold_friends    taps with a friend of rank gold
#   friends_best_day    most friends made on a day      meetings_best   most days on which one friend was met
#   friend_days         days on which a friend was      card_complete   1 when every field of the card is filled in
#                       made                            boards_led      days on which my steps led a board of at least five
#
# A row: key for storage, measure, target, and whether it needs the step counter and does not show without. Its title stands
# in `goals`, which is loaded when somebody looks.
ERRANDS = (
    ('long_walk', 'steps_best_day', 10_000, True),
    ('marathon', 'steps_best_day', 42_195, True),
    ('habit', 'goal_days_in_a_row', 5, True),
    ('traveller', 'steps_total', 250_000, True),
    ('crowd', 'friends_best_day', 10, False),
    ('regular', 'friend_days', 5, False),
    ('early', 'early_taps', 1, False),
    ('late', 'late_taps', 1, False),
    ('outwalked', 'friends_ahead', 1, True),
    ('leader', 'boards_led', 1, True),
    ('reunion', 'meetings_best', 3, False),
    ('gold_touch', 'gold_friends', 1, False),
    ('whole_card', 'card_complete', 1, False),
)


def rank(friends):
    """The rank 0 (rookie) to 3 (gold) that a number of friends earns, an index of MEDALS."""
    return sum(friends >= least for _, least in MEDALS) - 1


def rank_named(name):
    """The rank of that name, an index of MEDALS."""
    return [medal for medal, _ in MEDALS].index(name)


def designs_unlocked(friends, errands_done):
    """How many designs are open: the first n of DESIGNS. Every fifth friend opens one, each errand too."""
    return min(DESIGN_COUNT, friends // FRIENDS_A_DESIGN + errands_done)


def to_next_design(friends, errands_done, designs=0):
    """How many friends are missing for the next design, or None where all are open. `designs`: so many are open already,
    which after forgetting friends are more than these earn."""
    designs = max(designs, designs_unlocked(friends, errands_done))
    return None if designs == DESIGN_COUNT else FRIENDS_A_DESIGN * (designs + 1 - errands_done) - friends


def to_next_medal(friends, rank=0):
    """(rank name, friends missing) of the next medal above those earned, `rank` among them; None with gold."""
    for name, least in MEDALS[rank + 1:]:
        if friends < least:
            return name, least - friends
    return None


def errands_done(measures, done=()):
    """The keys of all errands that are done: those in `done`, then, in the order of the table, those whose measure (a dict,
    missing ones count as 0) has reached its target."""
    return tuple(done) + tuple(key for key, measure, target, _ in ERRANDS
                               if key not in done and measures.get(measure, 0) >= target)


class Standing:
    """What has been earned: `designs` open, `rank`, `errands` (keys)."""

    def __init__(self, designs=0, rank=0, errands=()):
        self.designs = designs
        self.rank = rank
        self.errands = tuple(errands)

    def __eq__(self, other):
        return (self.designs, self.rank, self.errands) == (other.designs, other.rank, other.errands)

    def with_more(self, friends, measures):
        """The Standing that this one becomes with so many friends and such measures; nothing is ever taken back, and an
        errand opens a design even where friends were forgotten who had opened some."""
        errands = errands_done(measures, self.errands)
        by_friends = max(self.designs - len(self.errands), friends // FRIENDS_A_DESIGN)
        designs = min(DESIGN_COUNT, by_friends + len(errands))
        return Standing(max(self.designs, designs), max(self.rank, rank(friends)), errands)


def news(before, after):
    """What `after` has that `before` had not: [('errand', key)..., ('unlock', design index)..., ('medal', rank name)...]."""
    return ([('errand', key) for key in after.errands if key not in before.errands]
            + [('unlock', index) for index in range(before.designs, after.designs)]
            + [('medal', MEDALS[index][0]) for index in range(before.rank + 1, after.rank + 1)])


_EARNED = const(1)                              # record kinds; payload of both: JSON [designs, rank, [errand, ...]]
_SHOWN = const(2)
_COUNTS = const(3)                              # payload: Counts.pack
_MOST_RECORDS = const(100)                      # before the outdated ones are thrown out


def _pack(standing):
    return json.dumps([standing.designs, standing.rank, standing.errands]).encode()


class Rewards:
    """The Standing that is `earned` and the one that was `shown`, kept in `journal`: state first, moment second. With them
    `counts` (counts.Counts), what errands count and no other store holds.

    A reboot between earning and showing shows the moment later, once. Opening raises StorageError.
    """

    def __init__(self, journal, log):
        self._journal = journal
        self._log = log
        self._forget()
        for kind, payload, _ in journal.replay():
            self._take(kind, payload)
        self._tidy()

    def _forget(self):
        self.earned = Standing()
        self.shown = Standing()
        self.counts = Counts()
        self._counted = self.counts.pack()      # what is on flash of them

    def _take(self, kind, payload):
        try:
            if kind == _COUNTS:
                self.counts = Counts(payload)
                self._counted = payload
                return
            standing = Standing(*json.loads(payload))
            known = kind in (_EARNED, _SHOWN) and 0 <= standing.designs <= DESIGN_COUNT and 0 <= standing.rank < len(MEDALS)
        except (ValueError, TypeError):
            known = False
        if not known:
            self._log.warning('rewards', 'A stored record is not known here: %s' % repr(payload)[:60])
        elif kind == _EARNED:
            self.earned = standing
        else:
            self.shown = standing

    def update(self, friends, measures):
        """Reckon with so many friends and such measures; returns `unseen()`. What is new is on flash by then, and so are the
        counts.

        Raises StorageError: nothing has been earned yet, and the next update tries again.
        """
        counted = self.counts.pack()
        if counted != self._counted:
            self._journal.append(_COUNTS, counted)
            self._counted = counted
            self._tidy()
        after = self.earned.with_more(friends, measures)
        if after != self.earned:
            self._journal.append(_EARNED, _pack(after))
            self.earned = after
        return self.unseen()

    def unseen(self):
        """The news that no moment has shown yet."""
        return news(self.shown, self.earned)

    def mark_shown(self, piece=None):
        """The moment for `piece`, a design or medal of `unseen()`, has been on screen; without it those for all. Raises
        StorageError: they will come again after a reboot."""
        shown = self.earned
        if piece:
            kind, value = piece
            shown = Standing(value + 1 if kind == 'unlock' else self.shown.designs,
                             rank_named(value) if kind == 'medal' else self.shown.rank, self.earned.errands)
        if shown != self.shown:
            self._journal.append(_SHOWN, _pack(shown))
            self.shown = shown
            self._tidy()

    def reset(self):
        """Factory reset: nothing earned."""
        self._journal.rewrite(())
        self._forget()

    def _tidy(self):
        self._journal.tidy(_MOST_RECORDS, self._pairs)

    def _pairs(self):
        return [(_EARNED, _pack(self.earned)), (_SHOWN, _pack(self.shown)), (_COUNTS, self._counted)]
