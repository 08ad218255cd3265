"""Teaching the step counter its wearer: they walk and count, the pin compares.

Owns the bounds of what can be learnt. Made by whoever asks the wearer (a screen, the phone), when it does, and forgotten; the
gain goes into the setting 'step_gain', which `firmware.pin` gives to the motion service.
"""
from micropython import const

LEAST_STEPS = const(50)                 # one step too many or too few is 2 % of these
MOST_STEPS = const(10_000)
LOWEST_GAIN, HIGHEST_GAIN = const(800), const(1250)     # of a thousand; beyond this the counter is not what is wrong


class CalibrationError(ValueError):
    """The figures cannot be learnt from; the text is a sentence with the next step in it."""


class Calibration:
    """Begins when it is made: from here on the wearer walks and counts. `motion` is the motion service."""

    def __init__(self, motion):
        self._motion = motion
        self._begun = motion.pedometer.steps

    def end(self, counted):
        """The wearer has counted so many steps: the gain that makes it so. Raises CalibrationError; then the old one stays."""
        return learn(counted, self._motion.pedometer.steps - self._begun)


def learn(counted, detected):
    """The gain, in thousandths, that makes `counted` of the `detected` steps. Raises CalibrationError."""
    if not isinstance(counted, int) or not LEAST_STEPS <= counted <= MOST_STEPS:
        raise CalibrationError('Walk and count %d to %d steps.' % (LEAST_STEPS, MOST_STEPS))
    if not detected:
        raise CalibrationError('The pin felt no steps. Wear it as usual and walk again.')
    gain = (counted * 1000 + detected // 2) // detected
    if not LOWEST_GAIN <= gain <= HIGHEST_GAIN:
        raise CalibrationError('You counted %d steps, the pin felt %d. That is too far apart; walk and count again.'
                               % (counted, detected))
    return gain
