"""Starts the pin. The frame buffer is taken first, while the heap is in one piece; what follows stands in modules, since this
text is compiled at each start."""
import os

frame = bytearray(240 * 240 * 2)
os.chdir('/code')                               # the pack, see boot.py
from firmware.boards import start  # noqa: E402

start(frame)
os.chdir('/')                                   # somebody is at the prompt
