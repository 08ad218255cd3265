"""Debian's libnfc tools against the whole firmware on real MicroPython: readers of its tags, and NFC-DEP without LLCP.

What a tool prints is a witness of another stack for what the pin shows on the air; whatever it does, the pin is armed again
afterwards and has found no fault. libnfc has no LLCP, so its NFC-DEP pair comes as far as a stranger comes.
"""
import ndef
import pytest

from firmware.social.card import Card
from tests.interop.rig import READABLE, run_tool

pytestmark = [pytest.mark.interop, pytest.mark.micropython]
BLOCKS_BYTES = 48                   # nfc-read-forum-tag3 fetches three blocks and no more, however long the message


@pytest.mark.parametrize('name, arguments, texts', [
    ('nfc-list', ('-t', '1'), ('ISO14443A passive target(s) found',     # many: the pin is new to it after each deselection
                               'ATQA (SENS_RES): 00 04', 'SAK (SEL_RES): 60', 'ATS: 75 33 92 03')),
    ('nfc-list', ('-t', '2'), ('1 Felica (212 kbps) passive target(s) found', 'ID (NFCID2): 02 fe')),
    ('nfc-anticol', (), ('Received bits: 04 00', 'UID: 08', 'SAK: 60', 'ATS: 05 75 33 92 03 ac 63')),    # it makes its own CRC
    ('nfc-poll', (), ('SAK (SEL_RES): 60', 'ATS: 75 33 92 03', 'Waiting for card removing', 'done.'))])
def test_libnfcs_tools_find_the_tag(rig, needs, name, arguments, texts):
    needs(name)
    if name == 'nfc-poll':                      # which waits for the card to go
        rig.leave_after_contact()
    printed = rig.run(lambda port: run_tool(port, name, *arguments))
    for text in texts:
        assert text in printed
    assert rig.reads() == 0
    rig.world.run(2)
    rig.check_quiet()


def test_libnfc_reads_the_type_3_tag(rig, needs, tmp_path):
    needs('nfc-read-forum-tag3')
    file = tmp_path / 'message'
    printed = rig.run(lambda port: run_tool(port, 'nfc-read-forum-tag3', '-o', str(file)))
    records = ndef.UriRecord(READABLE['web']), ndef.Record('text/vcard', '', Card(**READABLE).to_vcard())
    message = b''.join(ndef.message_encoder(records))
    for text in ('Mapping version: 1.0', 'Maximum nr of blocks to read by Check Command: 3', 'Access Attribute: Read only',
                 f'NDEF message length: {len(message)} bytes', 'Checksum: ok'):
        assert text in printed
    assert file.read_bytes()[:BLOCKS_BYTES] == message[:BLOCKS_BYTES]
    rig.check_quiet()


def test_libnfcs_dep_initiator_finds_the_pin_and_is_refused(rig, needs):
    needs('nfc-dep-initiator')
    printed = rig.run(lambda port: run_tool(port, 'nfc-dep-initiator', codes=(1,), says='(212 kbps'))
    for text in ('(212 kbpspassive mode)', 'NFCID3: 01 fe', 'General Bytes: 46 66 6d 01 01 11', 'Sending: Hello World!'):
        assert text in printed
    assert rig.logged('The peer sent no general bytes.')
    rig.check_quiet()


def test_the_pin_finds_libnfcs_dep_target_and_refuses_it(rig, needs):
    needs('nfc-dep-target')
    rig.look()
    printed = rig.run(lambda port: run_tool(port, 'nfc-dep-target', codes=(1,)))
    assert 'Initiator request received. Waiting for data...' in printed
    assert rig.logged('The peer offers no LLCP link.')
    rig.world.run(2)
    rig.check_quiet()
