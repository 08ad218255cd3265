"""Picks the board, builds the pin, runs it; where that fails, says why and starts again, but not for ever.

The order matters. The frame buffer is taken while the heap is still in one piece, and collecting often keeps it from being
left in splinters by what imports throw away. The board comes before the rest, because each import inside an import takes
stack, of which the ESP32-S3 has 15 kB, and the drivers' imports nest deepest.
"""
import gc

gc.threshold(8_192)
frame = bytearray(240 * 240 * 2)

from firmware.boards import load, start_again  # noqa: E402

try:
    board = load()
    from firmware.pin import run
    run(board, frame)
except Exception as error:                      # noqa: BLE001  whatever it was, a dead pin helps nobody
    start_again(error)
