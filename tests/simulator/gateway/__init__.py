"""The simulator's door to a browser: a world in real time behind a web server on 127.0.0.1.

`realtime` keeps a world abreast of the wall clock, `server` shows files and talks over WebSockets, `phone` is the phone that a
page uses in place of Web Bluetooth, `table` shows pins and lets them be touched, `companion` puts them together. Run as
`python -m tests.simulator.gateway` (`make companion-page`) and used by the tests of the companion page.
"""
