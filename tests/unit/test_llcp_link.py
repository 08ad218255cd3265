"""lib/llcp's link: against scripted bytes (as nfcpy speaks them) and against itself over a wire."""
import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nfc.llcp import pdu as oracle

from llcp.errors import ConnectionClosed, ConnectionRefused, LinkClosed, LLCPError, NotLLCP, TimedOut
from llcp.link import LLCP
from tests.simulator.host import Host
from tests.unit.rigs.nfc import GENERAL_BYTES, ScriptedMAC, pair, with_link

NAME = b'urn:nfc:sn:snep'
CONNECT_SNEP = '1120'                           # from SAP 20h to SAP 4
CC_SNEP = '818402020078'
DISC = '0140'


def answers_to(*script, serve=True):
    """What a link with a service at SAP 4 answers to each PDU of `script`."""
    async def test(mac, link):
        if serve:
            link.listen(4, NAME)
        return await mac.talk(*script)
    return with_link(test)


@pytest.mark.parametrize(('connect', 'answer'), [
    (CONNECT_SNEP, CC_SNEP),
    ('0520060f' + NAME.hex(), CC_SNEP),
    ('0520060a' + b'urn:nfc:xx'.hex(), '81c102'),
    ('0520', '81c110'),                         # by name, and then no name
    ('2920', '81ca02'),                         # nfcpy stays silent here; DM is what LLCP asks for
    ('1120 02020078 050102', CC_SNEP),
])
def test_connect_is_answered(connect, answer):
    assert answers_to(connect) == [answer]


def test_discovery_is_answered():
    ask = '0641 0810 07' + NAME.hex() + '0804 08' + b'abc'.hex()
    assert answers_to(ask) == ['0641' + '09020704' + '09020800']


def test_a_flood_of_discoveries_gets_a_bounded_answer():
    answer, = answers_to('0641' + '080107' * 80)
    assert answer == '0641' + '09020700' * 8


def test_a_flood_of_connects_gets_bounded_answers():
    answers = answers_to('0080' + '0002 2920' * 60, '0000', '0000')
    assert answers == ['0080' + '000381ca02' * 8, '0000', '0000']


def test_no_more_connections_than_it_has_room_for():
    answers = answers_to(*[f'{0x1100 | sap:04x}' for sap in range(0x20, 0x28)])
    assert answers[:6] == [f'{sap << 10 | 0x0184:04x}02020078' for sap in range(0x20, 0x26)]
    assert answers[6:] == ['99c420', '9dc420']


def test_idle_frames_are_answered_with_idle_frames():
    assert answers_to('0000', '0000', '0000') == ['0000'] * 3


@pytest.mark.parametrize('pdu', ['1320 00 aabb', '1360 01', '13a0 01', '1160'])
def test_pdus_of_no_connection_are_refused(pdu):
    assert answers_to(pdu) == ['81c401']


@pytest.mark.parametrize('pdu', ['81c400', '8204 1c300000', '8184', '10e0 aa', '0040 010111', '12e0'])
def test_what_needs_no_answer_gets_none(pdu):
    assert answers_to(pdu) == ['0000']


@pytest.mark.parametrize('pdu', ['00', '0080 ffff 0000', '1120 0202', '000000', '0080 0004 0080 0000'])
def test_nonsense_takes_the_link_down(pdu):
    async def test(mac, link):
        answers = await mac.talk('0000', pdu)
        return answers, await link.closed(), mac.closed
    answers, reason, closed = with_link(test)
    assert answers == ['0000', DISC]
    assert reason.startswith('The peer sent nonsense. ')
    assert closed


def test_the_peer_hangs_up():
    async def test(mac, link):
        waiting = asyncio.create_task(link.listen(4, NAME).accept())
        assert await mac.ask('0000') == '0000'
        assert await mac.ask(DISC) == DISC
        with pytest.raises(LinkClosed):
            await waiting
        with pytest.raises(LinkClosed):
            await link.connect(4)
        return await link.closed()
    assert with_link(test) == 'The peer closed the link.'


def test_the_field_goes():
    async def test(mac, link):
        opening = asyncio.create_task(link.connect(4))
        assert await mac.ask('0000') == '1120' + '02020078'
        assert await mac.ask('818402020078') == '0000'
        connection = await opening
        receiving = asyncio.create_task(connection.recv())
        await mac.ask('0000')
        mac.leave()
        with pytest.raises(LinkClosed, match='field is gone'):
            await receiving
        with pytest.raises(LinkClosed):
            await connection.send(b'x')
        assert mac.closed
        await link.close()
    with_link(test)


def test_a_silent_peer_ends_the_link():
    async def test(mac, link):
        await mac.ask('0000')
        return await link.closed()
    assert with_link(test) == 'The peer fell silent.'


def test_nobody_holds_the_link_for_ever():
    async def test(mac, link):
        count, answer = 0, '0000'
        while answer == '0000':
            answer = await mac.ask('0000')
            await asyncio.sleep(0.01)
            count += 1
        return count, answer, await link.closed()
    count, answer, reason = with_link(test)
    assert answer == DISC
    assert 3000 / (10 + 8) < count < 310
    assert reason == 'The session took longer than 3000 ms.'


def test_a_slow_peer_does_not_stretch_the_session():
    async def test(mac, link):
        began_ms = time.ticks_ms()
        for _ in range(2):
            await asyncio.sleep(1.4)
            await mac.ask('0000')
        await link.closed()
        return time.ticks_diff(time.ticks_ms(), began_ms)
    assert 2800 < with_link(test) <= 3000


def test_closing_sends_what_waits_and_hangs_up():
    async def test(mac, link):
        listener = link.listen(4, NAME)
        await mac.ask(CONNECT_SNEP)
        connection = await listener.accept()
        await connection.send(b'last words')
        closing = asyncio.create_task(link.close())
        await asyncio.sleep(0)
        answers = await mac.talk('0000', '0000')
        await closing
        return answers
    assert with_link(test) == ['830400' + b'last words'.hex(), DISC]


def test_closing_does_not_wait_for_ever():
    async def test(mac, link):
        listener = link.listen(4, NAME)
        await mac.ask(CONNECT_SNEP)
        connection = await listener.accept()
        await connection.send(b'first')
        await mac.ask('0000')
        sending = asyncio.create_task(connection.send(b'never acknowledged'))
        closing = asyncio.create_task(link.close())
        await asyncio.sleep(0)
        answer = '0000'
        while answer == '0000':
            answer = await mac.ask('0000')
            await asyncio.sleep(0.01)
        await asyncio.gather(sending, closing)
        return answer
    assert with_link(test) == DISC


@pytest.mark.parametrize(('answer', 'words'), [
    ('81c402', 'no such service'), ('81c420', 'cannot serve this now'), ('81c477', 'reason 77'),
    ('81c403', 'rejected it'),
])
def test_a_refused_connect_says_why(answer, words):
    async def test(mac, link):
        opening = asyncio.create_task(link.connect(4))
        await mac.talk('0000', answer)
        with pytest.raises(ConnectionRefused, match=words):
            await opening
    with_link(test)


def test_connect_by_name_takes_the_sap_of_whoever_answers():
    async def test(mac, link):
        opening = asyncio.create_task(link.connect(NAME))
        assert await mac.ask('0000') == '0520' + '02020078' + '060f' + NAME.hex()
        assert await mac.ask('8191 02020078 050102') == '0000'
        connection = await opening
        await connection.send(b'hi')
        return connection.remote, await mac.ask('0000')
    assert with_link(test) == (0x11, '4720' + '00' + b'hi'.hex())


def test_an_unanswered_connect_times_out():
    async def test(mac, link):
        opening = asyncio.create_task(link.connect(0x0A, timeout_ms=200))
        for _ in range(30):
            await mac.ask('0000')
            await asyncio.sleep(0.01)
        with pytest.raises(TimedOut, match='200 ms'):
            await opening
    with_link(test)


def test_a_small_peer_gets_small_frames():
    async def run():
        mac = ScriptedMAC(bytes.fromhex('46666d 010110'))
        link = LLCP(mac)
        link.start()
        opening = [asyncio.create_task(link.connect(4)) for _ in range(2)]
        await mac.talk('0000', '0080 0002 8184 0002 8584')
        for connection in [await task for task in opening]:
            assert (connection.send_miu, connection.fragment) == (128, 112)
            await connection.send(bytes(128))
        return await mac.talk('0000', '0000')
    frames = Host().run(run())
    assert [len(frame) // 2 for frame in frames] == [131, 131]


def test_too_many_connections_are_refused_here():
    async def test(mac, link):
        tasks = [asyncio.create_task(link.connect(4, timeout_ms=100)) for _ in range(7)]
        await mac.ask('0000')
        with pytest.raises(LLCPError, match='Too many'):
            await tasks[6]
        for task in tasks:
            task.cancel()
    with_link(test)


@pytest.mark.parametrize(('data', 'words'), [
    ('', 'no general bytes'),
    ('46666e 010111', 'no LLCP link'),
    ('4666', 'no LLCP link'),
    ('46666d', 'LLCP 0.0'),
    ('46666d 010121', 'LLCP 2.1'),
    ('46666d 0101', 'broken'),
    ('46666d 010111 0202', 'broken'),
    ('00' * 48, 'no LLCP link'),
])
def test_general_bytes_that_offer_no_link_are_refused(data, words):
    with pytest.raises(NotLLCP, match=words):
        LLCP(ScriptedMAC(bytes.fromhex(data)))


def test_the_initiator_opens_with_connect_and_both_sides_run_at_once():
    """The first round trip carries both CONNECTs, and the second data in both directions."""
    initiator, target = pair()

    async def side(mac):
        link = LLCP(mac)
        listener = link.listen(4, NAME)
        link.start()

        async def serve():
            connection = await listener.accept()
            return await connection.recv()
        task = asyncio.create_task(serve())
        connection = await link.connect(4)
        await connection.send(mac.role.encode())
        received = await task
        return link, received

    async def run():
        (one, from_target), (other, from_initiator) = await asyncio.gather(side(initiator), side(target))
        assert (from_target, from_initiator) == (b'target', b'initiator')
        await one.close()
        return one.reason, await other.closed()
    assert Host().run(run()) == ('The link was closed here.', 'The peer closed the link.')
    assert initiator.sent[0].hex() == CONNECT_SNEP + '02020078'
    assert target.sent[0].hex() == '0080' + '0006' + CONNECT_SNEP + '02020078' + '0006' + CC_SNEP
    assert initiator.sent[1].hex() == '0080' + '000c' + '132000' + b'initiator'.hex() + '0006' + CC_SNEP
    assert b'target' in target.sent[1]


def test_an_idle_link_slows_down():
    initiator, target = pair(latency_ms=1)

    async def run():
        links = [LLCP(mac) for mac in (initiator, target)]
        for link in links:
            link.start()
        await asyncio.sleep(0.5)
        await links[1].close()
    Host().run(run())
    assert 20 < len(initiator.sent) < 45
    assert set(initiator.sent + target.sent[:-1]) == {b'\x00\x00'}
    assert target.sent[-1].hex() == DISC


def test_peers_of_the_golden_general_bytes_are_read():
    link = LLCP(ScriptedMAC(GENERAL_BYTES))
    assert (link.peer.miu, link.peer.lto_ms, link.peer.services) == (248, 300, 0x13)


def test_a_link_that_never_began_can_be_closed():
    async def run():
        mac = ScriptedMAC()
        link = LLCP(mac)
        await link.close()
        await link.close()
        return mac.closed, await link.closed()
    assert Host().run(run()) == (True, 'The link was closed before it began.')


def test_a_mac_that_fails_in_an_unforeseen_way_leaves_nobody_waiting():
    async def run():
        mac = ScriptedMAC()
        mac.receive = None
        link = LLCP(mac)
        link.start()
        accepting = asyncio.create_task(link.listen(4, NAME).accept())
        with pytest.raises(LinkClosed):
            await accepting
        return await link.closed()
    assert Host().run(run()) == 'The link was cancelled.'


# Bytes that look like PDUs to the service and the connections of this test, and some that do not.
hostile = st.one_of(
    st.binary(max_size=40),
    st.builds(lambda head, rest: head + rest, st.sampled_from([bytes.fromhex(head) for head in (
        '1320', '1360', '13a0', '1160', '1120', '11a0', '11e0', '1220', '8304', '8184', '81c4', '8144', '8344', '0520',
        '0641', '0080', '0000', '0040')]), st.binary(max_size=12)))


@given(st.lists(hostile, max_size=12))
def test_whatever_a_peer_sends_each_answer_is_a_pdu_and_the_end_has_a_reason(script):
    async def test(mac, link):
        listener = link.listen(4, NAME)
        opening = asyncio.create_task(link.connect(4))

        async def echo():
            while True:
                connection = await listener.accept()
                try:
                    while True:
                        await connection.send(await connection.recv())
                except ConnectionClosed:
                    continue
        serving = asyncio.create_task(echo())
        answers = []
        for data in (CONNECT_SNEP, *script, DISC):
            answers.append(await mac.ask(data))
            if link.reason:
                break
        reason = await link.closed()
        ends = await asyncio.gather(opening, serving, return_exceptions=True)
        return answers, reason, ends
    answers, reason, (opened, served) = with_link(test)
    for answer in answers:
        assert len(answer) <= 2 * 251
        assert isinstance(oracle.decode(bytes.fromhex(answer)), oracle.ProtocolDataUnit)
    assert answers[-1] == DISC
    assert reason.endswith('.')
    assert isinstance(served, LinkClosed)
    assert not isinstance(opened, Exception) or isinstance(opened, LLCPError)
