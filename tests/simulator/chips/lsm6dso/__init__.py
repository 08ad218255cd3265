"""Model of the ST LSM6DSO (accelerometer side) at the wire: registers over I2C, FIFO, wake-up and tap interrupts.

`chip` is the chip as a bus sees it, `registers` its data sheet's names; samples come from a source as in `qmi8658.sampling`.
Used by `pin` where a board's file says so, and by the tests of drivers and motion.
"""
from tests.simulator.chips.lsm6dso.chip import LSM6DSO

__all__ = ['LSM6DSO']
