"""What a tap or a walk has earned: reckons after each event, saves it, and only then has it celebrated.

Owns the moment between state and celebration: what is earned is on flash before 'unlock' or 'medal' is published, and is
marked as shown when the screen says so; a reboot in between shows it later, once. Sees also to the dates of taps that came
before the time did. Used by `firmware.pin`; the rules are in `rewards`.

A friend and what the tap counts for are two records in two journals. Should the power go between them, `start` finds the
tap in the friend book and counts it again, which changes nothing where it was counted.
"""
import asyncio

from micropython import const

from firmware.system.overlay import forget
from firmware.system.storage import StorageError

CELEBRATED = {'moment_unlock': 'unlock', 'moment_medal': 'medal'}
_COMPARABLE_DAYS = const(30)                    # for so long the steps of a day are kept
_MOST_UNDATED = const(32)                       # taps that wait for the time; the oldest make room


class Progress:
    """`book`, `days`, `wearer` feed the measures, with `settings` and `clock`; `rewards` keeps the standing."""

    def __init__(self, book, days, wearer, rewards, settings, clock, events, log):
        self._book, self._days, self._wearer, self._rewards = book, days, wearer, rewards
        self._settings, self._clock, self._events, self._log = settings, clock, events, log
        self._told = []                         # news that were published and are not marked as shown
        self._day = clock.day()                 # of the latest reckoning
        self._undated = []                      # (device id, uptime_s) of taps before the time came

    def measures(self):
        """The measures of all rewards.ERRANDS, as a dict."""
        card, tally = self._wearer.card, self._book.tally
        measures = self._rewards.counts.measures()
        measures['friends_best_day'], measures['friend_days'] = tally.best, tally.days
        measures['steps_best_day'], measures['steps_total'] = self._days.best, self._days.total
        measures['card_complete'] = int(card is not None and card.complete)
        return measures

    def start(self):
        """Count and celebrate what a reboot has interrupted, and from now on whatever happens. Called once, when the screens
        are up: what is published before is lost on them."""
        for topic, handler in (('card', self._on_cause), ('steps', self._on_cause), ('settings', self._on_cause),
                               ('friend', self._on_tap), ('met_again', self._on_tap), ('time', self._on_time),
                               ('shown', self._on_shown)):
            self._events.subscribe(self, topic, handler)
        self._on_time(None)

    async def _date(self):
        """Give the taps and friends of a time without a clock their day."""
        newest = self._book.page(0, 1)
        if not self._undated and (not newest or newest[0].day_met):
            return
        from firmware.social import undated  # seldom needed

        taps, self._undated = self._undated, []
        for friend, hour in await undated.date(self._book, self._clock, taps, self._log):
            friend.hour = hour
            self._count(friend, friend.last_day == self._clock.day() and friend.last_day)
        forget('firmware.social.undated')
        self._reckon()

    def _on_tap(self, friend):
        self._count(friend, self._clock.day())
        if friend.hour is None and not self._clock.known:
            self._undated = self._undated[1 - _MOST_UNDATED:] + [(friend.id, self._clock.uptime_s())]
        if friend.day_met:
            self._reckon()
        else:                                   # perhaps a tap of then that counts only now
            self._on_time(None)

    def _count(self, friend, day):
        """A tap with `friend`, who told the figures of `day`; False where these cannot be compared."""
        counts = self._rewards.counts
        counts.tap(friend)
        if day is not False and self._settings.get('count_steps'):
            counts.compare(friend, day, self._days.on(day))

    def _on_time(self, moved_s):
        """The time has arrived (None), or the clock was moved."""
        if moved_s is None:
            try:
                latest = self._book.latest()
                if latest and latest.hour is not None:      # a power cut may have parted this tap from its count
                    day = latest.last_day
                    self._count(latest, 0 <= self._clock.day() - day < _COMPARABLE_DAYS and day)
            except StorageError as error:
                self._log.error('rewards', str(error))
            if self._clock.known:
                asyncio.create_task(self._date())
        self._reckon()

    def _on_cause(self, _):
        self._reckon()

    def _look_at_steps(self):
        """Today's, and once more those of the day that has just ended."""
        before, self._day = self._day, self._clock.day()
        if self._settings.get('count_steps'):
            for day in (before, self._day):
                if day:
                    self._rewards.counts.walked(day, self._days.on(day), self._settings.get('step_goal'))

    def _reckon(self):
        self._look_at_steps()
        try:
            news = self._rewards.update(self._book.count, self.measures())
        except StorageError as error:
            self._log.error('rewards', str(error))
            return
        told, self._told = self._told, news
        for piece in news:
            if piece not in told:
                kind, value = piece
                self._log.info('rewards', '%s %s' % piece)
                if kind != 'errand':
                    self._events.publish(kind, value)
        if news and news[-1][0] == 'errand':    # nothing but errands: all designs were open already
            self._mark(None)

    def _on_shown(self, screen):
        """A screen is on the display: the first of what it celebrates counts as shown."""
        kind = CELEBRATED.get(screen)
        for piece in self._told:
            if piece[0] == kind:
                self._mark(piece)
                break

    def _mark(self, piece):
        try:
            self._rewards.mark_shown(piece)
            self._told = self._rewards.unseen()
        except StorageError as error:           # it is not told again before the next start
            self._log.error('rewards', str(error))
