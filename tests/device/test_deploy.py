"""`make deploy`: the real mpremote on the serial port of a simulated board, whose own MicroPython does the rest.

What is copied is a small product, since mpremote moves a few kilobytes a second, on a board that has the real one or nothing.
"""
import hashlib
import json

import pytest

from assets import pack
from tests.device import deploy as command
from tests.device.deploy import OnBoard, Plan, deploy
from tests.device.errors import DeviceError, report
from tests.simulator.image import LOOSE, compiled, firmware_files, modules, product_image, sources
from tests.simulator.pty_port import run_realtime
from tests.simulator.runtime import micropython
from tests.simulator.usb import Cable

pytestmark = [pytest.mark.interop, pytest.mark.micropython]
BLOCKS = 1024                                   # of add_pin
LIMIT_S = 100                                   # of real time, on a busy machine
TELLS_LOOSE = b"from firmware import version\nprint('up, Cloud Pin', version.NAME)\n"
TELLS = b"import os\nos.chdir('/code')\n" + TELLS_LOOSE + b"os.chdir('/')\n"
OLD_BOOT = b"""import os
try:
    os.stat('/next/ready')
except OSError:
    pass
else:
    from firmware.system.update import finish
    finish()
"""


def deployed(world, pin, *words, cut_at=None):
    """The exit code of the command on `pin`'s cable."""
    with Cable(pin, cut_at) as cable:
        return run_realtime(world.clock, [cable], lambda: report(deploy, ['--port', cable.url, *words]), limit_s=LIMIT_S)[0]


NEEDED = ('/firmware/__init__.mpy', '/firmware/system/crash_loop.mpy', '/firmware/boards/__init__.mpy',
          '/firmware/boards/power_on.mpy', '/firmware/system/overlay.mpy')          # by boot.py
TELLING = {'version': 'import part0, part1, part2\nNAME = part0.NAME + part1.NAME + part2.NAME\n'}


def small_code(version):
    """{path: .mpy}: what boot.py needs is real, the rest says its version."""
    arch = micropython().arch
    telling = {f'/lib/part{number}.mpy': compiled(f'NAME = {version!r}\n', arch, 'part') for number in range(3)}
    telling['/firmware/version.mpy'] = compiled(TELLING['version'], arch, 'version')
    return {**{path: modules(arch)[path] for path in NEEDED if path in modules(arch)}, **telling}


def small_product(version, **more):
    """{path: bytes}: boot.py and the pack are real, but for what is in it; `more`: {name: .mpy} in it."""
    real = firmware_files(micropython().arch)
    code = {**small_code(version), **{f'/lib/{name}.mpy': data for name, data in more.items()}}
    return {'/boot.py': real['/boot.py'], **{path: real[path] for path in LOOSE}, '/code.pack': pack.pack(code),
            '/lib/text.py': version.encode(), '/main.py': TELLS}


def loose_product(version):
    """The same as it was before there were packs: each module a file, and the update among them."""
    update = compiled(sources()['lib/update.py'], micropython().arch, 'update')
    return {**small_code(version), '/boot.py': OLD_BOOT, '/main.py': TELLS_LOOSE, '/firmware/system/update.mpy': update}


def board_with(world, files):
    """A board, switched off, with nothing but `files` in its file system."""
    pin = world.add_pin('Bare', on=False)
    pin.flash.load(product_image(files, BLOCKS))
    return pin


def last_said(pin):
    return [line for line in pin.console.text.splitlines() if line.startswith('up,')][-1]


@pytest.fixture
def product(monkeypatch):
    """Sets what the command deploys."""
    def choose(files):
        monkeypatch.setattr(command, 'firmware_files', lambda processor: files)
    return choose


def test_only_what_differs_is_copied_and_a_pin_in_safe_mode_comes_up(world, capfd):
    pin = world.add_pin('Ada', files={'/lib/old.txt': b'x', '/firmware/social/friends.mpy': b'of another world'})
    world.run(15)                               # three starts that crash
    assert 'showing safe_mode' in pin.console
    assert deployed(world, pin, '--nfc', 'i2c') == 0
    said = capfd.readouterr().out
    assert '3 files to copy' in said and '1 to remove' in said and 'up, Cloud Pin' in said     # among them the pack's head
    files = pin.files()
    with files.open('/code.pack', 'rb') as file:
        assert file.read() == firmware_files(micropython().arch)['/code.pack']
    with files.open('/board.json', 'rb') as file:
        assert json.loads(file.read()) == {'board': 'waveshare_touch_lcd_128', 'nfc': 'i2c'}
    assert 'old.txt' not in files.listdir('/lib') and 'next' not in files.listdir('/')
    assert world.complaints == []


def test_a_board_with_nothing_but_micropython(world, product, capfd):
    product(small_product('one'))
    pin = board_with(world, {})
    pin.boot()
    assert deployed(world, pin) == 0
    assert 'up, Cloud Pin oneoneone' in capfd.readouterr().out
    assert deployed(world, pin) == 0
    assert 'All 6 files are on the pin already' in capfd.readouterr().out


@pytest.mark.parametrize('cut_at', [f'/next/code/{pack.key("/lib/part1.mpy"):08x}'.encode(), b'pack.new', b'ready.new'])
def test_a_pulled_cable_leaves_a_pin_that_starts_and_the_next_deploy_mends_it(world, product, capfd, cut_at):
    pin = board_with(world, small_product('one'))
    pin.boot()
    product(small_product('two', more=compiled('x = 1\n' * 999, micropython().arch, 'more')))
    assert deployed(world, pin, cut_at=cut_at) == 1
    assert 'broke off' in capfd.readouterr().err
    pin.cut_power()
    pin.boot()
    world.run(1)
    assert last_said(pin) == 'up, Cloud Pin oneoneone'
    assert deployed(world, pin) == 0
    assert 'up, Cloud Pin twotwotwo' in capfd.readouterr().out



def test_an_update_is_put_in_place_whatever_the_power_does(world):
    """Power is cut at each flash operation of the update, torn or not; each time the pin then has the one or the other."""
    old, new = small_product('one'), small_product('two')
    staged = {'/next' + path: data for path, data in new.items() if data != old[path]}
    files = {**old, '/lib/gone.py': b'', **staged, '/next/ready': b'/lib/gone.py'}
    image, pin = product_image(files, BLOCKS), board_with(world, files)
    outcomes, cut_at, torn = set(), 0, 0.0
    while True:
        pin.flash.load(image)
        pin.flash.operations, pin.flash.cut_at, pin.flash.torn = 0, cut_at, torn
        pin.boot()
        world.run(1)
        whole = pin.on
        pin.flash.cut_at = None
        if not whole:
            pin.boot()
            world.run(1)
        outcomes.add(last_said(pin))
        left = pin.files()
        assert 'gone.py' not in left.listdir('/lib') and ('next' not in left.listdir('/') or not left.listdir('/next')), cut_at
        pin.cut_power()
        if whole:
            break
        cut_at, torn = (cut_at, 0.5) if torn == 0.0 else (cut_at + 1, 0.0)
    assert outcomes == {'up, Cloud Pin twotwotwo'} and cut_at > 10


def test_a_pack_is_put_together_whatever_the_power_does(world):
    """Power is cut while the board makes the pack: it has the old one, and declares the new one whole only where it is."""
    old, new = small_product('one'), small_product('two', more=b'x' * 3000)
    plan = Plan(new, OnBoard.of(old).have)
    listed = json.dumps({'files': plan.files, 'remove': []}).encode()
    script = '\n\n'.join(part.read_text() for part in (command.DIGEST, command.COMMIT)).encode()
    pin = board_with(world, {**old, **{'/next' + path: data for path, data in plan.send.items()}, '/next/list.json': listed,
                             '/main.py': script})
    image, outcomes = pin.flash.image(), []
    for cut_at in range(0, 200, 5):
        pin.flash.load(image)
        pin.flash.operations, pin.flash.cut_at, pin.flash.torn = 0, cut_at, 0.5 * (cut_at % 2)
        pin.boot()
        world.run(1)
        files = pin.files()
        with files.open('/code.pack', 'rb') as file:
            assert file.read() == old['/code.pack'], cut_at
        ready = 'ready' in files.listdir('/next')
        if ready:
            with files.open('/next/code.pack', 'rb') as file:
                assert file.read() == new['/code.pack'], cut_at
        outcomes.append(ready)
        if pin.on:
            break
        pin.cut_power()
    assert outcomes[-1] and pin.on and outcomes.count(False) > 3


def test_a_plan_sends_of_a_pack_what_the_board_lacks():
    old, new = small_product('one'), small_product('two')
    plan, staged = Plan(new, OnBoard.of(old).have), {}
    parts = [f'/code/{pack.key(f"/lib/part{number}.mpy"):08x}' for number in range(3)]
    assert set(plan.send) == {'/lib/text.py', '/code.head', *parts} and set(plan.files) == {'/lib/text.py', '/code.pack'}
    for path, data in list(plan.send.items())[:2]:
        staged['/next' + path] = hashlib.sha256(data).hexdigest()
    again = Plan(new, {**OnBoard.of(old).have, **staged})
    assert len(again.send) == 3 and again.files == plan.files and not again.stale and not again.remove
    made = Plan(new, {**OnBoard.of(old).have, **staged, '/next/code.pack': plan.files['/code.pack']})
    assert set(made.send) <= {'/lib/text.py'} and made.stale == [path for path in staged if path.startswith('/next/code')]


def test_a_pin_with_loose_modules_gets_the_pack(world, product, capfd):
    pin = board_with(world, loose_product('one'))
    pin.boot()
    world.run(1)
    assert last_said(pin) == 'up, Cloud Pin oneoneone'
    product(small_product('two'))
    assert deployed(world, pin) == 0
    assert 'up, Cloud Pin twotwotwo' in capfd.readouterr().out
    left = pin.files()
    assert sorted(left.listdir('/lib')) == ['pack.mpy', 'text.py', 'update.mpy'] and 'firmware' not in left.listdir('/')


def test_a_pin_without_its_pack_says_so_and_a_deploy_mends_it(world, product, capfd):
    files = small_product('one')
    pin = board_with(world, {**files, '/code.pack': files['/code.pack'][:200]})
    pin.boot()
    world.run(1)
    assert 'There is no whole /code.pack; make deploy brings it.' in pin.console.text
    product(files)
    assert deployed(world, pin) == 0
    assert 'up, Cloud Pin oneoneone' in capfd.readouterr().out


def test_a_plan_goes_on_where_the_last_one_stopped():
    files = {'/a': b'1', '/b': b'2', '/c': b'3'}
    digests = {path: Plan({path: data}, {}).files[path] for path, data in files.items()}
    plan = Plan(files, {'/a': digests['/a'], '/next/b': digests['/b'], '/next/c': 'torn', '/next/d': 'of another update',
                        '/old': 'x', '/board.json': 'y'})
    assert set(plan.files) == {'/b', '/c'} and set(plan.send) == {'/c'}
    assert plan.remove == ['/old'] and plan.stale == ['/next/d']


@pytest.mark.parametrize('words, sentence', [
    ([], 'No board was given; say PORT=/dev/ttyACM0'),
    (['--port', '/dev/no-such-port'], '/dev/no-such-port cannot be opened'),
    (['--port', 'x', '--board', 'arduino'], 'BOARD is one of waveshare_touch_lcd_128'),
    (['--port', 'x', '--nfc', 'usb'], 'NFC is one of spi, i2c, uart; "usb" is not.'),
])
def test_wrong_arguments_are_sentences(capsys, words, sentence):
    assert report(deploy, words) == 1
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize('facts, sentence', [
    ({'mpy': 6 | 5 << 10, 'version': '1.27.0', 'machine': 'Pico'}, 'no ESP32-S3 (Pico)'),
    ({'mpy': 6 | 10 << 10, 'version': '1.22.2', 'machine': 'S3'}, 'MicroPython 1.22.2 is too old'),
    ({'mpy': 5 | 10 << 10, 'version': '1.27.0', 'machine': 'S3'}, 'is too old'),
])
def test_what_does_not_run_there_is_not_copied(facts, sentence):
    board = command.OnBoard.__new__(command.OnBoard)
    board.facts = facts
    with pytest.raises(DeviceError) as problem:
        _ = board.processor
    assert sentence in str(problem.value)
