"""Real nfcpy against the PN532 model over a pty: identification, and two nfcpys that put messages to each other."""
import random

import ndef
import nfc
import pytest

from tests.interop.nfcpy_peer import Peer, open_nfcpy
from tests.simulator.air import Air
from tests.simulator.chips.pn532 import PN532
from tests.simulator.clock import Clock
from tests.simulator.pty_port import PtyPort, RealTimeLimit, run_realtime

pytestmark = pytest.mark.interop
LIMIT_S = 20


@pytest.fixture
def ports():
    """Two chips near each other, each behind a pty."""
    clock = Clock()
    air = Air(clock, random.Random(1))
    chips = [PN532(clock, random.Random(name), air, 'hsu', name) for name in 'ab']
    air.couple(*chips)
    with PtyPort(chips[0]) as one, PtyPort(chips[1]) as other:
        yield one, other
    assert [sentence for chip in chips for sentence in chip.complaints] == []


def run(ports, *functions):
    return run_realtime(ports[0].chip.clock, ports, *functions, limit_s=LIMIT_S)


def test_nfcpy_opens_and_identifies_the_chip(ports):
    chip = ports[0].chip

    def identify():
        with open_nfcpy(ports[0]) as frontend:
            device = frontend.device
            status = device.chipset.get_general_status()
            found = frontend.sense(nfc.clf.RemoteTarget('106A'), nfc.clf.RemoteTarget('212F'))
            return device.chipset_name, chip.front.baudrate, device.chipset.diagnose('line'), bytes(status), found

    name, baudrate, echoed, status, found = run(ports, identify)[0]
    assert (name, baudrate, echoed, found) == ('PN532v1.6', 921600, True, None)
    assert status == bytes(4)
    assert chip.power.ledger.state == 'soft_pd' and chip.front.baudrate == 115200      # nfcpy has closed it
    assert chip.counters['syntax_errors'] == 0 and ports[0].received > 500


@pytest.mark.parametrize('options, rate', [({}, 424), ({'brs': 0}, 106), ({'acm': True}, 424)])
def test_two_nfcpys_put_messages_to_each_other(ports, options, rate):
    texts = ndef.TextRecord('initiator ' * 30), ndef.TextRecord('target')
    one, other = run(
        ports,
        lambda: Peer([[texts[0]]]).connect(ports[0], 'initiator', **options),
        lambda: Peer([[texts[1]]]).connect(ports[1], 'target'))
    assert one.accepted == other.accepted == [True]
    assert [record.data for record in other.messages[0]] == [bytes(texts[0].data)]
    assert [record.data for record in one.messages[0]] == [bytes(texts[1].data)]
    log = list(ports[0].chip.air.log)
    assert {frame.bitrate for frame in log if frame.data[-10:].hex().endswith('0000')} >= {rate}
    assert log[-1].bitrate == rate and log[0].bitrate == 106
    assert {frame.active for frame in log} == {bool(options.get('acm'))}


def test_nfcpy_alone_gives_up_with_a_sentence(ports):
    ports[0].chip.air.uncouple()
    with pytest.raises(TimeoutError, match='nfcpy as initiator: 0 of 0 messages put, 0 of 1 received'):
        run(ports, lambda: Peer(limit_s=0.4).connect(ports[0], 'initiator'))


def test_a_foreign_program_that_does_not_end_is_named(ports):
    ports[0].chip.faults.mute = True
    with pytest.raises(RealTimeLimit, match=r'0\.05 s of real time'):
        run_realtime(ports[0].chip.clock, ports,
                     lambda: nfc.clf.transport.TTY(ports[0].path).read(300), limit_s=0.05)
