"""What a tap or a walk has earned: reckons after each event, saves it, and only then has it celebrated.

Owns the moment between state and celebration: what is earned is on flash before 'unlock' or 'medal' is published, and is
marked as shown when the screen says so; a reboot in between shows it later, once. Used by `firmware.pin`; the rules are
in `rewards`.
"""
from firmware.system.storage import StorageError

CAUSES = ('friend', 'met_again', 'card', 'time', 'steps')
CELEBRATED = {'moment_unlock': 'unlock', 'moment_medal': 'medal'}


class Progress:
    """`book`, `days`, `wearer` feed the measures; `rewards` keeps the standing."""

    def __init__(self, book, days, wearer, rewards, events, log):
        self._book, self._days, self._wearer, self._rewards = book, days, wearer, rewards
        self._events, self._log = events, log
        self._told = []                         # news published since the last mark
        self._to_show = []                      # those of them that a screen has still to show
        for topic in CAUSES:
            events.subscribe(self, topic, self._on_cause)
        events.subscribe(self, 'shown', self._on_shown)

    def measures(self):
        """The measures of rewards.MEASURES that the pin keeps by now."""
        card = self._wearer.card
        return {'friends_best_day': self._book.tally.best, 'friend_days': self._book.tally.days,
                'steps_best_day': self._days.best, 'card_complete': int(card is not None and card.complete)}

    def start(self):
        """Celebrate what a reboot has interrupted. Called once, when the screens are up."""
        self._reckon()

    def _on_cause(self, _):
        self._reckon()

    def _reckon(self):
        try:
            news = self._rewards.update(self._book.count, self.measures())
        except StorageError as error:
            self._log.error('rewards', str(error))
            return
        fresh = [piece for piece in news if piece not in self._told]
        self._told += fresh
        self._to_show += [piece for piece in fresh if piece[0] in CELEBRATED.values()]
        for kind, value in fresh:
            self._log.info('rewards', '%s %s' % (kind, value))
            if kind in CELEBRATED.values():
                self._events.publish(kind, value)
        if fresh and not self._to_show:
            self._mark()

    def _on_shown(self, screen):
        """A screen is on the display; when it is the last celebration, all of it counts as shown."""
        kind = CELEBRATED.get(screen)
        for piece in self._to_show:
            if piece[0] == kind:
                self._to_show.remove(piece)
                break
        else:
            return
        if not self._to_show:
            self._mark()

    def _mark(self):
        try:
            self._rewards.mark_shown()
            self._told = []
        except StorageError as error:
            self._log.error('rewards', str(error))
