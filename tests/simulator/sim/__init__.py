"""`make sim`: living pins on a table in the browser, each run by the real firmware, in real time.

`table` holds the pins and does what a hand does to them, `seat` is one pin with what its wearer does, `screen` what its panel
shows as it changes, `wearing` what it feels, `frames` what the frames on the air are, `figures` the instruments, `scene` what
is kept of a table, `picture` and `film` what it looks like as a file, `play` puts them behind the gateway's server. The page
itself lies in tests/simulator/page. Run as `python -m tests.simulator.sim`; used by tests/interop/sim.
"""
