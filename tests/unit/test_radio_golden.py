"""The simulated stack against the log of a real one: step by step, the same answers and the same events."""
import ast
import json
import re
from pathlib import Path

import pytest

from tests.simulator.world import World
from tests.unit.rigs.radio import ENCRYPTED, NAME, PASSKEY, RX, SECRET, Rig, normal

GOLDEN = Path(__file__).parents[1] / 'simulator/radio/golden.json'
STEPS = json.loads(GOLDEN.read_text())['steps']


def tidy(text):
    """Release 1.25 writes OSError(2,) where 1.28 writes OSError(2)."""
    return re.sub(r'Error\((.*?),\)', r'Error(\1)', text)


class Replay:
    """What the recording's driver did, one method a step."""

    def __init__(self, rig):
        self.rig, self.phone, self.link = rig, rig.phone, None

    def connect(self):
        self.link = self.rig.do(self.phone.connect(self.rig.pin))

    def disconnect(self):
        self.rig.do(self.link.disconnect())
        self.rig.world.run(0.05)

    def attempt(self, *coroutines):
        return [self.rig.attempt(coroutine) for coroutine in coroutines]

    def start(self):
        return self.rig.ask('fw.start()')

    def open(self):
        self.connect()
        link, found = self.link, [self.link.mtu]
        found += self.attempt(link.read(NAME), link.read(SECRET), link.write(NAME, b'evil'), link.read(ENCRYPTED),
                              link.write(ENCRYPTED, b'evil'), link.write(RX, b'x' * 30), link.write(RX, bytes(100)),
                              link.write(SECRET, b'evil'), link.read(RX))
        self.rig.do(link.subscribe(SECRET))
        for expression in ("ble.gatts_notify(state['conn'], H['secret'], bytes(300))",
                           "ble.gatts_write(H['secret'], b'new value', True)", "ble.gatts_notify(state['conn'], H['secret'])"):
            self.rig.ask(expression)
            self.rig.world.run(0.1)
        found.append([len(data) for _, data in link.notified])
        self.phone.mtu = 23                     # it asked for more in this step only
        self.disconnect()
        return repr(found)

    def evaluate(self, expected):
        return repr([(expression, tidy(self.rig.ask(expression))) for expression, _ in expected])

    def pair(self, *before, forget=True, **offers):
        """Connect, pair, and try everything."""
        if forget:
            self.rig.ask('secrets.clear()')
        for name, value in offers.items():
            setattr(self.phone, name, value)
        self.connect()
        link = self.link
        found = self.attempt(*before, link.pair(PASSKEY), link.read(SECRET), link.read(ENCRYPTED), link.write(NAME, b'Gr'))
        self.disconnect()
        self.phone.io, self.phone.mitm, self.phone.sc, self.phone.bonding = 'keyboard', True, True, True
        return repr(found)

    def wrong_right(self):
        self.connect()
        link = self.link
        found = self.attempt(link.pair(1), link.pair(PASSKEY), link.read(SECRET), link.read(ENCRYPTED),
                             link.write(NAME, b'Gr'))
        self.disconnect()
        return repr(found)

    def reconnect(self):
        self.connect()
        found = self.attempt(self.link.read(SECRET), self.link.encrypt(), self.link.read(SECRET))
        self.disconnect()
        return repr(found)

    def phone_forgot(self):
        self.phone.forget(self.rig.pin)
        return self.pair(forget=False)

    def pin_forgot(self):
        self.rig.ask('secrets.clear()')
        return self.reconnect()

    def numcmp(self):
        self.rig.ask('ble.config(io=1)')
        return self.pair(io='yesno')

    def steps(self):
        """{name in the recording: what does it}."""
        return {'start': self.start, 'open': self.open, 'wrong+right': self.wrong_right, 'reconnect': self.reconnect,
                'phone forgot': self.phone_forgot, 'pin forgot': self.pin_forgot, 're-pair': self.pair,
                'just works': lambda: self.pair(io='none', mitm=False), 'legacy': lambda: self.pair(sc=False),
                'no bonding': lambda: self.pair(bonding=False), 'numcmp': self.numcmp,
                'reconnect after restart': self.reconnect}


@pytest.mark.micropython
def test_every_step_of_the_recorded_log(micropython):
    with World(seed=3) as world:
        rig = Rig(world, port='unix')
        replay = Replay(rig)
        for name, answer, events in STEPS:
            do = replay.steps().get(name) or (lambda answer=answer: replay.evaluate(ast.literal_eval(answer)))
            assert (name, do()) == (name, answer)
            heard = rig.said()
            if name != 'start':
                handles = {value.handle: part for part, value in zip(('name', 'secret', 'enc', 'rx'),
                                                                     rig.pin.radio.table.values.values())}
                assert (name, list(normal(heard, handles))) == (name, events)
        assert world.complaints == []
