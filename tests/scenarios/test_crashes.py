"""Every service and every screen crashes once, and runs out of memory once: the rest goes on, it comes back, the pin can tell.

Nothing here lists them: services are those that the supervisor of a running pin has, screens are the modules of their folder.
The exception strikes a service where it waits, a screen where it draws. `make bench-crashes` breaks every module and strikes
every function, in many lives; the last test plays one of them.
"""
from firmware.system.log import Log
from firmware.ui import workings
from tests.bench import crash_points, crashes
from tests.scenarios.test_navigation import LONG_PRESS_MS, press, shown
from tests.simulator.data import names_of_friends, storage_of
from tests.simulator.image import compiled_text
from tests.simulator.runtime import ROOT

APART_S = 61                                    # after a crash of the display's service, so that it counts for the first one
SOON_S = 15
CARD = {'name': 'Ada Lovelace', 'title': 'Analyst', 'email': 'ada@example.com'}
KINDS = ('ValueError', 'MemoryError')

SUPERVISOR = '''
class Supervisor(Supervisor):
    async def run(self):
        asyncio.create_task(_strike(self))
        await super().run()

async def _strike(supervisor):
    await asyncio.sleep(10)
    for kind in (ValueError, MemoryError):
        for service in supervisor._services:
            supervisor._log.info('strike', service.name)
            task = service.task
            while type(task.data) is type(task):
                task = task.data                # which it waits for
            task.cancel()
            task.data = kind('struck')          # and not CancelledError
            await asyncio.sleep({apart} if service.vital else {soon})
    supervisor._log.info('strike', 'over')
'''

STAGE = '''
class _Struck:
    def __init__(self, stage, screen):
        self._stage, self._screen = stage, screen

    def __getattr__(self, key):
        return getattr(self._screen, key)

    def draw(self, *arguments):
        self._strike()
        self._screen.draw(*arguments)

    def frame(self, *arguments):
        self._strike()
        self._screen.frame(*arguments)

    def _strike(self):
        kind, self._stage.kind = self._stage.kind, None
        if kind:
            raise kind('struck')


class Stage(Stage):
    kind, touring = None, False

    async def run(self):
        if not self.touring:
            self.touring = True
            asyncio.create_task(self._tour())
        await super().run()

    def _module(self, name):
        module = super()._module(name)
        return _Struck(self, module) if self._model.entered and self._model.entered[-1][0] == name else module

    async def _tour(self):
        await asyncio.sleep(5)
        self._model.new_rank, self._model.new_design, self._model.friend_name = 'gold', 3, 'Ben'    # for the moments
        for name in {names}:
            for kind in (ValueError, MemoryError):
                self._log.info('strike', name)
                self.kind, self._shown = kind, None     # the name tag, too, is drawn anew
                self._model.entered, self._model.depth = [(name, 0)], 1
                self._happened.set()
                self._touched_ms = time.ticks_ms()
                await asyncio.sleep({apart} if kind is ValueError else {soon})
        self._log.info('strike', 'over')
'''
REPORT = '''
_plain_draw = draw


def draw(model, canvas, assets):
    print('REPORT', model.rows)
    _plain_draw(model, canvas, assets)
'''


def changed(path, text, **values):
    """{path: .mpy} of a module with more at its end."""
    for key, value in values.items():
        text = text.replace('{' + key + '}', repr(value))
    return {f'/{path[:-3]}.mpy': compiled_text((ROOT / path).read_text() + text)}


def strikes(pin):
    """[(struck, log entries from then to the next strike)]."""
    found = []
    for entry in pin.console.entries():
        if entry.source == 'strike':
            found.append((entry.text, []))
        elif found:
            found[-1][1].append(entry)
    assert found[-1][0] == 'over'
    return found[:-1]


def tells_of_a_crash(world, pin):
    """What the screen 'Last fault' says, which is what the flash has."""
    log = Log(str)
    log.keep_on(storage_of(pin))
    on_flash = workings._crash(type('Pin', (), {'log': log, 'storage': log._storage}))
    while shown(pin) != 'settings':
        press(world, pin)
    press(world, pin, 1, LONG_PRESS_MS)
    press(world, pin, 12)
    press(world, pin, 1, LONG_PRESS_MS)
    assert shown(pin) == 'crash_report' and f'REPORT {on_flash}' in pin.console
    return on_flash


def test_every_service_crashes_and_comes_back(world):
    files = changed('firmware/system/supervisor.py', SUPERVISOR, apart=APART_S, soon=SOON_S)
    ada = world.add_pin('Ada Lovelace', CARD, friends=4, files=files | changed('firmware/ui/screens/crash_report.py', REPORT))
    assert world.run_until(lambda: 'strike: over' in ada.console, 60 * APART_S, step_ms=10_000)
    found = strikes(ada)
    services = [name for name, _ in found[:len(found) // 2]]
    assert {'ui', 'nfc', 'motion', 'button', 'health'} <= set(services)
    assert [name for name, _ in found] == services * 2
    for number, (name, entries) in enumerate(found):
        said = ('crashed. ValueError: ', 'ran out of memory. MemoryError: ')[number // len(services)] + 'struck'
        errors = [(entry.source, entry.text) for entry in entries if entry.level == 'E' and 'struck' in entry.text]
        assert errors == [('supervisor', f'{name} {said}')], (name, errors)
        assert 'notice' not in str(entries), entries
    assert ada.boots == 1
    assert tells_of_a_crash(world, ada)[0].endswith('struck')
    ben = world.add_pin('Ben Okafor')
    world.run(20)
    world.bump(ada, ben)                        # sensor, NFC, tap, flash, screen
    assert world.run_until(lambda: names_of_friends(ada)[0] == 'Ben Okafor', 5, step_ms=500)
    ada.swipe('left')
    world.run(3)
    ada.touch()
    assert world.complaints == []


def test_every_screen_crashes_and_is_shown_again(world):
    names = sorted(path.stem for path in (ROOT / 'firmware/ui/screens').glob('*.py') if path.stem != '__init__')
    files = changed('firmware/ui/stage.py', STAGE, apart=APART_S, soon=SOON_S, names=names)
    ada = world.add_pin('Ada Lovelace', CARD, friends=4, files=files)
    assert world.run_until(lambda: 'strike: over' in ada.console, 3 * len(names) * APART_S, step_ms=10_000)
    found = strikes(ada)
    assert [name for name, _ in found] == [name for name in names for _ in KINDS]
    for number, (name, entries) in enumerate(found):
        texts = [entry.text for entry in entries]
        if number % 2:                          # MemoryError: given room, it is drawn at once
            assert f'showing {name}' in texts and not any('ui crashed' in text for text in texts), (name, texts)
        else:
            assert f'the screen {name} failed' in texts, (name, texts)
            assert 'ui crashed. ValueError: struck' in texts, (name, texts)
            assert 'showing name_tag' in texts, (name, texts)
        assert [entry.source for entry in entries if entry.level == 'E' and entry.source != 'supervisor'] == []
    assert ada.boots == 1 and world.complaints == []


def test_what_crashes_in_three_starts_leads_to_safe_mode_which_is_left_once_the_cause_is_gone(micropython):
    path = 'firmware/motion/motion.py'
    point = crash_points.marked(path, (ROOT / path).read_text())[1][0]
    assert point.place.startswith('Motion.__init__') and point.kind == crash_points.DEFECT
    found, = crashes.start_life(point)
    assert (found.led, found.seen, found.bad) == ('safe mode after 3', 'safe_mode', ())
