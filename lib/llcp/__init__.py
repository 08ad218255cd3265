"""LLCP 1.1, the NFC Forum's logical link control protocol: many connections over one NFC-DEP link.

`link.LLCP` is the link, `connection.Connection` what applications send and receive over, `pdu` the bytes, `errors`
what goes wrong. Needs no particular NFC chip: any object with the interface of `pn532.mac` carries it.
"""
from llcp.connection import Connection
from llcp.errors import (
    BadPDU,
    ConnectionClosed,
    ConnectionRefused,
    LinkClosed,
    LLCPError,
    NotLLCP,
    TimedOut,
)
from llcp.link import LLCP, SDP_SAP, SNEP_SAP, Listener, general_bytes

__all__ = ('LLCP', 'SDP_SAP', 'SNEP_SAP', 'BadPDU', 'Connection', 'ConnectionClosed', 'ConnectionRefused',
           'LLCPError', 'LinkClosed', 'Listener', 'NotLLCP', 'TimedOut', 'general_bytes')
