"""Everything crashes once: `make bench-crashes`. Prints tables, and merges its figures into build/bench.json.

    crash_points                struck in all: modules that can't be imported, and the points below
    crash_points_bad            after which not all went on, or came back
    crash_restarts              points after which the pin reset itself once, and then all went on
    crash_safe_modes            that led to safe mode, from three starts in a row
    crash_prompt_only           modules without which not even safe mode starts; the prompt on the cable is there

Three campaigns on the whole firmware, each crash in a life of a pin that is not spent by another:

* modules: one can't be imported at all, at any time. All that does not use it goes on; where the start needs it, three crashes
  lead to safe mode. The prompt on the cable answers, and once the right code is there, everything works.
* starts: each point that a start comes by is struck in three starts and no more. Safe mode, where they were crashes, is
  left with the button, and everything works.
* life: each point that a scene of life comes by (crash_scenes) is struck once, in that scene. Then the scene succeeds when it
  is played again; in the end so do the screens, steps, a tap and the prompt.

A point is the beginning of a function, a statement that takes heap or loads code, or one that works on a file (crash_points).
ARGS='--only social' takes sources with that in their path, ARGS='--share 10' each tenth point.
"""
import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter, defaultdict
from typing import NamedTuple

from tests.bench import crash_points
from tests.bench.crash_points import DEFECT, MEMORY
from tests.bench.crash_scenes import BEGIN_S, SCENES, SLOT_S, Life
from tests.bench.record import merge
from tests.simulator.image import add_files, compiled_text, firmware_files
from tests.simulator.runtime import micropython
from tests.simulator.world import World

COVERED = ('rest', 'cell', 'look', 'read', 'walk', 'tap', 'bind', 'ask')        # in slots 1 on; slot 0 is the start
TELLING_HEAP = '440k'                           # 384k, and room for the calls that tell
LONGEST_START_S = 60
CRASHES = 3                                     # starts that one point may spoil
STEADY_S = 3                                    # a start that lasts so long has not crashed
FAULT_S = 8                                     # after a scene, for what comes of a crash
PATIENCE_S = (0, 61, 75)                        # before each try: services are back in 60 s, a mute NFC chip in 120 s
PROMPT_S = 10
SAID_EVERY = 50                                 # jobs
PER_LIFE = 5                                    # points; a service that is vital may crash 6 times in a row
SCENE_OF = {'screens': 'look', 'steps': 'walk', 'a tap': 'tap'}
SETTLED_S = 25                                  # the first picture is long there, and the code of a tap
UP = 'pin: up'


class Outcome(NamedTuple):
    """What came of a crash: `what` was struck and where it `led`; `seen` by the wearer; `bad`: what did not work after it."""
    campaign: str
    what: str
    led: str
    seen: str
    bad: tuple


def say(line):
    sys.stdout.write(line + '\n')
    sys.stdout.flush()


# ---- what a life comes by

def coverage():
    """({scene or 'start': {Point}}, {path: scenes that use the module}) of a life with all scenes and no crash."""
    files, points = crash_points.telling(SLOT_S * 1000)
    with World(1) as world:
        life = Life(world, files, heap=TELLING_HEAP)
        for number, scene in enumerate(COVERED, 1):
            world.run(number * SLOT_S - world.now_ms / 1000)
            if not getattr(life, scene)():
                raise RuntimeError(f'{scene} does not even work without a crash; {life.faults()}')
        lines = [line.split() for line in life.ada.console.text.splitlines() if line.startswith('HIT ')]
    reached, users = defaultdict(set), defaultdict(set)
    for _, slot, number in lines:
        scene, point = (('start', *COVERED)[int(slot)], points[int(number)])
        reached[scene].add(point._replace(number=point.number - first_of(points, point.path)))
        users[point.path].add(scene)
    return reached, users


def first_of(points, path):
    return next(point.number for point in points if point.path == path)


# ---- after a crash

def settle(life):
    """Let the starts go on until one lasts; returns where it led: 'up', 'safe mode' or 'prompt'."""
    def settled():
        text = life.ada.console.text.rpartition('=== boot')[2]
        return life.ada.main_ended or UP in text or 'ui: showing safe_mode' in text
    lasting, ends_ms = 0, life.world.now_ms + LONGEST_START_S * 1000
    while lasting < STEADY_S and life.world.now_ms < ends_ms:
        boots = life.ada.boots
        life.world.run(1)
        lasting = lasting + 1 if settled() and life.ada.boots == boots else 0
    if life.ada.main_ended:
        return 'prompt'
    return 'safe mode' if 'safe_mode' in life.shown(life.ada.console.text.rfind('=== boot')) else 'up'


def at_prompt(life, programs=()):
    """Wake the pin, whose cable is dead while it sleeps; Ctrl-C, and run programs at the prompt; whether that answers."""
    life.ada.press()
    life.world.run(1)
    life.ada.type(b'\x03')
    life.world.run(1)
    since = life.mark()
    life.ada.type(b'\x02\r\x01')
    for program in (*programs, 'print("he" + "re")'):
        life.ada.type(program.encode() + b'\x04')
    return life.world.run_until(lambda: 'here' in life.ada.console.text[since:], PROMPT_S, 50)


def mend(life):
    """The prompt answers, so that a deploy could come (tests/device has those); the right code is there, and the pin starts.
    Returns what does not work of that."""
    if not at_prompt(life):
        return ['the prompt']
    pin = life.ada
    pin.cut_power()
    fs = pin.files()
    add_files(fs, {path: data for path, data in firmware_files(micropython().arch).items() if not path.startswith('/assets')})
    os.pwrite(pin.flash.fd, bytes(fs.context.buffer) + pin.lane(), 0)
    pin.boot()
    life.world.run(1)
    led = settle(life)
    return leave(life) if led == 'safe mode' else [] if led == 'up' else ['a start after the deploy']


def leave(life):
    """Leave safe mode with the button; again where the next start leads there, too, as long as the cause is there."""
    for _ in range(CRASHES):
        life.world.run(1)
        life.ada.press(ms=800)
        life.world.run(2)
        if settle(life) == 'up' and life.shown()[-1] == 'name_tag':
            return []
    return ['leaving safe mode']


def tried(life, scene):
    """[] where a scene succeeds, at the latest some time later."""
    for pause_s in PATIENCE_S:
        life.world.run(pause_s)
        if life.ada.on and getattr(life, scene)():
            return []
    return [scene]


def unwell(life):
    """What still does not work some time later."""
    bad = []
    for pause_s in PATIENCE_S:
        life.world.run(pause_s)
        bad = life.well() if life.ada.on else ['the pin']
        if not bad:
            break
    return bad


def seen(life, since):
    """The screens since then, with the sentence where there was one, in short."""
    shown = list(dict.fromkeys(life.shown(since)))
    return ', '.join(shown) if len(shown) < 5 else f'{len(shown)} screens'


# ---- the campaigns; each returns [Outcome]

def module_life(path, kind, users):
    """The module at `path` raises `kind` when it is imported; `users`: the scenes that need it."""
    broken = {crash_points.on_pin(path): compiled_text(f'raise {kind}("struck")\n')}
    with World(1) as world:
        life = Life(world, broken)
        led = settle(life)
        looks, bad = seen(life, life.ada.console.text.rfind('=== boot')), []
        if led == 'up':
            boots = life.ada.boots
            bad = [what for what in life.well() if SCENE_OF[what] not in users and 'start' not in users]
            bad += ['a reset'] * (life.ada.boots > boots) + ['its first start'] * (boots > 1)
        elif led == 'safe mode':
            bad = [] if 'stopped three times' in life.ada.console else ['the sentence']
        bad += mend(life)
        bad += unwell(life) if not bad else []
        return [Outcome('modules', f'{path} {kind}', led, looks, tuple(bad))]


def start_life(point):
    """`point` is struck in the first three starts that come by it."""
    with World(1) as world:
        life = Life(world, crash_points.struck_at(point.path, [(0, point)], times=CRASHES))
        led = settle(life)
        looks, crashes = seen(life, life.ada.console.text.rfind('=== boot')), life.ada.boots - 1
        if not life.ada.console.text.count(f'STRUCK {point.number}\n'):
            return []
        bad = []
        if led == 'prompt' or led == 'up' and not crashes and life.well():
            for _ in range(CRASHES):            # what it lacks is there again once the cause is gone
                life.ada.cut_power()
                life.ada.boot()
                life.world.run(BEGIN_S)
            led += ', then ' + settle(life)
            bad = ['the starts after it'] * led.endswith('prompt')
        if led.endswith('safe mode'):
            bad += leave(life)
        bad += unwell(life)
        bad += [] if at_prompt(life) else ['the prompt']
        bad += world.complaints[:1]
        return [Outcome('starts', str(point), f'{led} after {crashes}' if crashes else led, looks, tuple(bad))]


def scene_life(scene, points):
    """Each of `points`, of one module, is struck in a `scene` of its own. Those of one life end with the first that resets the
    pin or is bad; what is left begins another."""
    found, left = [], list(points)
    while left:
        done = _one_life(scene, left)
        if not done:
            break
        found += [one for _, one in done if one]
        left = left[len(done):]
    return found


def _one_life(scene, points):
    """[(Point, Outcome or None where it was not come by)] of the first of `points`."""
    done = []
    slot_s = SCENES[scene]
    first_s = SLOT_S if scene == 'ask' else SETTLED_S
    plan = [((first_s + number * slot_s) * 1000 - 50, point) for number, point in enumerate(points)]
    with World(1) as world:
        life = Life(world, crash_points.struck_at(points[0].path, plan), phone=scene == 'ask')
        for number, point in enumerate(points):
            world.run(first_s + number * slot_s - world.now_ms / 1000)
            since, boots, began_ms = life.mark(), life.ada.boots, world.now_ms
            getattr(life, scene)()
            world.run(FAULT_S)
            looks, restarts = seen(life, since), life.ada.boots - boots
            if f'STRUCK {point.number}\n' not in life.ada.console.text[since:]:
                done.append((point, None))
                continue
            bad = [] if life.ada.on and not life.ada.main_ended else ['the pin']
            bad += tried(life, scene) if not bad else []
            led = f'{restarts} restart' if restarts else 'goes on' if life.faults(since) else 'goes on, silent'
            last = number + 1 == len(points) or bad or restarts or world.now_ms > began_ms + (slot_s - 2) * 1000
            if last and not bad:
                bad = unwell(life) + ([] if at_prompt(life) else ['the prompt']) + world.complaints[:1]
            done.append((point, Outcome('life: ' + scene, str(point), led, looks, tuple(bad))))
            if last:
                break
    if done and done[-1][1] and done[-1][1].bad and len(done) > 1:      # which of them was it?
        return done[:-1] + _one_life(scene, [done[-1][0]])
    return done


def work(job):
    """A job's Outcomes; one that breaks off is bad."""
    function, arguments = job
    try:
        return {'module': module_life, 'start': start_life, 'scene': scene_life}[function](*arguments)
    except Exception as error:                  # noqa: BLE001  whatever it was, it is a crash that was not survived
        what = arguments[0] if function != 'scene' else f'{arguments[0]}: {"; ".join(map(str, arguments[1]))}'
        return [Outcome(function, str(what), 'broke off', '', (f'{type(error).__name__}: {error}',))]


def jobs(reached, users, options):
    """[(function's name, arguments)] of all that is to be done."""
    found = []
    for path in crash_points.struck():
        if options.only in path and 'modules' in options.campaigns and not path.endswith('__init__.py'):
            kinds = (DEFECT,) if 'start' in users.get(path, ()) else (DEFECT, MEMORY)
            found += [('module', (path, kind, sorted(users.get(path, ())))) for kind in kinds]
    if 'starts' in options.campaigns:
        found += [('start', (point,)) for point in sorted(reached['start']) if options.only in point.path]
    taken, groups = set(), defaultdict(list)
    for scene in SCENES if 'life' in options.campaigns else ():
        for point in sorted(reached[scene] - taken):
            if options.only in point.path:
                groups[scene, point.path].append(point)
        taken |= reached[scene]
    for (scene, _), points in groups.items():
        found += [('scene', (scene, points[at:at + PER_LIFE])) for at in range(0, len(points), PER_LIFE)]
    return found[options.first::options.share]


def table(outcomes):
    """Lines: how often which campaign led where, and each that is bad."""
    counted = Counter((one.campaign, one.led) for one in outcomes)
    lines = [f'{count:6}  {campaign:12}  {led}' for (campaign, led), count in sorted(counted.items())]
    bad = [f'  {one.campaign}: {one.what} ({one.led}; seen: {one.seen}): {", ".join(one.bad)}' for one in outcomes if one.bad]
    return lines + ['', f'{len(bad)} bad:', *bad]


def main(arguments):
    """Returns the exit code: 1 where anything is bad."""
    parser = argparse.ArgumentParser(prog='make bench-crashes')
    parser.add_argument('--only', default='', help='sources with this in their path')
    parser.add_argument('--share', type=int, default=1, help='each so-manieth job')
    parser.add_argument('--first', type=int, default=0, help='where the share begins')
    parser.add_argument('--campaigns', default='modules,starts,life')
    parser.add_argument('--jobs', type=int, default=multiprocessing.cpu_count())
    options = parser.parse_args(arguments)
    reached, users = coverage()
    wanted, outcomes, began_s = jobs(reached, users, options), [], time.monotonic()
    say(f'{len(set().union(*reached.values()))} points are come by in {len(users)} modules; {len(wanted)} jobs')
    with multiprocessing.get_context('spawn').Pool(options.jobs) as pool:
        for number, found in enumerate(pool.imap_unordered(work, wanted), 1):
            outcomes += found
            for one in found:
                if one.bad:
                    say(f'  {number}/{len(wanted)} {one}')
            if number % SAID_EVERY == 0:
                say(f'  {number}/{len(wanted)} after {time.monotonic() - began_s:.0f} s')
    say('\n'.join(table(outcomes)) + f'\n{time.monotonic() - began_s:.0f} s')
    bad = sum(1 for one in outcomes if one.bad)
    figures = {'crash_points': len(outcomes), 'crash_points_bad': bad,
               'crash_restarts': sum('restart' in one.led for one in outcomes),
               'crash_safe_modes': sum('safe mode' in one.led for one in outcomes),
               'crash_prompt_only': sum(one.led.startswith('prompt') for one in outcomes)}
    if not options.only and options.share == 1 and options.campaigns == 'modules,starts,life':
        merge(figures)
    say('\n'.join(f'{key:24} {value}' for key, value in figures.items()))
    return int(bad > 0)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
