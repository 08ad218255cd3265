"""What is done to a real board over its USB cable: flash MicroPython, deploy Cloud Pin, make a factory image.

Each command is a module with a `main`; the Makefile names them. Errors are sentences (`DeviceError`) and exit code 1.
"""
from tests import simulator  # noqa: F401  what commands import of the firmware needs its path and names
