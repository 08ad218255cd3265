"""Flags of a characteristic for `server.Server.begin`. MicroPython's module exports five names for them; those that ask for
security are from its NimBLE host. They do nothing without the plain flag, which stands here with them; a descriptor has none,
so that anybody may subscribe. Owns nothing."""
from micropython import const

READ, WRITE_WITHOUT_RESPONSE, WRITE, NOTIFY = const(0x02), const(0x04), const(0x08), const(0x10)
READ_AUTHENTICATED = const(0x0602)              # encrypted 0x200, authenticated 0x400
WRITE_AUTHENTICATED = const(0x3008)             # encrypted 0x1000, authenticated 0x2000
