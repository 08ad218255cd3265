"""LLCP 1.1, the NFC Forum's logical link control protocol: many connections over one NFC-DEP link.

`llcp.link` has the link (`LLCP`, `general_bytes`), `llcp.connection` what applications send and receive over, `llcp.pdu` the
bytes, `llcp.errors` what goes wrong. Needs no particular NFC chip: any object with the interface of `pn532.mac` carries it.

Nothing is imported here, so that a program may load the parts one at a time, and between them do what is in a hurry.
"""
