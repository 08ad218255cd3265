"""Draws cases: what a hostile peer does to the pin, as dicts of plain values that JSON can keep.

Owns the three kinds and what makes them likely. Used by the runs; `peer` plays a case.

    {'kind': 'commands', 'do': [[code, hex], ...]}
        commands to the peer's own chip as initiator: raw frames, scripted LLCP, a reader of tags
    {'kind': 'answers', 'parameters': n, 'arm': hex, 'answers': [hex, ...], 'again': n}
        the pin looks, and the peer answers each frame with the next of `answers`, and with the last `again` times more
    {'kind': 'peer', 'role': ..., 'general': hex, 'identity': n, 'vcard': hex or '', 'hold_ms': n,
     'edits': [[layer, index, *edit], ...]}
        an honest pin's whole conversation, edited on its way: as 'message' (HELLO, READY), 'snep' (what goes into I PDUs),
        'pdu' (frames of LLCP) or 'air' (RF frames: lose, corrupt, cut); the link is held on for `hold_ms` at the end
"""
from tests.fuzz import mutation, seeds

LIST_A, LIST_F, JUMP, EXCHANGE, THRU, RELEASE = 0x4A, 0x4A, 0x56, 0x40, 0x42, 0x52
MESSAGE_BYTES = {0: 280, 1: 110}                # about: HELLO, READY
NFC_A = '0400123456'
NFC_F = '02fec0c1c2c3c4c5ffffffffffffffff12fc'
NFCID3 = '01fe1122334455660000'


def draw(rng):
    """Any case; one in five has the pin as initiator, as bursts are dear."""
    if rng.random() < 0.2:
        return _answers(rng) if rng.random() < 0.4 else _peer(rng, 'target')
    family = rng.choices((_raw_dep, _llcp, _reader, _felica, _talk), (2, 3, 1, 1, 5))[0]
    return family(rng)


def _commands(do):
    return {'kind': 'commands', 'do': [[code, data.hex()] for code, data in do]}


def _raw_dep(rng):
    """Selected as NFC-A, then raw frames: ATR_REQ of any form and whatever DEP frames."""
    do = [(LIST_A, b'\x01\x00')]
    if rng.random() < 0.9:
        do += [(THRU, seeds.atr_req(rng))]
    for _ in range(rng.randrange(1, 14)):
        frame = seeds.dep(rng)
        do += [(THRU, frame)] * rng.choice((1, 1, 1, 2))
    return _commands(do)


def _llcp(rng):
    """A link, and PDUs without regard for what the pin says."""
    general = seeds.general(rng)
    do = [(JUMP, b'\x00' + bytes([0, 4 if general else 0]) + general)]
    if rng.random() < 0.7:
        do.append((EXCHANGE, b'\x01\x11\x20' + rng.choice((b'', b'\x02\x02\x00\x78', seeds.tlvs(rng)))))
    for _ in range(rng.randrange(1, 25)):
        do += [(EXCHANGE, b'\x01' + seeds.pdu(rng))] * rng.choice((1, 1, 1, 1, 2, 30))
    return _commands(do[:120])


def _reader(rng):
    return _commands([(LIST_A, b'\x01\x00')] + [(EXCHANGE, b'\x01' + seeds.apdu(rng)) for _ in range(rng.randrange(1, 12))])


def _felica(rng):
    select = b'\x01' + rng.choice((b'\x01', b'\x02')) + b'\x00\xff\xff' + rng.choice((b'\x00', b'\x01')) + b'\x00'
    return _commands([(LIST_F, select)] + [(THRU, seeds.felica(rng)) for _ in range(rng.randrange(1, 8))])


def _answers(rng):
    """As target: the ATR_RES is the chip's, or raw like all after it."""
    general = seeds.general(rng)
    raw = rng.random() < 0.5
    answers = [_answer(rng, raw, index) for index in range(rng.randrange(1, 20))]
    if raw and rng.random() < 0.3:
        answers[1:] = [b'\x05\xd5\x07\x90' + rng.choice((b'\x01', b'\x3b', b'\xff'))]      # RTOX: I need more time
    arm = f'00{NFC_A}60{NFC_F}{NFCID3}{len(general):02x}{general.hex()}00'
    return {'kind': 'answers', 'parameters': 0x30 if raw else 0x34, 'arm': arm, 'answers': [data.hex() for data in answers],
            'again': rng.choice((0, 0, 20, 400))}


def _answer(rng, raw, index):
    if not raw:
        return seeds.pdu(rng)
    frame = seeds.dep(rng)
    if index == 0:
        frame = seeds.atr_req(rng)
        frame = frame[:3] + frame[3:17] + b'\x00' + frame[17:]
        return frame.replace(b'\xd4\x00', b'\xd5\x01', 1)
    return frame.replace(b'\xd4\x06', b'\xd5\x07', 1).replace(b'\xd4\x04', b'\xd5\x05', 1)


def _talk(rng):
    return _peer(rng, 'initiator')


def _peer(rng, role):
    edits = [_edit(rng) for _ in range(rng.choice((0, 1, 1, 1, 2, 2, 3, 5)))]
    if rng.random() < 0.1:                      # slow at every word
        wait_ms = rng.choice((100, 250, 700, 1400))
        edits += [['pdu', index, 'wait', wait_ms] for index in range(rng.randrange(30))]
    return {'kind': 'peer', 'role': role, 'general': (seeds.GENERAL if rng.random() < 0.9 else seeds.general(rng)).hex(),
            'identity': rng.randrange(1 << 30), 'vcard': seeds.vcard(rng).hex() if rng.random() < 0.25 else '',
            'hold_ms': 5000 if rng.random() < 0.1 else 0, 'edits': edits}


def _edit(rng):
    layer = rng.choices(('message', 'snep', 'pdu', 'air'), (5, 3, 4, 1))[0]
    if layer == 'air':
        return ['air', rng.randrange(8, 40), rng.choice(('lose', 'corrupt', 'cut'))]
    index = rng.choice((0, 0, 1, 1, 2, 3)) if layer != 'pdu' else rng.randrange(9)
    if rng.random() < 0.3:
        return [layer, index, *_stream_edit(rng, layer)]
    return [layer, index, *_byte_edit(rng, layer, index)]


def _stream_edit(rng, layer):
    kind = rng.choice(mutation.STREAM_EDITS + (('old', 'old') if layer == 'message' else ()))
    if kind == 'before':
        source = {'message': seeds.ndef, 'snep': seeds.snep, 'pdu': seeds.pdu}[layer]
        return [kind, source(rng).hex()]
    if kind == 'wait':
        return [kind, rng.choice((50, 500, 1200, 2500))]
    return [kind, rng.randrange(4)] if kind == 'old' else [kind]


def _byte_edit(rng, layer, index):
    if rng.random() < 0.2:
        source = {'message': seeds.ndef, 'snep': seeds.snep, 'pdu': seeds.pdu}[layer]
        return ['whole', source(rng).hex()]
    return mutation.draw(rng, MESSAGE_BYTES.get(index, 30) if layer == 'message' else rng.choice((8, 30, 250)))
