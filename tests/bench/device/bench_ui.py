"""Runs on MicroPython: the four scenes that other display libraries were measured with, and every frame of every screen, as
`tests/bench/ui.py` asks.

Prints one line of JSON: the micro-benchmarks; for each scene what drawing it with our library takes here and sends, and what
a plain frame buffer takes; for each screen the same of its first picture, its change and its frames. Times are this host's,
without those of the block device; `flash_us` is the flash's.
"""
import gc
import json
import struct

import bench_flash
import framebuf
import micro

FRAME, PIN_LIVE = 115_200, 340_000              # bytes of the pin's frame buffer, and of all that it holds at rest
ROUNDS, ROUNDS_OF_PICTURES = 15, 4              # the quickest counts
NAMES = ('Ana', 'Bartholomew', 'Chidi', 'Dorothea', 'Emeka', 'Fatima', 'Gustavo', 'Hana')
ROW, TOP, LEFT, WIDE, ROWS = 28, 50, 24, 192, 5


class Wire:
    """Stands for the display's SPI and for its pins: counts."""

    def __init__(self):
        self.clear()

    def clear(self):
        self.bytes = self.writes = 0

    def write(self, data):
        self.bytes += len(data)
        self.writes += 1

    def __call__(self, level):
        pass


class Bench:
    """The display's driver on a counting wire, the product's fonts and pictures on the simulator's flash."""

    def __init__(self, path, blocks, lane_blocks, erase_us, page_us, scale):
        self._scale = scale
        self.cells = bench_flash.Cells(path, blocks + lane_blocks, erase_us, page_us)
        bench_flash.mount(bench_flash.Partition(self.cells, 0, blocks))
        gc.threshold(-1)                        # collections are reckoned from the garbage
        self._device_garbage = self._garbage_of_a_call()
        from canvas import Canvas
        from firmware.ui.assets import Assets
        from gc9a01 import GC9A01
        from rgb565 import rgb
        self.wire, self.canvas = Wire(), Canvas()
        self.display = GC9A01(self.wire, self.wire, self.wire)
        self.assets = Assets('/flash/assets')
        self.ground, self.ink, self.soft, self.track, self.accent, self.other = [
            rgb(value) for value in (0x0B3C49, 0xF7F3E3, 0x2EC4B6, 0x105566, 0xFFC145, 0x124A58)]

    def _garbage_of_a_call(self):
        """Bytes that a call of the block device leaves here; on a board it is C."""
        device, buffer = bench_flash.Partition(self.cells, 0, 1), bytearray(64)
        gc.collect()
        before = gc.mem_alloc()
        for _ in range(100):
            device.readblocks(0, buffer, 0)
        return (gc.mem_alloc() - before) / 100

    def cost(self, draw, *arguments, rounds=ROUNDS):
        """What `draw(*arguments)` and the flush after it take: microseconds here of each, microseconds of flash, bytes of
        garbage, bytes and writes on the wire, windows. The quickest of `rounds`."""
        found = []
        for _ in range(rounds):
            gc.collect()
            self.cells.clear()
            self.wire.clear()
            before, started = gc.mem_alloc(), micro.cpu_us()
            draw(*arguments)
            drawn = micro.cpu_us()
            windows = self.canvas.flush(self.display)
            sent = micro.cpu_us()
            found.append({'draw_us': drawn - started - self.cells.host_us, 'flush_us': sent - drawn,
                          'flash_us': self.cells.flash_us,
                          'garbage': gc.mem_alloc() - before - self.cells.calls * self._device_garbage,
                          'bytes': self.wire.bytes, 'writes': self.wire.writes, 'windows': windows})
        return min(found, key=lambda cost: cost['draw_us'] + cost['flush_us'])

    def modelled_us(self, cost):
        """Of a board, without collections."""
        return taken(cost) * self._scale + cost['flash_us']

    def sketched(self, draw, *arguments):
        """([cost of each step of sketching], cost of painting that and sending it), as the stage does."""
        from firmware.ui import sketch as sketches
        sketches.ticks_ms = self._ticks_ms
        sketch, done, steps = sketches.Sketch(self.canvas, self.assets.files), False, []

        def step():
            nonlocal done
            done = sketch.step(draw, *arguments[:1], sketch, self.assets, *arguments[1:])
        while not done:
            steps.append(self.cost(step, rounds=1))
        return steps, self.cost(sketch.paint, rounds=3)

    def _ticks_ms(self):
        """The time that a board's clock would show."""
        return int((micro.cpu_us() - self.cells.host_us) * self._scale + self.cells.flash_us) // 1000

    # ---- the scenes, with our library

    def centred(self, font, text, base_line, colour):
        self.canvas.text(font, text, 120 - font.width(text) // 2, base_line, colour, self.ground)

    def name_tag(self):
        self.canvas.fill(self.ground)
        self.centred(self.assets.names[-1], 'Amelia Q', 94, self.ink)
        self.centred(self.assets.title, 'Field Engineer', 130, self.soft)
        rim = self.assets.rim
        rim.draw(self.canvas, rim.sectors * 65 // 100, self.accent, self.track, self.ground)

    def digits(self, before, text):
        """Only what differs is cleared, drawn and sent."""
        font, x = self.assets.names[-1], 120 - self.assets.names[-1].width(text) // 2
        at = 0
        while before[at] == text[at]:
            at += 1
        x += font.width(text[:at])
        self.canvas.rect(x, 110 - font.cap_height, font.width(text[at:]), font.cap_height + font.descent, self.ground)
        self.canvas.text(font, text[at:], x, 110, self.ink, self.ground)

    def design(self, number):
        with self.assets.design(number) as picture:
            picture.draw(self.canvas)

    def row(self, number, top):
        ground = self.other if number & 1 else self.ground
        self.canvas.rect(LEFT, top, WIDE, ROW, ground)
        self.canvas.text(self.assets.title, NAMES[number % len(NAMES)], LEFT + 8, top + 21, self.ink, ground)

    def rows(self, first):
        for number in range(ROWS):
            self.row(first + number, TOP + number * ROW)

    def scroll(self, first):
        """The rows that stay are moved in the frame, the new one is drawn."""
        frame, row = memoryview(self.canvas.buffer), 480 * ROW
        start, end = 480 * TOP, 480 * TOP + ROWS * row
        frame[start:end - row] = frame[start + row:end]
        self.canvas.touch(LEFT, TOP, WIDE, (ROWS - 1) * ROW)
        self.row(first + ROWS - 1, TOP + (ROWS - 1) * ROW)

    def scenes(self):
        """{scene: cost}; B and D begin with the picture before. Glyphs are in the cache, as they are of every peer."""
        found = {'a': self.cost(self.name_tag), 'b': None, 'c': self.cost(self.design, 3), 'd': None}
        self.canvas.fill(self.ground)
        self.digits('      ', '12,345')
        self.canvas.flush(self.display)
        found['b'] = self.cost(self.digits, '12,345', '12,346')
        self.canvas.fill(self.ground)
        self.rows(0)
        self.canvas.flush(self.display)
        found['d'] = self.cost(self.scroll, 1)
        self.canvas.flush(self.display)
        found['nothing'] = self.cost(lambda: None)
        return found


class Plain:
    """The same scenes on a frame buffer and nothing else, as short as can be: what a machine takes at least."""

    def __init__(self, bench, raw_path):
        self.raw_path = raw_path
        self.buffer = bytearray(240 * 240 * 2)
        self.frame = framebuf.FrameBuffer(self.buffer, 240, 240, framebuf.RGB565)
        self.bench = bench
        canvas = bench.canvas
        self.large, self.small = [self.glyphs(font) for font in (bench.assets.names[-1], bench.assets.title)]
        *self.palettes, self.other_palette = [framebuf.FrameBuffer(canvas.palette(*pair), 16, 1, framebuf.RGB565) for pair in (
            (bench.ink, bench.ground), (bench.soft, bench.ground), (bench.ink, bench.other))]

    def glyphs(self, font):
        """{character: (advance, x, y, framebuf)}."""
        found = {}
        for character in '0123456789,' + 'Field Engineer Amelia Q' + ''.join(NAMES):
            blobs = font.blobs(ord(character))
            x, y, w, h = struct.unpack('<bbBB', blobs[0][:4]) if blobs else (0, 0, 1, 1)
            glyph = framebuf.FrameBuffer(blobs[0][4:] if blobs else bytearray(1), w, h, framebuf.GS4_HMSB)
            found[character] = font.width(character), x, y, glyph
        return found

    def text(self, glyphs, text, x, y, palette):
        blit = self.frame.blit
        for character in text:
            advance, dx, dy, glyph = glyphs[character]
            blit(glyph, x + dx, y + dy, -1, palette)
            x += advance

    def name_tag(self):
        bench, ellipse = self.bench, self.frame.ellipse
        self.frame.fill(bench.ground)
        ellipse(120, 120, 118, 118, bench.track, True)
        ellipse(120, 120, 118, 118, bench.accent, True, 9)
        self.frame.fill_rect(0, 120, 50, 120, bench.track)
        ellipse(120, 120, 105, 105, bench.ground, True)
        self.text(self.large, 'Amelia Q', 63, 94, self.palettes[0])
        self.text(self.small, 'Field Engineer', 60, 130, self.palettes[1])

    def digits(self):
        self.frame.fill_rect(70, 80, 100, 31, self.bench.ground)
        self.text(self.large, '12,346', 78, 110, self.palettes[0])

    def design(self):
        with open(self.raw_path, 'rb') as file:
            file.readinto(self.buffer)

    def rows(self):
        for number in range(1, 1 + ROWS):
            top = TOP + (number - 1) * ROW
            odd = number & 1
            self.frame.fill_rect(LEFT, top, WIDE, ROW, self.bench.other if odd else self.bench.ground)
            self.text(self.small, NAMES[number], LEFT + 8, top + 21, self.other_palette if odd else self.palettes[0])

    def scenes(self):
        drawn = {'a': self.name_tag, 'b': self.digits, 'c': self.design, 'd': self.rows}
        return {scene: micro.quickest_us(lambda n, draw=draw: [draw() for _ in range(n)], 10) for scene, draw in drawn.items()}


# ---- the screens

def model_of(facts):
    from firmware.ui import theme
    from firmware.ui.model import Model
    model = Model()
    for name, value in facts.items():
        setattr(model, name, value)
    theme.use(theme.HIGH_CONTRAST if model.high_contrast else theme.CALM)
    return model


def taken(cost):
    return cost['draw_us'] + cost['flush_us']


def whole(costs):
    """The sum of several costs."""
    return {name: sum([cost[name] for cost in costs]) for name in costs[0]}


def pictures(bench, name, facts):
    """{what: cost} of a screen: its first picture with no glyph in the cache and with all of them, what comes before that, and
    its frames. Before each the assets are settled, as the stage has them after every picture."""
    from firmware.ui.assets import Assets
    from firmware.ui.screens import load, unload
    model, costs = model_of(facts), {}
    bench.assets = assets = Assets('/flash/assets')
    for what in ('cold', 'warm'):
        for number in range(ROUNDS_OF_PICTURES):
            screen = None
            if what == 'cold':
                assets.trim()
                unload()
            assets.settle()
            loading = bench.cost(load, name, rounds=1)
            screen = load(name)
            moves = hasattr(screen, 'FRAMES')
            steps, painted = bench.sketched(screen.frame if moves else screen.draw, model, *(0,) if moves else ())
            if what == 'cold' or number:        # the first may have brought a larger cache
                found = {'': painted, ' loading': loading, ' steps': whole(steps), ' step': max(steps, key=bench.modelled_us)}
                for key, cost in found.items():
                    costs[what + key] = min(costs.get(what + key, cost), cost, key=taken)
    for _ in range(ROUNDS_OF_PICTURES if moves else 0):
        assets.settle()
        bench.sketched(screen.frame, model, 0)
        if name.startswith('moment'):
            assets.trim(picture=False)          # as the stage does
        for number in range(1, screen.FRAMES):
            cost, frame = bench.cost(screen.frame, model, bench.canvas, assets, number, rounds=1), f'frame {number}'
            costs[frame] = min(costs.get(frame, cost), cost, key=taken)
    return costs


def parts(bench, screen, later, before):
    """The cost of each part of a change in place, each of which is shown at once; none where the screen draws itself anew."""
    found, costs = [], []

    def begin():
        found.append(screen.update(later, bench.canvas, bench.assets, before))
        if found[0] not in (True, False):
            go_on()

    def go_on():
        found.append(next(found[0], None))
    while len(found) < 2 or found[-1]:
        costs.append(bench.cost(go_on if found else begin, rounds=1))
        if found == [False]:
            return ()
        if found == [True]:
            break
    return costs


def change(bench, screen, facts, others):
    """Of changes in place from a state to each of `others`: the slowest part of any, and all parts of the slowest together;
    None where a screen draws itself anew."""
    slowest, longest = None, None
    for other in others:
        before = screen.state(model_of(facts))
        later = model_of(other)
        if before == screen.state(later) or later.high_contrast != bool(facts.get('high_contrast')):    # that is drawn anew
            continue
        several = []
        for _ in range(3):
            screen.draw(model_of(facts), bench.canvas, bench.assets)
            bench.canvas.flush(bench.display)
            bench.assets.settle()
            several.append(parts(bench, screen, later, before))
        quickest = [min(costs, key=taken) for costs in zip(*several)]
        if quickest:
            slowest = max([slowest or quickest[0]] + quickest, key=taken)
            longest = max(longest or whole(quickest), whole(quickest), key=taken)
    return slowest and {'change': slowest, 'in all': longest}


def screens(bench, part, parts):
    """{screen: {state: {what: cost}}} over all states that the golden pictures have, of the screens number `part`, `part` +
    `parts` and so on."""
    from golden_states import STATES

    from firmware.ui.screens import load
    found, failed = {}, []
    for name in sorted(STATES)[part::parts]:
        states, screen, found[name] = STATES[name], load(name), {}
        several = [{fact: value for fact, value in facts.items() if fact != 'frame'} for facts in states.values()]
        for state, facts in zip(states, several):
            found[name][state] = pictures(bench, name, facts)
            try:
                costs = hasattr(screen, 'update') and change(bench, screen, facts, several)
                found[name][state].update(costs or {})
            except (AttributeError, IndexError, KeyError, TypeError, ValueError) as problem:    # the others go on
                failed.append(f'{name} from {state}: {problem}')
                bench.canvas.flush(bench.display)
    return found, failed


def run(path, blocks, lane_blocks, erase_us, page_us, scale, raw_path, part, parts):
    """One `part` of the screens; with the first one the scenes, the designs and the micro-benchmarks."""
    bench = Bench(path, blocks, lane_blocks, erase_us, page_us, scale)
    result = {}
    if not part:
        result = {'scenes': bench.scenes(), 'plain': Plain(bench, raw_path).scenes()}
        result['designs'] = {str(number): bench.cost(bench.design, number, rounds=2) for number in range(-1, 33)}
    result['screens'], result['failed'] = screens(bench, part, parts)
    result['micro'] = micro.measure()
    print(json.dumps(result))


def speed():
    """Prints the micro-benchmarks alone."""
    print(json.dumps(micro.measure()))


def collection():
    """Prints what a collection takes here in a heap as full as a pin's; to be run in one of a pin's size."""
    rest = [bytearray(FRAME)]
    while gc.mem_alloc() < PIN_LIVE:
        rest.append((len(rest), bytearray(48)))
    print(micro.quickest_us(lambda n: gc.collect(), 1))
