"""Firmware for tests of the Bluetooth world, which does what it is told, and the phone's side of the recorded log.

`Rig`: a pin that runs PROGRAM on the real MicroPython, a phone, and a way to have the pin evaluate an expression. What it
prints after 'FW ' is what the recorded log has.
"""
import re

from tests.simulator.radio.phone import Refused

PIN_MAC = bytes.fromhex('a0b1c2d3e4f5')
PHONE = 'c01122334455'
NAME, SECRET, ENCRYPTED, RX = (f'7e57000{number}-0d3c-4b8f-9a4e-6b1f0c0ffee0' for number in (2, 3, 4, 5))
PASSKEY = 271828
PROGRAM = '''
import bluetooth, machine, time

SERVICE = bluetooth.UUID('7e570001-0d3c-4b8f-9a4e-6b1f0c0ffee0')
PARTS = [('name', 2, 0x02 | 0x08 | 0x1000 | 0x2000), ('secret', 3, 0x02 | 0x10 | 0x200 | 0x400),
         ('enc', 4, 0x02 | 0x08 | 0x200 | 0x1000), ('rx', 5, 0x04 | 0x08)]
NAMES = {1: 'CENTRAL_CONNECT', 2: 'CENTRAL_DISCONNECT', 3: 'GATTS_WRITE', 4: 'GATTS_READ_REQUEST', 20: 'GATTS_INDICATE_DONE',
         21: 'MTU_EXCHANGED', 27: 'CONNECTION_UPDATE', 28: 'ENCRYPTION_UPDATE'}
ble, H, secrets, state = bluetooth.BLE(), {}, {}, {'passkey': 271828}
memory = machine.RTC().memory


def emit(*words):
    print('FW', *words)


def whole(value):
    return value if value is None or isinstance(value, int) else bytes(value)


def get_secret(kind, index, key):
    if key is None:
        all_of = [value for (other, _), value in secrets.items() if other == kind]
        value = all_of[index] if index < len(all_of) else None
    else:
        value = secrets.get((kind, key))
    emit('GET_SECRET', kind, index, key, None if value is None else len(value))
    return value


def set_secret(kind, key, value):
    emit('SET_SECRET', kind, key, None if value is None else len(value))
    if value is None:
        return secrets.pop((kind, key), None) is not None
    secrets[kind, key] = value
    return True


def irq(event, data):
    if 'trap' in state:
        raise ValueError(state.pop('trap'))
    if 'keep' in state:
        state['keep'].append(data)
    data = [whole(value) for value in data]
    if event == 29:
        return get_secret(*data)
    if event == 30:
        return set_secret(*data)
    if event == 31:
        emit('PASSKEY_ACTION', *data)
        if data[1] == 3 and state['passkey'] is not None:
            ble.gap_passkey(data[0], 3, state['passkey'])
        elif data[1] == 4:
            ble.gap_passkey(data[0], 4, 1)
        return None
    emit(NAMES[event], *data)
    state['conn'] = data[0] if event == 1 else state.get('conn')
    if event == 3:
        emit('VALUE', data[1], ble.gatts_read(data[1]))
    if event == 2:
        adv()
    if event == 4:
        return state.get('refuse')


def adv():
    ble.gap_advertise(100_000, b'\\x02\\x01\\x06' + b'\\x11\\x07' + bytes(SERVICE), resp_data=b'\\x08\\x09Pin-123')


def start():
    ble.irq(irq)
    ble.active(True)
    ble.config(gap_name='Pin-123', mtu=247, bond=True, mitm=True, io=0, le_secure=True)
    parts = [(bluetooth.UUID('7e57000%d-0d3c-4b8f-9a4e-6b1f0c0ffee0' % number), flags) for _, number, flags in PARTS]
    handles, = ble.gatts_register_services(((SERVICE, parts),))
    for (name, _, _), handle in zip(PARTS, handles):
        H[name] = handle
    ble.gatts_set_buffer(H['rx'], 64, True)
    for name, value in (('name', b'Ada'), ('secret', b'top secret value'), ('enc', b'enc')):
        ble.gatts_write(H[name], value)
    emit('HANDLES', *handles)
    emit('MAC', *ble.config('mac'))
    adv()


class fw:
    adv, start = adv, start


while True:
    text = memory()
    if text:
        memory(b'')
        try:
            answer = repr(eval(text))
        except Exception as error:
            answer = 'EXC ' + repr(error)
        print('ANSWER', answer)
    time.sleep_ms(20)
'''


class Rig:
    """`port`: as Stack's; `late`: the phone comes when the pin advertises already. `ask(expression)`: the repr of what the pin
    makes of it; 'EXC ...' for an exception."""

    def __init__(self, world, port='esp32', late=False, **options):
        self.world = world
        self.pin = world.add_pin('Ada', files={'/main.py': PROGRAM.encode(), '/boot.py': b''}, on=False)
        self.pin.radio.port, self.pin.radio.mac = port, PIN_MAC
        self._heard = 0
        self.pin.boot()
        world.run(0.1)
        if late:
            self.ask('fw.start()')
        self.phone = world.add_phone('Ben', **{'identity': PHONE, 'mtu': 517, **options})
        self.do = self.phone.do

    def ask(self, expression):
        before = self.pin.console.text.count('ANSWER ')
        self.pin.board._rtc_memory = expression.encode()
        assert self.world.run_until(lambda: self.pin.console.text.count('ANSWER ') > before, 10, 10)
        return self.pin.console.text.rpartition('ANSWER ')[2].partition('\n')[0]

    def said(self):
        """What the program has printed of events since the last call."""
        lines = [line[3:] for line in self.pin.console.text.splitlines() if line.startswith('FW ')]
        self._heard, new = len(lines), lines[self._heard:]
        return new

    def attempt(self, coroutine):
        """('ok', result), or what was refused as the recorded log has it."""
        try:
            return 'ok', self.do(coroutine)
        except Refused as refused:
            if refused.kind == 'att':
                return 'att', f'{refused.code:#04x}'
            return ('proto', 'smp') if refused.kind == 'smp' else ('proto', 'hci', 'PIN_OR_KEY_MISSING_ERROR')


def normal(lines, handles):
    """Lines as the recorded log has them, whatever the handles are."""
    for line in lines:
        word, _, rest = line.partition(' ')
        fields = rest.split(' ') if rest else []
        if word == 'HANDLES':
            fields = []
        elif word.startswith(('GATTS', 'VALUE')):
            at = 0 if word == 'VALUE' else 1
            fields[at] = 'h:' + handles[int(fields[at])]
        if fields and word not in ('VALUE', 'MAC', 'GET_SECRET', 'SET_SECRET'):
            fields[0] = 'X' if fields[0] == '65535' else 'C'
        line = ' '.join([word, *fields])
        yield re.sub(r'(PASSKEY_ACTION C 4) \d+', r'\1 N', line)
