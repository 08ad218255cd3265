"""What several unit tests stand on: scripted chips, wired-up links, and the scripts that run on real MicroPython."""
