"""The board's own MicroPython, in WebAssembly behind a serial line: what mpremote and our commands meet on a real board."""
