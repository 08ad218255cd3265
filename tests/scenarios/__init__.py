"""Scenarios: the whole firmware on real MicroPython, in worlds of one or more pins. Each reads like what would happen."""
