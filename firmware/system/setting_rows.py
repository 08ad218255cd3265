"""What the wearer can set: one table, and what each value may be.

Owns SETTINGS. Borrowed by `settings` at a start and when something is set: what is asked all the time is the values alone.
"""


class Setting:
    """A row of the table. `allowed` is (lowest, highest) for numbers, a tuple of choices for texts, None for yes or no."""

    def __init__(self, key, default, allowed, title):
        self.key = key
        self.default = default
        self.allowed = allowed
        self.title = title

    def complaint(self, value):
        """The sentence that says why `value` does not do, '' if it does."""
        if type(value) is not type(self.default):
            kinds = {bool: 'yes or no', int: 'a whole number', str: 'a text'}
            return '%s must be %s.' % (self.title, kinds[type(self.default)])
        if isinstance(value, int) and self.allowed and not self.allowed[0] <= value <= self.allowed[1]:
            return '%s must be from %d to %d.' % (self.title, self.allowed[0], self.allowed[1])
        if isinstance(value, str) and value not in self.allowed:
            return '%s must be one of %s.' % (self.title, ', '.join(self.allowed))
        return ''


SETTINGS = (
    Setting('brightness', 70, (5, 100), 'Brightness'),                      # percent, as the eye sees it
    Setting('screen_s', 15, (5, 120), 'Screen time'),                       # seconds until the screen sleeps
    Setting('always_on', False, None, 'Name always on'),                    # at low light
    Setting('high_contrast', False, None, 'High contrast'),
    Setting('flip', False, None, 'Image upside down'),                      # how the display is mounted
    Setting('turn', True, None, 'Image follows gravity'),
    Setting('design', -1, (-1, 32), 'Design'),                              # index; -1 is the plain one
    Setting('count_steps', True, None, 'Step counter'),
    Setting('step_goal', 8000, (500, 100_000), 'Step goal'),
    Setting('step_gain', 1000, (800, 1250), 'Step calibration'),            # thousandths; see motion.calibration
    Setting('step_cm', 0, (0, 200), 'Length of a step'),                    # 0: from the height
    Setting('height_cm', 170, (100, 230), 'Height'),
    Setting('weight_kg', 0, (0, 250), 'Weight for calories'),               # 0: shows no calories
    Setting('distance', 'km', ('km', 'mi'), 'Unit of distance'),
    Setting('day_start_hour', 4, (0, 12), 'Start of the day'),
    Setting('radio_wake_s', 60, (0, 600), 'Bluetooth after a press'),       # seconds; 0: not then
    Setting('radio_every_min', 15, (0, 240), 'Bluetooth while worn'),       # minutes between two windows; 0: not then
    Setting('radio_window_s', 10, (5, 60), 'Bluetooth window'),             # seconds of each of those
    Setting('private_address', False, None, 'Changing address'),            # guess: to be tried on a board before it is on
    Setting('zone_minutes', 0, (-12 * 60, 14 * 60), 'Time zone'),           # local time minus UTC
)
