"""lib/llcp's codec against nfcpy's own PDU classes in both directions, and against malformed bytes."""
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nfc.llcp import pdu as oracle

from llcp import pdu
from llcp.errors import BadPDU
from llcp.link import general_bytes
from llcp.pdu import PDU, Parameters
from tests.unit.rigs.nfc import GENERAL_BYTES

SAP = st.integers(0, 63)
NUMBER = st.integers(0, 15)
MIU = st.integers(128, 128 + 0x7FF)
DATA = st.binary(min_size=1, max_size=248)
NAME = st.binary(min_size=1, max_size=60)


def parameters(**values):
    wanted = Parameters()
    for name, value in values.items():
        setattr(wanted, name, value)
    return wanted.encode()


# Pairs of builders from the same arguments: ours, and nfcpy's.
SAME = [
    (st.just(()), lambda: PDU(0, pdu.SYMM, 0), oracle.Symmetry),
    (st.tuples(SAP, SAP, DATA), lambda d, s, x: PDU(d, pdu.UI, s, x), oracle.UnnumberedInformation),
    (st.tuples(SAP, SAP, MIU, NUMBER, NAME),
     lambda d, s, miu, rw, name: PDU(d, pdu.CONNECT, s, parameters(miu=miu, window=rw or 1, name=name)),
     lambda d, s, miu, rw, name: oracle.Connect(d, s, miu, rw or 1, name)),
    (st.tuples(SAP, SAP), lambda d, s: PDU(d, pdu.DISC, s), oracle.Disconnect),
    (st.tuples(SAP, SAP, MIU, NUMBER),
     lambda d, s, miu, rw: PDU(d, pdu.CC, s, parameters(miu=miu, window=rw or 1)),
     lambda d, s, miu, rw: oracle.ConnectionComplete(d, s, miu, rw or 1)),
    (st.tuples(SAP, SAP, st.integers(0, 255)), lambda d, s, r: PDU(d, pdu.DM, s, bytes([r])), oracle.DisconnectedMode),
    (st.tuples(SAP, SAP, *[NUMBER] * 8),
     lambda d, s, *n: PDU(d, pdu.FRMR, s, bytes(n[i] << 4 | n[i + 1] for i in range(0, 8, 2))), oracle.FrameReject),
    (st.lists(st.tuples(st.integers(0, 255), NAME), max_size=3).map(lambda x: (x,)),
     lambda x: PDU(1, pdu.SNL, 1, parameters(requests=x)), lambda x: oracle.ServiceNameLookup(1, 1, sdreq=x)),
    (st.lists(st.tuples(st.integers(0, 255), SAP), max_size=5).map(lambda x: (x,)),
     lambda x: PDU(1, pdu.SNL, 1, parameters(answers=x)), lambda x: oracle.ServiceNameLookup(1, 1, sdres=x)),
    (st.tuples(SAP, SAP, NUMBER, NUMBER, DATA),
     lambda d, s, ns, nr, x: PDU(d, pdu.I, s, x, ns, nr), oracle.Information),
    (st.tuples(SAP, SAP, NUMBER), lambda d, s, nr: PDU(d, pdu.RR, s, b'', 0, nr), oracle.ReceiveReady),
    (st.tuples(SAP, SAP, NUMBER), lambda d, s, nr: PDU(d, pdu.RNR, s, b'', 0, nr), oracle.ReceiveNotReady),
]
any_pdu = st.one_of([arguments.map(lambda a, o=ours, t=theirs: (o(*a), t(*a))) for arguments, ours, theirs in SAME])


@given(any_pdu)
def test_we_encode_as_the_oracle_does(both):
    ours, theirs = both
    assert bytes(ours.encode()) == oracle.encode(theirs)
    assert len(ours) == len(ours.encode()) == len(theirs)


@given(any_pdu)
def test_we_decode_what_the_oracle_encodes(both):
    ours, theirs = both
    decoded = pdu.decode(oracle.encode(theirs))
    for field in ('dsap', 'ptype', 'ssap', 'ns', 'nr'):
        assert getattr(decoded, field) == getattr(ours, field)
    assert bytes(decoded.payload) == bytes(ours.payload)


@given(st.tuples(SAP, SAP, MIU, NUMBER, NAME))
def test_parameters_come_back(values):
    d, s, miu, window, name = values
    found = Parameters(oracle.encode(oracle.Connect(d, s, miu, window or 1, name))[2:])
    assert (found.miu, found.window, found.name) == (miu, window or 1, name)


@given(st.lists(st.tuples(st.integers(0, 255), NAME), max_size=4), st.lists(st.tuples(st.integers(0, 255), SAP)))
def test_discovery_comes_back(requests, answers):
    found = Parameters(oracle.encode(oracle.ServiceNameLookup(1, 1, requests, answers))[2:])
    assert found.requests == requests
    assert found.answers == answers


@given(st.lists(any_pdu, min_size=1, max_size=4))
def test_aggregated_frames_come_apart_as_the_oracle_put_them_together(parts):
    frame = pdu.decode(oracle.encode(oracle.AggregatedFrame(0, 0, [theirs for _, theirs in parts])))
    assert [bytes(part.encode()) for part in frame.parts()] == [bytes(ours.encode()) for ours, _ in parts]


@given(st.binary(max_size=20))
def test_any_bytes_are_refused_or_mean_the_same_to_the_oracle(data):
    try:
        ours = pdu.decode(data)
        if ours.ptype == pdu.AGF:
            ours.parts()
        elif ours.ptype in (pdu.CONNECT, pdu.CC, pdu.SNL, pdu.PAX):
            Parameters(ours.payload)
    except BadPDU as error:
        assert str(error).endswith('.')
        return
    if ours.ptype == 10:
        return                                  # DPS of LLCP 1.3, unknown to us and skipped
    theirs = oracle.decode(data)                # we are the stricter: it never objects to what we accept
    assert (theirs.dsap, theirs.ptype, theirs.ssap) == (ours.dsap, ours.ptype, ours.ssap)


@pytest.mark.parametrize('data', [
    '', '00', '000000', '0001', '8001', '054000', '81c1', '81c10200', '82041c3000', '1344', '13450000', '0640',
    '0080 00', '0080 ffff 0000', '0080 0003 0000', '0080 0001 00', '0080 0004 0080 0000', '8300',
])
def test_malformed_pdus_are_refused(data):
    with pytest.raises(BadPDU):
        pdu.decode(bytes.fromhex(data)).parts()


@pytest.mark.parametrize('data', ['01', '0101', '010211', '02017800', '020300', '050200', '0800', '090107', '0605ab'])
def test_malformed_parameters_are_refused(data):
    with pytest.raises(BadPDU):
        Parameters(bytes.fromhex(data))


def test_unknown_parameters_are_skipped():
    assert Parameters(bytes.fromhex('f103aabbcc 020200f0 0a00')).miu == 128 + 0xF0


def test_reserved_bits_are_ignored():
    found = Parameters(bytes.fromhex('0202ff78 0501f2 0701fb'))
    assert (found.miu, found.window, found.options) == (128 + 0x778, 2, 3)


def test_general_bytes_are_the_golden_ones_and_mean_the_same_to_the_oracle():
    assert general_bytes() == GENERAL_BYTES
    offer = oracle.decode(b'\x00\x40' + general_bytes()[3:])
    assert (offer.version, offer.miu, offer.wks, offer.lto) == ((1, 1), 248, 0x13, 300)


def test_a_full_offer_of_nfcpy_is_understood():
    found = Parameters(bytes.fromhex('010113 02020078 03020013 040132 070103'))
    assert (found.version, found.miu, found.services, found.lto_ms, found.options) == (0x13, 248, 0x13, 500, 3)
