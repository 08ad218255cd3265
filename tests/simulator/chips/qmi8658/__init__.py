"""Model of the QMI8658A (accelerometer side) at the wire: registers over I2C, FIFO, interrupt lines, motion engine.

`chip` is the chip as a bus sees it; `sampling` makes samples from a source at the chip's own rate, without an event for
each; `fifo` and `motion` are what they run through; `registers` are the data sheet's tables. Used by `pin` and by the
tests of the driver. What is modelled and what is not stands in `chip`.
"""
from tests.simulator.chips.qmi8658.chip import QMI8658

__all__ = ['QMI8658']
