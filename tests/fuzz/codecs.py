"""The layers that take a peer's bytes apart, on CPython, without any hardware: tens of thousands of cases in seconds.

Owns the targets and their two oracles: nothing but a layer's own error escapes, and no call takes more memory than a small
multiple of what it was given (so that no announced length is believed). Used by `__main__` and test_fuzz.py.
"""
import asyncio
import tracemalloc

import ndef_message
import snep
import vcard
from firmware.companion.requests import checks, profile
from firmware.social import messages
from firmware.social.friend import Figures
from llcp import pdu
from llcp.errors import BadPDU, LinkClosed, NotLLCP
from llcp.link import LLCP
from tests.fuzz import seeds
from tests.fuzz.mutation import mutated
from tests.simulator.host import Host
from tests.unit.rigs.nfc import PeerGone, ScriptedMAC

MEMORY_BASE, MEMORY_FACTOR = 20_000, 120        # bytes, and bytes a byte of input; objects of CPython are big
LINK_PDUS = 25
MEASURED = 6
LINK_BASE = 300_000
LINE = ('{"id":7,"do":"profile","act":"set","name":"Zo\\u00eb [\\"\U0001f680","handles":[["chat","zoe"]],"public":["name"],'
        '"strip":"Q1BOMQgC"}').encode()
MESSAGE = messages.Hello(bytes(range(16)), b'nonce...', Figures(4321, 1, 2, 1), b'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Eve\r\n'
                         b'END:VCARD\r\n').encode()


def decode_pdu(rng):
    data = seeds.pdu(rng)
    try:
        found = pdu.decode(data)
        if found.ptype == pdu.AGF:
            found.parts()
        pdu.Parameters(found.payload)
    except BadPDU:
        pass
    return data


def decode_general_bytes(rng):
    mac = ScriptedMAC(seeds.general(rng))
    try:
        LLCP(mac)
    except NotLLCP:
        pass
    return mac.peer_general_bytes


def decode_ndef(rng):
    data = seeds.ndef(rng) if rng.random() < 0.7 else mutated(rng, MESSAGE)
    try:
        ndef_message.decode(data)
    except ndef_message.NDEFError:
        pass
    return data


def decode_message(rng):
    data = mutated(rng, MESSAGE) if rng.random() < 0.7 else seeds.ndef(rng)
    try:
        found = messages.decode(data)
        if isinstance(found, messages.Hello):
            vcard.decode(found.vcard)
    except (messages.MessageError, vcard.VCardError):
        pass
    return data


def decode_hello_with_card(rng):
    """A card inside a HELLO that is right otherwise: its digest too."""
    card = seeds.vcard(rng)
    try:
        data = messages.Hello(bytes(16), bytes(8), Figures(1, 1, 1, 1), card).encode()
        vcard.decode(messages.decode(data).vcard)
    except (messages.MessageError, vcard.VCardError):
        pass
    return card


def decode_vcard(rng):
    data = seeds.vcard(rng)
    try:
        vcard.decode(data)
    except vcard.VCardError:
        pass
    return data


def link_with_server(rng):
    """A link with a SNEP server, and a peer that says anything; the link must end in order, and with it the server."""
    script = [b'\x11\x20'] + [seeds.pdu(rng) for _ in range(rng.randrange(1, LINK_PDUS))]
    taken, unnoticed = [], []

    async def take(message):
        taken.append(message)
        return snep.SUCCESS

    async def run():
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: unnoticed.append(context))
        mac = ScriptedMAC()
        link = LLCP(mac)
        serving = asyncio.create_task(snep.serve(link, take))
        link.start()
        for frame in script:
            try:
                await mac.ask(frame)
            except (TimeoutError, PeerGone):
                break
            if mac.closed:
                break
        mac.leave()
        await asyncio.wait_for(serving, 5)      # raises what the server raised
        await asyncio.wait_for(link.closed(), 5)
        try:
            link.listen(5, b'late')
        except LinkClosed:
            return
        raise AssertionError('a link that is over takes a listener')
    Host().run(run())
    if unnoticed:
        raise AssertionError(f'a task of the link failed: {unnoticed}')
    return b''.join(script)


def take_phone_line(rng):
    data = mutated(rng, LINE)
    try:
        request = checks.request_of(data)
        checks.id_of(request)
        checks.values_of({key: value for key, value in request.items() if key not in ('do', 'act')}, profile.ACTS[1][2])
    except checks.Refused:
        pass
    return data


TARGETS = (decode_pdu, decode_general_bytes, decode_ndef, decode_message, decode_hello_with_card, decode_vcard,
           take_phone_line)


def run(rng, count, links=None):
    """Play `count` cases, and `links` (one in 40 by default) links; returns their number. Raises what escapes.

    Memory is measured in one of MEASURED, as that is slow; MemoryError where a call took too much.
    """
    links = count // 40 if links is None else links
    for index in range(count - count // MEASURED):
        TARGETS[index % len(TARGETS)](rng)
    for _ in range(links - links // MEASURED):
        link_with_server(rng)
    tracemalloc.start()
    try:
        for index in range(count // MEASURED):
            _bounded(TARGETS[index % len(TARGETS)], rng, MEMORY_BASE)
        for _ in range(links // MEASURED):
            _bounded(link_with_server, rng, LINK_BASE)
    finally:
        tracemalloc.stop()
    return count + links


def _bounded(target, rng, base):
    """Run one case; a second look decides where it seems to take too much, as the first use of a module takes memory too."""
    state = rng.getstate()
    took, data = _measured(target, rng)
    if took > base + MEMORY_FACTOR * len(data):
        rng.setstate(state)
        took, data = _measured(target, rng)
        if took > base + MEMORY_FACTOR * len(data):
            raise MemoryError(f'{target.__name__} took {took} bytes for {len(data)}: {data[:200].hex()}')


def _measured(target, rng):
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    data = target(rng)
    return tracemalloc.get_traced_memory()[1] - before, data
