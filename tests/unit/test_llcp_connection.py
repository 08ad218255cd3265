"""lib/llcp's data link connections against a scripted peer: numbering, acknowledging, rejecting, closing."""
import asyncio

import pytest

from llcp import pdu as pdus
from llcp.errors import ConnectionClosed
from tests.unit.rigs.nfc import with_link

NAME = b'urn:nfc:sn:snep'
CONNECT_SNEP = '1120'                           # from SAP 20h to SAP 4


@pytest.mark.parametrize(('pdu', 'answer'), [
    ('1320 00 aabb', '8304 01 cafe'),           # I: taken, and answered with data that acknowledges it
    ('1320 30 aabb', '8204 1c300000'),          # N(S)=3 where 0 was expected, as nfcpy answers
    ('1320 00' + '00' * 249, '8204 4c000000'),  # longer than the MIU, likewise
    ('1320 05 aabb', '8204 2c050000'),          # acknowledges what was never sent
    ('1360 05', '8204 2d050000'),               # the same in RR
    ('1120', '8204 84000000'),                  # CONNECT once more
    ('12e0', '8204 8b000000'),                  # an unknown PDU type (1011)
    ('1160', '81c400'),                         # DISC
])
def test_what_an_open_connection_answers(pdu, answer):
    async def test(mac, link):
        listener = link.listen(4, NAME)

        async def echo():
            connection = await listener.accept()
            if await connection.recv() == bytes.fromhex('aabb'):
                await connection.send(bytes.fromhex('cafe'))
            await connection.recv()
        task = asyncio.create_task(echo())
        found = (await mac.talk(CONNECT_SNEP, pdu))[1]
        if 'cafe' not in found:
            with pytest.raises(ConnectionClosed) as end:
                await task
            assert str(end.value).endswith('.')
        return found
    assert with_link(test) == answer.replace(' ', '')


def open_connection(test):
    """Run `async test(mac, connection)` on a connection that the link opened to SAP 4."""
    async def run(mac, link):
        opening = asyncio.create_task(link.connect(4))
        await mac.talk('0000', '8184 02020078')
        return await test(mac, await opening)
    return with_link(run)


def test_sequence_numbers_run_modulo_16():
    async def test(mac, connection):
        for number in range(40):
            await connection.send(b'%d' % number)
            acknowledged = number & 15
            assert await mac.ask(f'8344{acknowledged:02x}') == f'1320{acknowledged << 4:02x}' + (b'%d' % number).hex()
        return True
    assert open_connection(test)


def test_it_waits_for_the_acknowledgement():
    async def test(mac, connection):
        await connection.send(b'one')
        assert await mac.ask('0000') == '132000' + b'one'.hex()
        await connection.send(b'two')
        assert await mac.talk('0000', '0000') == ['0000', '0000']
        return await mac.ask('834401')
    assert open_connection(test) == '132010' + b'two'.hex()


def test_it_does_not_send_while_the_peer_is_not_ready():
    async def test(mac, connection):
        assert await mac.ask('838400') == '0000'            # RNR
        await connection.send(b'one')
        assert await mac.talk('0000', '838400') == ['0000', '0000']
        return await mac.ask('834400')                      # RR
    assert open_connection(test) == '132000' + b'one'.hex()


def test_it_acknowledges_only_what_the_application_has_taken():
    async def test(mac, connection):
        before = await mac.ask('830400' + b'data'.hex())
        received = await connection.recv()
        return before, received, await mac.ask('0000')
    assert open_connection(test) == ('0000', b'data', '136001')


def test_a_peer_that_runs_ahead_of_the_acknowledgement_is_rejected():
    async def test(mac, connection):
        await mac.ask('830400aa')
        answer = await mac.ask('830410bb')
        assert await connection.recv() == b'\xaa'           # what came in order is not lost
        with pytest.raises(ConnectionClosed):
            await connection.recv()
        return answer
    assert open_connection(test) == '1220' + '1c100100'


def test_data_rides_with_its_acknowledgement():
    async def test(mac, connection):
        async def echo():
            await connection.send(await connection.recv())
        task = asyncio.create_task(echo())
        await mac.ask('0000')
        answer = await mac.ask('830400' + b'echo'.hex())
        await task
        return answer
    assert open_connection(test) == '132001' + b'echo'.hex()


def test_two_connections_share_a_frame():
    async def test(mac, connection):
        opening = asyncio.create_task(mac.link.connect(4))
        await connection.send(b'one')
        frame = await mac.ask('0000')
        opening.cancel()
        return pdus.decode(bytes.fromhex(frame))
    frame = open_connection(test)
    assert sorted(part.encode().hex() for part in frame.parts()) == ['112102020078', '132000' + b'one'.hex()]


@pytest.mark.parametrize('frame', ['8204 1c300000', '8144', '81c400'])
def test_the_peer_ends_a_connection(frame):
    async def test(mac, connection):
        await mac.ask(frame)
        with pytest.raises(ConnectionClosed) as end:
            await connection.recv()
        return str(end.value)
    assert open_connection(test).startswith('The peer ')


def test_closing_a_connection_waits_for_dm():
    async def test(mac, connection):
        closing = asyncio.create_task(connection.close())
        await asyncio.sleep(0)
        assert await mac.ask('0000') == '1160'
        assert not closing.done()
        await mac.ask('81c400')
        await closing
        with pytest.raises(ConnectionClosed, match='closed'):
            await connection.send(b'x')
        return await mac.ask('0000')
    assert open_connection(test) == '0000'


def test_closing_a_connection_gives_up_on_a_peer_that_does_not_answer():
    async def test(mac, connection):
        closing = asyncio.create_task(connection.close(timeout_ms=100))
        for _ in range(25):
            await mac.ask('0000')
            await asyncio.sleep(0.01)
        await closing
        return connection.reason
    assert isinstance(open_connection(test), ConnectionClosed)


def test_more_than_the_peer_takes_is_refused_before_it_is_sent():
    async def test(mac, connection):
        with pytest.raises(ValueError, match='248 bytes at once, not 249'):
            await connection.send(bytes(249))
        return True
    assert open_connection(test)
