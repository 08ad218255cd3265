"""A GATT server on MicroPython's `bluetooth`, for one who must not be fooled: queued events, links that know how safe they
are, lines instead of packets.

`server` has Server and Link, `flags` is for its table, `lines` puts pieces together, `advert` builds what is advertised.
Import the part that is needed: a board that advertises ten seconds in fifteen minutes wants none of it in memory for the rest.
"""
