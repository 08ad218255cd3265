"""lib/pn532's commands and MACs against a scripted chip: golden frames, hostile peers, every way an activation looks."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pn532 import (
    DEP,
    ISO_DEP,
    OTHER,
    Activation,
    BadResponse,
    ChipMute,
    InitiatorMAC,
    LinkLost,
    PN532Error,
    StatusError,
    TargetMAC,
    target,
)
from pn532.chip import PN532, DEPTarget
from tests.unit.rigs.nfc import ACK, GENERAL_BYTES, frame, on_bus

ATR_RES = 'd557 00 01 01fe1122334455660000 00 00 00 09 32' + GENERAL_BYTES.hex()
ATR_REQ = '22 d400 0102030405060708090a 00 00 00 32' + GENERAL_BYTES.hex()


def does(test, *answers):
    """Run `async test(chip)`, the chip acknowledging everything and answering with `answers` (hex); (result, sent)."""
    async def run(chip, fake):
        return await test(chip)
    result, fake = on_bus(run, [[ACK, (2, frame(answer))] if answer else [ACK] for answer in answers])
    return result, [data.hex() for data in fake.received]


def test_golden_jump_for_dep():
    async def test(chip):
        return await chip.jump_for_dep(GENERAL_BYTES, 106)
    peer, sent = does(test, ATR_RES, 'd509')
    assert sent == ['0000ff16ead4560000044666' + '6d010111020200780302001304011eef00', frame('d408 63013b').hex()]
    assert (peer.number, peer.nfcid3.hex(), peer.timeout_code) == (1, '01fe1122334455660000', 9)
    assert peer.general_bytes == GENERAL_BYTES


def test_jump_for_dep_at_424_polls_nfc_f():
    async def test(chip):
        return await chip.jump_for_dep(GENERAL_BYTES, 424)
    peer, sent = does(test, ATR_RES)
    assert sent == [frame('d456 00 02 05 00ffff0000', GENERAL_BYTES.hex()).hex()]
    assert (peer.number, peer.bit_rate_kbps) == (1, 424)


def test_nobody_there():
    async def test(chip):
        return await chip.jump_for_dep(GENERAL_BYTES, 424)
    assert does(test, 'd55701')[0] is None


@pytest.mark.parametrize(('answers', 'error', 'words'), [
    (['d55706'], StatusError, 'two tags answered at once'),
    (['d5570d'], StatusError, 'too hot'),
    (['d5573e'], StatusError, 'unknown reason (status 3E)'),
    (['d557'], StatusError, 'status 3F'),
    (['d5570001'], BadResponse, 'too short'),
    ([ATR_RES[:40]], BadResponse, 'too short'),
])
def test_what_goes_wrong_with_a_jump(answers, error, words):
    async def test(chip):
        with pytest.raises(error) as failure:
            await chip.jump_for_dep(GENERAL_BYTES, 424)
        return str(failure.value)
    assert words in does(test, *answers)[0]


@pytest.mark.parametrize(('data', 'general_bytes'), [
    ('01' + '00' * 10 + '00000009' + '32', ''),
    ('01' + '00' * 10 + '00000009' + '30' + 'aabb', ''),        # not announced, so not general bytes
    ('01' + '00' * 10 + '00000009' + '32' + 'ab' * 48, 'ab' * 48),
    ('01' + '00' * 10 + '00000009' + '32' + 'ab' * 200, 'ab' * 48),
])
def test_general_bytes_of_a_target(data, general_bytes):
    assert DEPTarget(bytes.fromhex(data)).general_bytes.hex() == general_bytes


GOLDEN_INIT = ('0000ff38c8d48c00040012345660' + '02fec0c1c2c3c4c5' + 'ff' * 8 + '12fc' + '01fe1122334455660000'
               + '11' + GENERAL_BYTES.hex() + '00b300')


def test_golden_init_as_target():
    async def test(chip):
        await chip.arm_as(target.parameters(GENERAL_BYTES, b'\x12\x34\x56', bytes.fromhex('02fec0c1c2c3c4c5'),
                                            bytes.fromhex('01fe1122334455660000')))
    assert does(test, '')[1] == [GOLDEN_INIT]


def test_an_identity_stays_until_it_is_changed():
    async def run(chip, fake):
        chip = PN532(chip.link)
        for change in (True, False, True):
            if change:
                chip.change_identity()
            await chip.arm(GENERAL_BYTES)
            await chip.abort()
    _, fake = on_bus(run, [[ACK], None] * 3)
    first, second, third = fake.received[::2]
    assert first == second
    assert len(first) == len(third) == len(GOLDEN_INIT) // 2
    assert [first[part] != third[part] for part in (slice(10, 13), slice(16, 22), slice(34, 40))] == [True] * 3
    for sent in (first, third):
        assert sent[:10].hex() == GOLDEN_INIT[:20]
        assert sent[13:16].hex() == '6002fe'
        assert sent[22:34].hex() == 'ff' * 8 + '12fc' + '01fe'


@pytest.mark.parametrize('wrong', [
    {'nfcid1': b'1234'}, {'nfcid2': b''}, {'nfcid3': b'123456789'}, {'general_bytes': bytes(48)},
    {'historical': bytes(49)},
])
def test_parameters_that_cannot_be(wrong):
    right = {'general_bytes': b'', 'nfcid1': b'123', 'nfcid2': b'12345678', 'nfcid3': b'1234567890'}
    with pytest.raises(ValueError, match='bytes'):
        target.parameters(**{**right, **wrong})


@pytest.mark.parametrize(('data', 'kind', 'kbps', 'general_bytes'), [
    ('04' + ATR_REQ, DEP, 106, GENERAL_BYTES.hex()),
    ('25' + ATR_REQ, DEP, 424, GENERAL_BYTES.hex()),
    ('16' + ATR_REQ, DEP, 212, GENERAL_BYTES.hex()),
    ('08 e080', ISO_DEP, 106, ''),
    ('0c e080', ISO_DEP, 106, ''),
    ('0c' + ATR_REQ, DEP, 106, GENERAL_BYTES.hex()),
    ('02 0600ffff0000', OTHER, 106, ''),
    ('12 0600ffff0000', OTHER, 212, ''),
    ('00 3004', OTHER, 106, ''),
    ('', OTHER, 106, ''),
    ('04', OTHER, 106, ''),
    ('04 11', OTHER, 106, ''),
    ('04 03d400', DEP, 106, ''),
    ('04 11 d400' + '00' * 10 + '00000002', DEP, 106, ''),              # general bytes announced, none there
    ('04 11 d400' + '00' * 10 + '00000000' + 'aabb', DEP, 106, ''),     # some there, none announced
    ('04 ff d400' + '00' * 10 + '00000002' + 'aabb', DEP, 106, ''),     # LEN runs over the end
    ('04 00 d400' + '00' * 10 + '00000002' + 'aabb', DEP, 106, ''),     # LEN runs short
    ('04 12 d400' + '00' * 10 + '00000002' + 'aabb', DEP, 106, 'aa'),   # LEN ends ahead of the frame
    ('04 41 d400' + '00' * 10 + '00000002' + 'ab' * 48, DEP, 106, 'ab' * 48),
    ('04 51 d400' + '00' * 10 + '00000002' + 'ab' * 64, DEP, 106, 'ab' * 48),
    ('08', OTHER, 106, ''),
    ('04 05 d406000000', OTHER, 106, ''),                               # DEP, but no ATR_REQ
])
def test_activations(data, kind, kbps, general_bytes):
    activation = Activation(bytes.fromhex(data))
    assert (activation.kind, activation.bit_rate_kbps) == (kind, kbps)
    assert activation.general_bytes.hex() == general_bytes


@given(st.binary(max_size=262))
def test_no_activation_is_a_crash(data):
    activation = Activation(data)
    assert activation.kind in (DEP, ISO_DEP, OTHER)
    assert len(activation.general_bytes) <= 48


def test_the_general_status_knows_the_field():
    async def test(chip):
        return await chip.field_there()
    found, sent = does(test, 'd505 00010000')
    assert sent == ['0000ff02fed4042800']
    assert found is True
    assert does(test, 'd505 00000000')[0] is False


def test_a_general_status_cut_short_is_an_error():
    async def test(chip):
        with pytest.raises(BadResponse):
            await chip.field_there()
        return True
    assert does(test, 'd50500')[0]


# --- MACs

ATTRIBUTES = bytes.fromhex(ATR_RES[7:].replace(' ', ''))


def asks(script, timeout_ms=500):
    """What an initiator at 424 kbit/s makes of `script`, pairs of (DEP_REQ expected after D4 06, answer to it as hex without
    status): b'' for nothing in time. Returns what `receive` gave or raised."""
    async def test(chip):
        mac = InitiatorMAC(chip, DEPTarget(ATTRIBUTES, 424))
        await mac.send(b'\xab\xcd')
        try:
            return await mac.receive(timeout_ms)
        except LinkLost as error:
            return str(error)
    found, sent = does(test, *('d543' + (f'00 {len(answer) // 2 + 3:02x} d507' + answer if answer else '01')
                               for _, answer in script))
    assert sent == [frame(f'd442 {len(request) // 2 + 3:02x} d406', request).hex() for request, _ in script]
    return found


@pytest.mark.parametrize(('kbps', 'sync'), [(106, 'f0'), (424, '')])
def test_the_initiator_exchanges(kbps, sync):
    async def test(chip):
        mac = InitiatorMAC(chip, DEPTarget(ATTRIBUTES, kbps))
        found = [mac.role, mac.peer_general_bytes]
        for _ in range(2):
            await mac.send(b'\x00\x00')
            found.append(await mac.receive(500))
        await mac.close()
        return found
    found, sent = does(test, f'd54300{sync} 06 d50700 0140', f'd54300{sync} 06 d50701 0000', f'd54300{sync} 03 d50b', 'd533')
    assert found == ['initiator', GENERAL_BYTES, b'\x01\x40', b'\x00\x00']
    assert sent == [frame(data).hex() for data in (f'd442 {sync} 06 d40600 0000', f'd442 {sync} 06 d40601 0000',
                                                   f'd442 {sync} 03 d40a', 'd4320102')]


PSL, ATN, NO_ANSWER = 'd442 f006 d40400 1203', 'd442 04 d40680', 'd54301'
BRISK, PATIENT, MODES = 'd432 02000908', 'd432 02000909', 'd406 630263036305'
TO_424, TO_106 = 'd408 6302a2 6303aa 630500', 'd408 630280 630388 630540'
CHANGES = {                                     # what is said and answered until both are at 424 kbit/s
    'at once': [(PSL, 'd54300 f004d50500'), (MODES, 'd507808840'), (TO_424, 'd509')],
    'the answer was lost': [(PSL, NO_ANSWER), (BRISK, 'd533'), (MODES, 'd507808840'), (TO_424, 'd509'),
                            (ATN, 'd54300 04d50780'), (PATIENT, 'd533')],
    'the request was lost': [(PSL, NO_ANSWER), (BRISK, 'd533'), (MODES, 'd507808840'), (TO_424, 'd509'), (ATN, NO_ANSWER),
                             (MODES, 'd507a2aa00'), (TO_106, 'd509'), (PSL, 'd54300 f004d50500'),
                             (MODES, 'd507808840'), (TO_424, 'd509'), (PATIENT, 'd533')],
}


@pytest.mark.parametrize('script', CHANGES.values(), ids=CHANGES)
def test_the_initiator_goes_on_at_424(script):
    async def test(chip):
        mac = InitiatorMAC(chip, DEPTarget(ATTRIBUTES))
        await mac.speed_up()
        await mac.send(b'\x00\x00')
        return mac.bit_rate_kbps, await mac.receive(500)
    found, sent = does(test, *(answer for _, answer in script), 'd54300 06 d50700 0140')
    assert found == (424, b'\x01\x40')
    assert sent == [frame(data).hex() for data, _ in script] + [frame('d442 06 d40600 0000').hex()]


def test_a_peer_that_is_at_no_speed_is_a_lost_link():
    async def test(chip):
        mac = InitiatorMAC(chip, DEPTarget(ATTRIBUTES))
        with pytest.raises(LinkLost, match='no speed'):
            await mac.speed_up()
        return True
    found, sent = does(test, NO_ANSWER, 'd533', *['d507808840', 'd509', NO_ANSWER] * 11, 'd507808840', 'd509', 'd533')
    assert found
    assert sent[-1] == frame(PATIENT).hex()


@pytest.mark.parametrize('modes', ['d507', 'd5078088'])
def test_registers_that_are_not_told_are_an_error(modes):
    async def test(chip):
        with pytest.raises(BadResponse, match='three registers'):
            await chip.set_speed(424)
        return True
    assert does(test, modes)[0]


def test_the_initiator_repeats_what_is_not_answered():
    assert asks([('00abcd', ''), ('00abcd', ''), ('00abcd', '000140')]) == b'\x01\x40'


@pytest.mark.parametrize('stale', ['0301ff', '10aabb', '40', '50', 'c0', '01'])
def test_the_initiator_repeats_after_what_is_no_answer(stale):
    assert asks([('00abcd', stale), ('00abcd', '000140')]) == b'\x01\x40'


def test_the_initiator_grants_more_time():
    assert asks([('00abcd', '9003'), ('9003', ''), ('00abcd', '9001'), ('9001', '000000')]) == b'\x00\x00'


def test_a_slow_peer_is_asked_whether_it_is_there():
    script = [('00abcd', '')] * 4 + [('80', '80')]
    assert asks(script * 3 + [('00abcd', '000140')], 1500) == b'\x01\x40'


def test_a_silent_peer_is_given_up():
    script = [('00abcd', '')] * 4 + [('80', '')] + [('00abcd', '')] * 3
    assert asks(script) == 'The peer does not answer any more.'


def test_a_peer_that_is_there_and_never_answers_is_given_up():
    async def test(chip):
        mac = InitiatorMAC(chip, DEPTarget(ATTRIBUTES, 424))
        with pytest.raises(LinkLost):
            await mac.receive(40)
        return True
    assert does(test, *['d54300 04 d50780'] * 20)[0]


def test_the_target_exchanges_and_lingers_until_it_is_released():
    async def test(chip):
        mac = TargetMAC(chip, Activation(bytes.fromhex('04' + ATR_REQ)))
        received = await mac.receive(500)
        await mac.send(b'\x00\x00')
        await mac.close()
        return mac.role, mac.peer_general_bytes, received
    found, sent = does(test, 'd587000140', 'd58f00', 'd58729')
    assert found == ('target', GENERAL_BYTES, b'\x01\x40')
    assert sent == ['0000ff02fed486a600', '0000ff04fcd48e00009e00', '0000ff02fed486a600']


@pytest.mark.parametrize(('answer', 'words'), [
    ('d58729', 'gone'), ('d587 01', 'no answer in time'), ('d587 13', 'malformed NFC-DEP frame'),
    ('d587', 'status 3F'), ('d587 40aa', 'chains frames'), ('d587 80aa', None), ('', 'did not finish'),
])
def test_what_a_target_makes_of_a_status(answer, words):
    async def test(chip):
        mac = TargetMAC(chip, Activation(bytes.fromhex('04' + ATR_REQ)))
        try:
            return await mac.receive(100)
        except LinkLost as error:
            return str(error)
    found, _ = does(test, answer)
    assert (found == b'\xaa') if words is None else words in found


@pytest.mark.parametrize('answer', ['d54329', 'd54301', 'd54302', 'd543', 'd54300', 'd54300ff', 'd5430006d50700', ''])
def test_an_initiator_loses_the_link(answer):
    async def test(chip):
        mac = InitiatorMAC(chip, DEPTarget(ATTRIBUTES))
        await mac.send(b'\x00\x00')
        with pytest.raises(LinkLost) as failure:
            await mac.receive(100)
        await mac.close()                               # and closing does not fail for it
        return str(failure.value)
    assert does(test, *[answer] * 9)[0].endswith('.')


def test_a_target_does_not_linger_for_ever():
    async def test(chip):
        mac = TargetMAC(chip, Activation(bytes.fromhex('04' + ATR_REQ)))
        await mac.close()
        return True
    result, sent = does(test, '')
    assert sent == ['0000ff02fed486a600', ACK.hex()]


def test_a_mute_chip_is_not_mistaken_for_a_lost_link():
    async def run(chip, fake):
        mac = TargetMAC(chip, Activation(b''))
        with pytest.raises(ChipMute):
            await mac.receive(100)
        return True
    assert on_bus(run, [])[0]


@pytest.mark.parametrize('error', [ChipMute('x.'), LinkLost('x.'), StatusError(1, 'x'), PN532Error()])
def test_every_error_is_an_oserror_with_a_sentence(error):
    assert isinstance(error, OSError)
    assert str(error).endswith('.')
