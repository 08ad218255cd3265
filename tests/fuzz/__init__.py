"""A hostile peer against the pin's real firmware, and mutated bytes against its codecs: bounded, seeded, repeatable.

`mutation` makes and applies edits, `seeds` knows what valid and nearly valid bytes look like, `cases` draws cases, `peer`
plays one on a second PN532, `bench` holds the pin and its oracles, `codecs` is the layer without hardware. `make fuzz`
runs it long (see `__main__`), test_fuzz.py a short sample and the cases that once failed.
"""
