"""Storage: puts a pin that nobody uses into deep sleep, with all it knows on flash, from which it starts anew.

Owns the order in which that is done. Borrowed by `power` once the pin has lain still for long enough, or its cell is at its
end; then only the button wakes it, because a pin that is worn would wake up at each step until nothing is left.
"""
from firmware.system import crash_loop
from firmware.system.overlay import borrow
from imu import ImuError

MOVED_MG = 100                                  # between two samples, 48 ms: a hand that takes the pin, not a passer-by


async def put_away(pin, by_motion):
    """Put `pin` (firmware.pin.Pin) to sleep; `by_motion`: the sensor is to wake it, too. Comes back only where the board can't
    sleep so deeply, or the sensor, whose service has it again then, can't be prepared."""
    board = pin.board
    pin.log.info('power', 'storage: the button %s wakes it' % ('or motion' if by_motion else 'alone'))
    await pin.facts.motion.flush()
    try:
        await _prepare(board.imu, by_motion)
    except ImuError as error:
        if by_motion:
            pin.log.info('power', 'no storage: %s' % error)         # no warning: it is tried again each minute
            return
    board.crash_memory(crash_loop.healthy(board.crash_memory()))
    board.deep_sleep(by_motion)


async def _prepare(sensor, by_motion):
    """Have the motion sensor look for motion alone, or switch it off."""
    kind = sensor
    if not hasattr(sensor, 'wake_on_motion'):   # the driver leaves out what a pedometer does not need
        kind = borrow('qmi8658_extra').FullQMI8658
    arguments = () if kind is sensor else (sensor,)
    if by_motion:
        await kind.wake_on_motion(*(arguments + (MOVED_MG,)))
    else:
        kind.power_down(*arguments)
