"""lib/gatt on a scripted stack: nothing leaves the handler, nothing is said to strangers, lines come whole or not at all."""
import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatt import advert, flags
from gatt.lines import Lines
from gatt.server import CONNECTED, DISCONNECTED, ENCRYPTED, WRITTEN, LinkGone, Server
from tests.simulator.host import Host
from tests.unit.rigs.ble import BLE, UUID, Phone, Refused

TABLE = ((UUID(0x1800), ((UUID(1), flags.READ), (UUID(2), flags.WRITE_AUTHENTICATED), (UUID(3), flags.NOTIFY),
                         (UUID(4), flags.WRITE_AUTHENTICATED))),)


class Keeper:
    """Lets everybody do everything; `fails` makes each of its methods raise."""
    fails = False

    def _answer(self, value):
        if self.fails:
            raise ValueError('the keeper fails')
        return value

    def secret(self, kind, index, key):
        return self._answer(None)

    def keep_secret(self, kind, key, value):
        return self._answer(value is not None)

    def known(self, link):
        return self._answer(False)

    def passkey(self, link, action):
        return self._answer(271828)

    def encrypted(self, link):
        return self._answer(True)

    def gone(self, link):
        self._answer(None)


class Rig:
    def __init__(self, **options):
        self.host = Host()
        self.ble, self.keeper = BLE(), Keeper()
        self.server = Server(self.ble, self.keeper, asyncio.ThreadSafeFlag(), **options)
        (_, self.stream, self.reply, self.plain), = self.server.begin(TABLE, {'gap_name': 'Pin', 'bond': True}, (0, 1, 512))
        self.server.advertise(100_000, b'data')

    def connect(self, number=1, secure=True):
        conn = self.ble.connect(Phone(number))
        if secure:
            assert self.ble.pair(conn)
        return conn, self.server.links[conn]

    def events(self):
        found = []
        while event := self.host.run(self.server.event(0)):
            found.append(event)
        return found


@pytest.fixture
def rig():
    return Rig()


# ---- the handler

def test_what_goes_wrong_in_the_handler_stays_there_and_is_noticed(rig):
    conn, _ = rig.connect()
    rig.keeper.fails = True
    rig.ble.tell(29, 2, 0, bytes(7))
    rig.ble.tell(28, conn, 0, 0, 0, 0)
    rig.ble.tell(3, 'no such thing', 1)
    rig.ble.tell(1)
    assert rig.ble.faults == [] and rig.ble.handler and rig.server.broken


def test_events_of_links_that_have_gone_are_passed_over(rig):
    for event in (2, 3, 21, 28, 31):
        rig.ble.tell(event, 77, 1, 1, 1, 1)
    assert rig.events() == [] and not rig.server.broken and not rig.ble.faults


def test_what_it_tells_is_a_copy_in_order(rig):
    conn, link = rig.connect()
    rig.ble.write(conn, rig.plain, b'kept')
    rig.ble.write(conn, rig.stream, b'a piece')
    rig.ble.disconnect(conn)
    kinds = [(kind, value) for kind, of, value in rig.events() if of is link]
    assert [kind for kind, _ in kinds] == [CONNECTED, 'passkey', ENCRYPTED, WRITTEN, DISCONNECTED]
    assert kinds[3][1] == (rig.plain, b'kept') and link.take() == b'a piece'
    assert link.identity == Phone(1).identity and not link.open


def test_the_handler_is_there_before_the_radio_asks_for_bonds_and_a_second_start_begins_anew(rig):
    rig.connect()
    rig.server.end()
    assert not rig.ble.on and rig.server.links == {} and rig.ble.handler is None
    rig.server.begin(TABLE, {'addr_mode': 2})
    assert rig.ble.on and rig.ble.settings['addr_mode'] == 2


# ---- who gets what

def test_not_one_byte_goes_to_a_link_that_is_not_encrypted_and_authenticated(rig):
    conn, link = rig.connect(secure=False)
    for encrypted, authenticated in ((0, 0), (1, 0), (0, 1)):
        rig.ble.tell(28, conn, encrypted, authenticated, 1, 16)
        with pytest.raises(LinkGone):
            rig.host.run(rig.server.notify(link, rig.reply, b'secret'))
    assert rig.ble.notified == []
    rig.ble.tell(28, conn, 1, 1, 1, 16)
    rig.host.run(rig.server.notify(link, rig.reply, b'secret'))
    assert rig.ble.notified == [(conn, rig.reply, b'secret')]
    rig.ble.tell(28, conn, 0, 0, 0, 0)          # what counts is the last one
    with pytest.raises(LinkGone):
        rig.host.run(rig.server.notify(link, rig.reply, b'secret'))


def test_what_a_stranger_writes_is_passed_over_even_where_the_stack_lets_it_through(rig):
    conn, link = rig.connect(secure=False)
    with pytest.raises(Refused):
        rig.ble.write(conn, rig.stream, b'let me in')
    rig.ble.flags[rig.stream] = flags.WRITE
    rig.ble.write(conn, rig.stream, b'let me in')
    assert not link.any()


def test_a_long_answer_goes_in_packets_and_waits_for_room(rig):
    conn, link = rig.connect()
    rig.ble.mtu(conn, 30)
    rig.ble.free = 2

    async def read_slowly():
        for _ in range(10):
            await asyncio.sleep(0.1)
            rig.ble.free += 1

    async def both():
        await asyncio.gather(rig.server.notify(link, rig.reply, bytes(range(100))), read_slowly())
    rig.host.run(both())
    assert [len(data) for *_, data in rig.ble.notified] == [27, 27, 27, 19]
    assert b''.join(data for *_, data in rig.ble.notified) == bytes(range(100))


def test_a_phone_that_takes_nothing_any_more_is_dropped(rig):
    conn, link = rig.connect()
    rig.ble.free = 0
    with pytest.raises(LinkGone, match='takes nothing'):
        rig.host.run(rig.server.notify(link, rig.reply, b'x'))
    assert rig.ble.dropped == [conn] and not link.secure


@pytest.mark.parametrize('secure, dropped', [((0, 0, 0), 1), ((1, 0, 0), 2), ((1, 1, 1), 4)])
def test_a_fourth_link_finds_a_place_where_a_stranger_has_one(rig, secure, dropped):
    for number, one in enumerate(secure):
        rig.connect(number, one)
        rig.host.clock.advance(1_000_000_000)
        assert rig.ble.advertising              # at once, after each connection
    rig.connect(9, secure=False)
    assert rig.ble.dropped == [dropped]
    rig.ble.settle()
    assert rig.ble.advertising and len(rig.server.links) == 3


# ---- pieces and lines

def test_a_flood_takes_a_bounded_heap_and_is_told_of_once():
    rig = Rig(most_waiting=1000)
    conn, link = rig.connect()
    for _ in range(500):
        rig.ble.write(conn, rig.stream, b'0123456789' * 10)
        rig.ble.write(conn, rig.plain, b'tick')
    assert link.waiting <= 1000
    pieces = []
    while link.any():
        pieces.append(link.take())
    assert pieces == [b'0123456789' * 10] * 7 + [None] and link.waiting == 0
    assert len(rig.events()) <= 16
    rig.ble.write(conn, rig.stream, b'again')
    assert link.take() == b'again'


@settings(max_examples=60)
@given(st.lists(st.binary(max_size=12).filter(lambda line: b'\n' not in line and b'\r' not in line)),
       st.lists(st.integers(1, 9), min_size=1))
def test_lines_are_the_same_however_they_are_cut(lines, cuts):
    stream, box, found, at = b''.join(line + b'\n' for line in lines), Lines(8), [], 0
    while at < len(stream):
        size = cuts[at % len(cuts)]
        found += box.feed(stream[at:at + size])
        at += size
    assert found == [line if len(line) <= 8 else None for line in lines if line]


def test_a_megabyte_without_an_end_is_told_of_once_and_the_next_line_is_whole():
    box = Lines(4095)
    found = [line for _ in range(2048) for line in box.feed(b'x' * 512)]
    assert found == [None]
    assert box.feed(b'\r\nnext\r\n') == [b'next']


def test_a_line_with_a_hole_is_never_taken_for_a_whole_one():
    box = Lines(100)
    assert box.feed(b'{"id":1,"do":"pro') == []
    box.forget()
    assert box.feed(b'file"}\n{"id":2}\n') == [b'{"id":2}']


def test_an_advertisement_has_room_for_service_and_name_and_no_more():
    data = advert.payload(bytes(range(16)), 'Pin 4F2A')
    assert data == bytes.fromhex('020106 1107 000102030405060708090a0b0c0d0e0f 0909') + b'Pin 4F2A' and len(data) == 31
    with pytest.raises(ValueError, match='32 bytes; 31 are the most'):
        advert.payload(bytes(16), 'Pin 4F2AB')
