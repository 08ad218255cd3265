"""firmware/ui/stage on the virtual clock: which screen shows when, what ends a moment, and that stillness costs nothing."""
import asyncio
import contextlib
import gc
import types

import pytest

from firmware.system.events import Events
from firmware.ui import theme
from firmware.ui.model import Model
from firmware.ui.room import DRAWING_GARBAGE
from firmware.ui.stage import Stage
from open_files import OpenFiles
from tests.simulator.host import Host

FRIEND = types.SimpleNamespace(name='Jo', strip=b'')


@pytest.fixture(autouse=True)
def short_ring(monkeypatch):
    """The real one has screens that are not met here."""
    monkeypatch.setattr('firmware.ui.screens.RING', ('steps', 'friends', 'settings'))


class Screen:
    """Stands for a screen module: notes its draws in `trace`; `facts` are the model's attributes it depends on."""

    def __init__(self, trace, name, facts=(), frames=0, updates=False):
        self._trace, self._name, self._facts = trace, name, facts
        self.fails = False
        if frames:
            self.FRAMES = frames
            self.frame = lambda model, canvas, assets, number: trace.append(f'{name}/{number}')
        if updates:
            self.update = self._update

    def state(self, model):
        return tuple(getattr(model, fact) for fact in self._facts)

    def draw(self, model, canvas, assets):
        if self.fails:
            raise RuntimeError('ink is out')
        self._trace.append(self._name)

    def _update(self, model, canvas, assets, before):
        self._trace.append(f'{self._name} {before}->{self.state(model)}')
        return True


class Display:
    """Notes its life in `trace`; what it is sent costs nothing here."""

    def __init__(self, trace):
        self.trace = trace
        self.rotation = 0

    async def begin(self):
        self.trace.append('begin')
        await asyncio.sleep_ms(250)

    async def display_on(self):
        self.trace.append('on')

    async def sleep(self):
        self.trace.append('sleep')
        await asyncio.sleep_ms(120)

    async def wake(self):
        self.trace.append('wake')
        await asyncio.sleep_ms(120)

    def rotate(self, degrees):
        self.rotation = degrees


class Canvas:
    def __init__(self):
        self.flushes = 0
        self.touched = 0

    def touch_all(self):
        self.touched += 1

    def flush(self, display):
        self.flushes += 1

    async def flush_gently(self, display):
        self.flushes += 1


class Light:
    def __init__(self):
        self.levels = []

    def set(self, level):
        self.levels.append(round(level, 3))


class Log:
    def __init__(self):
        self.lines = []

    def info(self, source, text):
        self.lines.append(text)

    warning = error = lambda self, source, text, exception=None: self.lines.append(text)


class Rig:
    def __init__(self):
        self.host, self.trace, self.log, self.light = Host(seed=1), [], Log(), Light()
        self.events, self.canvas, self.model = Events(self.log), Canvas(), Model()
        self.display = Display(self.trace)
        self.model.has_card, self.model.name = True, 'Amelia'
        self.refreshes, self.asked, self.actions = 0, [], []
        self.events.subscribe(self, 'action', self.actions.append)
        self.screens = {}
        for name, facts, frames, updates in (
                ('name_tag', ('name',), 0, False), ('steps', ('steps_today',), 0, True), ('friends', ('friends',), 0, False),
                ('no_card', (), 0, False), ('notice', ('notice',), 0, False), ('starting', ('progress',), 0, False),
                ('safe_mode', ('trouble',), 0, False), ('crash_report', (), 0, False), ('pairing', ('passkey',), 0, False),
                ('charging', (), 0, False), ('settings', ('depth', 'cursor'), 0, False), ('not_bound', (), 0, False),
                ('moment_unlock', ('new_design',), 0, False), ('moment_medal', ('new_rank',), 0, False),
                ('moment_friend', ('friend_name', 'friend_number'), 3, False)):
            self.screens[name] = Screen(self.trace, name, facts, frames, updates)
        self.assets = assets = types.SimpleNamespace(trim=lambda picture=True: None, settle=int, files=OpenFiles())
        self.stage = Stage(self.display, self.canvas, self.light, assets, self.model, self._refresh, self.events, self.log,
                           rows=self._rows, load=self.screens.__getitem__)

    def _refresh(self, model):
        self.refreshes += 1

    async def _rows(self, *wants):
        self.asked.append(wants)
        await asyncio.sleep_ms(5)
        return list(range(wants[1], wants[1] + 3))

    def play(self, *acts):
        """Run the stage; each act is ms to wait, a callable, or (topic, value). Returns what was drawn, from the last
        `...` on where there is one."""
        async def script():
            task = asyncio.get_running_loop().create_task(self.stage.run())
            try:
                for act in acts:
                    if act is ...:
                        self.trace.clear()
                    elif isinstance(act, int):
                        await asyncio.sleep_ms(act)
                    elif callable(act):
                        act()
                    else:
                        self.events.publish(*act)
                assert not task.done(), task.exception()
            finally:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        self.host.run(script())
        return self.trace


@pytest.fixture
def rig():
    return Rig()


def become(rig, **facts):
    def act():
        for name, value in facts.items():
            setattr(rig.model, name, value)
    return act


PRESS = 'button', 'short'
HOLD = 'button', 'long'


def test_it_starts_dark_and_lights_up_with_the_name(rig):
    assert rig.play(1000) == ['begin', 'name_tag', 'on']
    assert rig.light.levels[0] == 0 and rig.light.levels[-1] == 0.7
    assert rig.light.levels == sorted(rig.light.levels)
    assert rig.log.lines == ['showing name_tag']


def test_without_a_card_home_says_how_to_get_one(rig):
    rig.model.has_card, rig.model.bound = False, True
    assert rig.play(1000, ..., become(rig, has_card=True), ('card', None), 500) == ['name_tag']


def test_the_button_goes_round_the_screens(rig):
    assert rig.play(1000, ..., *(PRESS, 500) * 4) == ['steps', 'friends', 'settings', 'name_tag']


def test_who_does_not_count_steps_has_no_steps_screen(rig):
    rig.model.counts_steps = False
    assert rig.play(1000, ..., *(PRESS, 500) * 3) == ['friends', 'settings', 'name_tag']


def test_a_still_screen_draws_and_sends_nothing(rig):
    rig.model.always_on = True

    def look():
        rig.flushes = rig.canvas.flushes
    assert rig.play(1000, look, ..., ('steps', 5), ('battery', 80), 3_000, ('settings', 'goal'), 100_000) == []
    assert rig.canvas.flushes == rig.flushes


def test_a_change_of_what_shows_is_drawn_in_place(rig):
    acts = 1000, PRESS, 500, ..., become(rig, steps_today=7), ('steps', 7), 500
    assert rig.play(*acts) == ['steps (0,)->(7,)']


def test_a_moment_plays_its_frames_and_gives_the_screen_back(rig):
    rig.model.friends = 12
    frames = ['moment_friend/0', 'moment_friend/1', 'moment_friend/2']
    assert rig.play(1000, ..., ('friend', FRIEND), 5000) == [*frames, 'name_tag']
    assert rig.model.friend_name == 'Jo' and rig.model.friend_number == 12


def test_a_moment_lasts_less_than_two_seconds(rig):
    rig.play(1000, ('unlock', 3), 1990)
    assert rig.log.lines == ['showing name_tag', 'showing moment_unlock', 'showing name_tag']


@pytest.mark.parametrize('event', [PRESS, ('button', 'long'), ('gesture', 'double_tap')])
def test_any_input_ends_a_moment_and_does_nothing_else(rig, event):
    assert rig.play(1000, ('unlock', 3), 400, ..., event, 300) == ['name_tag']


def test_moments_follow_each_other_and_each_is_told_when_it_shows(rig):
    shown = []
    rig.events.subscribe(rig, 'shown', shown.append)
    rig.play(1000, ..., ('friend', FRIEND), ('unlock', 1), ('medal', 'bronze'), 8000)
    order = [line for line in rig.trace if '/' not in line or line.endswith('/0')]
    assert order == ['moment_friend/0', 'moment_unlock', 'moment_medal', 'name_tag']
    assert shown == ['name_tag', 'moment_friend', 'moment_unlock', 'moment_medal', 'name_tag']


def test_the_same_notice_twice_is_one_notice(rig):
    assert rig.play(1000, ..., ('notice', 'Again.'), 100, ('notice', 'Again.'), 10_000) == ['notice', 'name_tag']


def test_a_friend_met_again_counts_nothing(rig):
    rig.model.friends = 12
    rig.play(1000, ('met_again', FRIEND), 500)
    assert rig.model.friend_number == 0


def test_it_dims_before_it_sleeps(rig):
    acts = 1000, PRESS, 500, ..., 12_000
    assert rig.play(*acts) == []                                # low light costs no drawing
    assert rig.light.levels[-1] == theme.LOW_LIGHT


def test_it_falls_asleep_dark_with_home_in_the_display_s_memory(rig):
    assert rig.play(1000, PRESS, 500, ..., 20_000) == ['name_tag', 'sleep']
    assert rig.light.levels[-1] == 0


def test_the_first_press_wakes_and_the_second_acts(rig):
    assert rig.play(20_000, ..., PRESS, 1000) == ['wake', 'on']
    assert rig.light.levels[-1] == 0.7


def test_a_moment_wakes_the_display_and_is_animated(rig):
    frames = ['moment_friend/1', 'moment_friend/2']
    assert rig.play(20_000, ..., ('friend', FRIEND), 1000) == ['wake', 'moment_friend/0', 'on', *frames]


def test_steps_do_not_wake_it(rig):
    assert rig.play(20_000, ..., become(rig, steps_today=9), ('steps', 9), 5000) == []


def test_a_name_that_is_always_on_stays_at_low_light(rig):
    rig.model.always_on = True
    assert rig.play(1000, ..., 4_000_000) == []
    assert rig.light.levels[-1] == theme.LOW_LIGHT


def test_turning_the_image_sends_all_of_it_again(rig):
    acts = 1000, ..., become(rig, rotation=180), ('settings', 'flip'), 500
    assert rig.play(*acts) == ['name_tag']
    assert rig.display.rotation == 180 and rig.canvas.touched == 1


def test_a_full_change_dips_the_light(rig):
    rig.play(1000, rig.light.levels.clear, PRESS, 500)
    assert min(rig.light.levels) == pytest.approx(0.07) and rig.light.levels[-1] == 0.7


def test_trouble_comes_before_everything(rig):
    rig.model.trouble = 'Flash gone.'
    assert rig.play(1000, ('friend', FRIEND), 3000, PRESS, 500) == ['begin', 'safe_mode', 'on', 'crash_report']


def test_while_the_pin_starts_it_says_so(rig):
    rig.model.progress = 'Looking around'
    assert rig.play(1000, ..., become(rig, progress=''), ('card', None), 500) == ['name_tag']


def test_a_screen_that_crashes_is_named_and_forgotten(rig):
    rig.screens['moment_unlock'].fails = True
    with pytest.raises((RuntimeError, AssertionError)):
        rig.play(1000, ('unlock', 1), ('medal', 'bronze'), 1000)
    assert 'the screen moment_unlock failed' in rig.log.lines
    assert rig.play(1000)[-3:] == ['begin', 'moment_medal', 'on']      # as the supervisor starts it again


def test_a_screen_that_finds_no_memory_is_given_room_and_then_time_and_drawn_again(rig):
    room, draw = [], rig.screens['steps'].draw

    def crowded(*where):
        if len(room) < 3:
            raise MemoryError
        draw(*where)
    rig.screens['steps'].draw, rig.display.trim = crowded, lambda: room.append('made')
    assert rig.play(1000, PRESS, 3000)[-1] == 'steps'
    assert room == 3 * ['made'] and rig.log.lines.count('makes room and tries again') == 3


def test_garbage_lies_longer_only_while_a_picture_changes_and_is_collected_in_the_dip(monkeypatch):
    """What CPython's gc lacks is given to it; 8,192 is what main.py sets."""
    set_to, collected, free, trimmed = [8192], [], [100_000], []
    monkeypatch.setattr(gc, 'threshold', lambda *size: set_to.extend(size) or set_to[-1], raising=False)
    monkeypatch.setattr(gc, 'mem_free', lambda: free[-1], raising=False)
    rig = Rig()
    rig.assets.trim = lambda picture=True: trimmed.append(free[-1])
    monkeypatch.setattr(gc, 'collect', lambda: collected.append(rig.light.levels[-1]))
    at_start = []
    rig.play(1000, lambda: at_start.extend(set_to), PRESS, 500)
    assert set(at_start) == {8192}                              # it makes much that is to stay
    assert set(set_to) == {8192, 8192 + DRAWING_GARBAGE} and set_to[-1] == 8192
    assert collected[-1] == pytest.approx(0.07) and trimmed == []
    rig.play(lambda: free.append(20_000), PRESS, 500)
    assert trimmed == [20_000]                                  # the last picture's type gives way to the next picture
