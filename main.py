"""Picks the board, builds the pin, runs it. A crash that escapes is kept for the next start and resets the pin."""
from firmware import pin
from firmware.boards import load

pin.run(load())
