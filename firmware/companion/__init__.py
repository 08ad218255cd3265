"""The phone's side of the pin: binding, bonds, when the radio is on, and what a phone may ask.

`companion` decides when the radio is on, and is there while a phone is bound; the rest is borrowed while it is on: `session`
(one window) with `keeper` and `bonds` (who may pair, who is bound), `affairs` (what is seldom done), `services` (what a phone
finds), `desk`, `counter` and `requests` (what it asks and is told). `wishes` is for the wearer and the start, `bond_file` for
the flash.
"""
