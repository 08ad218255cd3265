"""lib/snep: as nfcpy's server and client answer, against malformed requests, and both ways at once over a wire."""
import asyncio
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

import snep
from llcp.errors import ConnectionClosed, LLCPError, TimedOut
from llcp.link import LLCP
from tests.simulator.host import Host
from tests.unit.rigs.nfc import ScriptedMAC, pair

CONNECT = '1120 02020078'
CC = '8184 02020078'
SUCCESS = '1081 00000000'
CONTINUE = '1080 00000000'


def served(*script, handler=None, limit=4096):
    """(answers, messages taken) of a link with a SNEP server whose peer connects and then sends `script`."""
    taken = []

    async def take(message):
        taken.append(message)
        return snep.SUCCESS

    async def run():
        mac = ScriptedMAC()
        link = LLCP(mac)
        serving = asyncio.create_task(snep.serve(link, handler or take, limit))
        link.start()
        answers = await mac.talk(CONNECT, *script)
        mac.leave()
        await serving
        return answers[1:], taken
    return Host().run(run())


def put(message, ns=0, nr=0, announced=None, version='10', request='02'):
    """The I PDU with (the beginning of) a PUT of `message` from SAP 20h to SAP 4."""
    length = len(message) if announced is None else announced
    return f'1320{ns:x}{nr:x} {version}{request}{length:08x}' + message.hex()


def response(code, nr=1, ns=0):
    return f'8304{ns:x}{nr:x}10{code:02x}00000000'


def test_a_message_in_one_piece():
    assert served(put(b'message')) == ([response(0x81)], [b'message'])


def test_a_message_in_pieces():
    answers, taken = served(put(b'a' * 242, announced=500), '1320 11' + 'bb' * 248, '1360 01', '1320 21' + 'cc' * 10)
    assert answers == [response(0x80), '834402', '0000', response(0x81, nr=3, ns=1)]
    assert taken == [b'a' * 242 + b'\xbb' * 248 + b'\xcc' * 10]


def test_an_empty_message():
    assert served(put(b'')) == ([response(0x81)], [b''])


def test_several_requests_over_one_connection():
    answers, taken = served(put(b'one'), put(b'two', ns=1, nr=1))
    assert answers == [response(0x81), response(0x81, nr=2, ns=1)]
    assert taken == [b'one', b'two']


@pytest.mark.parametrize(('request_pdu', 'code'), [
    (put(b'', version='20'), 0xE1),
    (put(b'', version='00'), 0xE1),
    (put(b'', version='15'), 0x81),                                     # another minor version is fine
    (put(b'x', announced=0xFFFFFFFF), 0xFF),
    (put(b'0123456789', announced=65536), 0xFF),
    (put(b'0123456789', announced=4097), 0xFF),
    (put(b'\x00\x00\x04\x00abc', request='01'), 0xE0),                  # GET
    (put(b'', request='00'), 0xC2),
    (put(b'', request='7f'), 0xC2),
    (put(b'', request='44'), 0xC2),
    (put(b'12345', announced=4), 0xC2),                                 # bytes behind the end
])
def test_requests_that_are_not_served(request_pdu, code):
    answers, taken = served(request_pdu, '0000')
    assert answers == [response(code), '0000']
    assert taken == ([b''] if code == 0x81 else [])


def test_a_whole_message_over_the_limit_is_excess_data():
    assert served(put(b'x' * 101), limit=100) == ([response(0xC1)], [])


def test_a_message_at_the_limit_is_taken():
    assert served(put(b'x' * 100), limit=100) == ([response(0x81)], [b'x' * 100])


def test_a_fragment_over_the_end_is_a_bad_request():
    assert served(put(b'a' * 10, announced=20), '1320 11' + 'bb' * 11) == ([response(0x80), response(0xC2, 2, 1)], [])


def test_a_header_cut_short_closes_the_connection():
    answers, taken = served('1320 00 1002', '0000', '11e0 00')
    assert '8144' in answers                                            # DISC, as nfcpy does
    assert taken == []


def test_after_a_bad_connection_the_next_is_served():
    answers, taken = served('1320 00 1002', '0000', '11e0 00', '1121', '1321 00 1002 00000002 6869')
    assert answers[-1] == '870401' + '108100000000'
    assert taken == [b'hi']


def test_a_message_begun_and_never_finished():
    async def run():
        mac = ScriptedMAC()
        link = LLCP(mac, session_ms=10_000)
        serving = asyncio.create_task(snep.serve(link, None))
        link.start()
        await mac.talk(CONNECT, put(b'a' * 10, announced=4000), '1360 01')
        answers = set()
        for _ in range(220):
            answers.add(await mac.ask('0000'))
            await asyncio.sleep(0.01)
        assert not serving.done()
        return answers
    assert Host().run(run()) == {'0000', '8144'}


def test_a_length_that_is_only_announced_takes_no_memory():
    announced = 1 << 24
    tracemalloc.start()
    try:
        answers, taken = served(put(b'a' * 242, announced=announced), limit=announced)
        assert tracemalloc.get_traced_memory()[1] < announced // 4
    finally:
        tracemalloc.stop()
    assert (answers, taken) == ([response(0x80)], [])


@pytest.mark.parametrize('code', [0x81, 0xC0, 0xC2, 0xFF])
def test_the_handler_decides_and_is_waited_for(code):
    steps = []

    async def handler(message):
        steps.append('called')
        await asyncio.sleep(0.05)
        steps.append('done')
        return code

    async def run():
        mac = ScriptedMAC()
        link = LLCP(mac)
        asyncio.create_task(snep.serve(link, handler))
        link.start()
        answers = await mac.talk(CONNECT, put(b'message'))
        while not answers[-1].startswith('8304'):
            assert steps == ['called']
            answers.append(await mac.ask('0000'))
        return answers[1], answers[-1], steps
    assert Host().run(run()) == ('834401', response(code), ['called', 'done'])


def test_what_the_handler_raises_ends_the_serving():
    async def handler(message):
        raise RuntimeError('flash full')

    with pytest.raises(RuntimeError, match='flash full'):
        served(put(b'message'), handler=handler)


def test_what_the_handler_raises_closes_the_connection_for_the_peer():
    async def handler(message):
        raise MemoryError

    async def run():
        mac = ScriptedMAC()
        link = LLCP(mac)
        serving = asyncio.create_task(snep.serve(link, handler))
        link.start()
        answers = await mac.talk(CONNECT, put(b'message'), '11e000')
        with pytest.raises(MemoryError):
            await serving
        return answers
    assert Host().run(run()) == [CC.replace(' ', ''), '8144', '0000']      # DISC comes at once; DM answers it


def sent(message, *script, service=4):
    """(PDUs that a client's put of `message` sends, its exception or None) where the peer says `script`."""
    async def run():
        mac = ScriptedMAC()
        link = LLCP(mac)
        putting = asyncio.create_task(snep.Client(link, service).put(message, timeout_ms=300))
        link.start()
        answers = await mac.talk('0000', *script)
        for _ in range(40):
            if putting.done():
                break
            answers.append(await mac.ask('0000'))
            await asyncio.sleep(0.01)
        try:
            await asyncio.wait_for(putting, 0.1)
        except (LLCPError, snep.SNEPError) as error:
            return answers, error
        return answers, None
    return Host().run(run())


def test_a_put_as_nfcpy_answers_it():
    pdus, error = sent(b'hello', '8184 02020078 050102', '8304 01' + SUCCESS)
    assert error is None
    assert pdus == ['112002020078', '132000' + '1002 00000005'.replace(' ', '') + b'hello'.hex(), '136001']


def test_a_put_in_fragments_as_nfcpy_answers_it():
    message = bytes(range(256)) * 2
    pdus, error = sent(message, '8184 02020078 050102', '8304 01' + CONTINUE, '8344 02', '8304 13' + SUCCESS)
    assert error is None
    fragments = [bytes.fromhex(pdu)[3:] for pdu in pdus[1:4]]
    assert [pdu[:6] for pdu in pdus[1:4]] == ['132000', '132011', '132021']
    assert b''.join(fragments) == bytes.fromhex('1002 00000200') + message
    assert max(map(len, fragments)) <= 248


@pytest.mark.parametrize(('answer', 'words'), [
    ('1080 00000000', 'response 80'),
    ('10c0 00000000', 'found nothing'),
    ('10c1 00000000', 'too long'),
    ('10c2 00000000', 'did not understand'),
    ('10e0 00000000', 'cannot do this'),
    ('10e1 00000000', 'another version'),
    ('10ff 00000000', 'rest of the message'),
    ('1099 00000000', 'response 99'),
    ('2081 00000000', 'not SNEP'),
    ('1081', 'not SNEP'),
    ('', 'not SNEP'),
])
def test_a_put_that_the_peer_does_not_take(answer, words):
    _, error = sent(b'hello', CC, '8304 01' + answer)
    assert isinstance(error, snep.SNEPError)
    assert words in str(error)


def test_a_long_put_that_the_peer_rejects_is_not_continued():
    pdus, error = sent(bytes(900), CC, '8304 01' + '10ff 00000000')
    assert error.code == snep.REJECT
    assert [pdu for pdu in pdus[2:] if pdu.startswith('1320')] == []


def test_continue_that_never_comes():
    _, error = sent(bytes(900), CC, '8344 01')
    assert isinstance(error, TimedOut)


def test_a_connection_that_ends_in_the_middle():
    _, error = sent(bytes(900), CC, '8144')
    assert isinstance(error, ConnectionClosed)


def test_no_server_at_the_peer():
    _, error = sent(b'hello', '81c4 02')
    assert 'no such service' in str(error)


def test_put_by_name_uses_the_connection_it_gets():
    pdus, error = sent(b'hello', '8184 02020078', '8304 01' + SUCCESS, service=snep.NAME)
    assert error is None
    assert pdus[0] == '0520' + '02020078' + '060f' + snep.NAME.hex()
    assert pdus[1].startswith('132000')


class Exchange:
    """Two devices over a wire, each with a server and a client; `sides` get (link, client, messages taken)."""

    def __init__(self, latency_ms=2):
        self.macs = pair(latency_ms)
        self.taken = [], []

    def run(self, messages):
        """Both put their `messages` in order, at once; returns the round trips from start to the last Success."""
        async def side(index):
            link = LLCP(self.macs[index])

            async def take(message):
                self.taken[index].append(message)
                return snep.SUCCESS
            serving = asyncio.create_task(snep.serve(link, take))
            client = snep.Client(link)
            link.start()
            for message in messages[index]:
                await client.put(message)
            rounds = len(self.macs[0].sent)
            while len(self.taken[index]) < len(messages[1 - index]):
                await asyncio.sleep(0.001)
            return link, serving, rounds

        async def both():
            (one, serving, rounds), (other, _, more) = await asyncio.gather(side(0), side(1))
            await asyncio.gather(one.close(), other.close())
            await serving
            return max(rounds, more)
        return Host().run(both())


def test_a_tap_takes_eight_round_trips():
    """800 bytes each way and a short PUT each way, both at once: the floor of a window of one is 7."""
    exchange = Exchange()
    one, other = bytes(range(200)) * 4, b'\xee' * 800
    rounds = exchange.run(([one, b'ready'], [other, b'ready too']))
    assert exchange.taken == ([other, b'ready too'], [one, b'ready'])
    assert rounds <= 8
    assert max(len(frame) for mac in exchange.macs for frame in mac.sent) <= 251


@given(st.lists(st.binary(max_size=1500), max_size=3), st.lists(st.binary(max_size=1500), max_size=3))
def test_whatever_both_sides_put_arrives(one, other):
    exchange = Exchange()
    exchange.run((one, other))
    assert exchange.taken == (other, one)
    assert max(len(frame) for mac in exchange.macs for frame in mac.sent) <= 251


@given(st.integers(0, 14), st.sampled_from([0, 1]))
def test_a_link_that_breaks_anywhere_ends_both_sides_with_a_sentence(frames, side):
    macs = pair()
    macs[side].gone_after = frames

    async def one_side(mac):
        link = LLCP(mac)

        async def take(message):
            return snep.SUCCESS
        serving = asyncio.create_task(snep.serve(link, take))
        link.start()
        ended = None
        try:
            client = snep.Client(link)
            await client.put(bytes(800))
            await client.put(b'ready')
        except (LLCPError, snep.SNEPError) as error:
            ended = str(error)
        if ended is None:
            await link.close()
        await asyncio.wait_for(serving, 5)
        return link.reason, ended

    async def run():
        return await asyncio.gather(*[one_side(mac) for mac in macs])
    for reason, ended in Host().run(run()):
        assert reason.endswith('.')
        assert ended is None or ended.endswith('.')
