"""The GC9A01 panel at the wire: commands and pixels in, what a person sees out.

Owns the controller's registers, its 240x240 graphics memory (GRAM) and the glass: everything that `picture()` shows
went through the bytes that the host clocked. Used by the world (one panel a pin) and by the driver's unit tests.
Models what the fact sheet of the panel lists: D/C per byte, the state after reset, window checks, RAMWR wrapping inside
its window and RAMWRC, MADCTL applied when pixels are written, BGR/inversion/idle/partial/scroll applied when they are
shown, the source scan bit of B6, the waits around reset and sleep. Reads are not modelled: the modules leave SDO open.

What a host may not do is told in `complaints`, one sentence each; tests assert that the list stays empty.
"""
import functools

import numpy
from PIL import Image, ImageDraw

from tests.simulator.wires import Line

SIDE = 240
NS_PER_MS = 1_000_000

RESET_WAIT_MS = 5                       # no command sooner after a reset
SLEEP_WAIT_MS = 120                     # between SLPOUT and SLPIN, pixels or DISPON
BRIGHTNESS_GAMMA = 2.2                  # a person perceives duty ** (1 / 2.2)
DARK_GLASS = (5, 6, 8)                  # IPS black with the light on behind it
BEZEL = (24, 25, 28)

# Parameter bytes of the commands whose length is known (None: any number). The vendor's undocumented ones are not here.
LENGTHS = {
    0x01: 0, 0x10: 0, 0x11: 0, 0x12: 0, 0x13: 0, 0x20: 0, 0x21: 0, 0x28: 0, 0x29: 0, 0x2A: 4, 0x2B: 4, 0x2C: None,
    0x30: 4, 0x33: 6, 0x34: 0, 0x35: None, 0x36: 1, 0x37: 2, 0x38: 0, 0x39: 0, 0x3A: 1, 0x3C: None, 0x44: 2, 0x51: 1,
    0x53: 1, 0xB6: 2, 0xBA: 1, 0xC3: 1, 0xC4: 1, 0xC9: 1, 0xE8: 1, 0xEF: 0, 0xF0: 6, 0xF1: 6, 0xF2: 6, 0xF3: 6, 0xFE: 0,
}
VENDOR = 0x60                           # from here on a command needs the inter registers (FE, EF) enabled first
NEEDED_FOR_A_CLEAN_PICTURE = (0x66, 0x67)

MADCTL_MY, MADCTL_MX, MADCTL_MV, MADCTL_BGR = 0x80, 0x40, 0x20, 0x08
B6_SCAN = 0x20


class GC9A01:
    """One panel on an SPI bus: lines `select`, `dc` and `reset` (made here unless given; a board without a reset wire
    leaves it alone), and `backlight`, the PWM duty 0..1 of the lamp behind the glass.

    Counters: `writes` (SPI calls heard), `bytes_heard`, `pixels_sent`, `pixels_changed` (those that differ from what the
    memory held), `windows` (RAMWR commands), `resets`. `on_change` (callable without arguments, or None) is called after
    anything that may change the picture.
    """

    lsb_first = False

    def __init__(self, clock, rng, select=None, dc=None, reset=None):
        self.clock = clock
        self.rng = rng
        self.select = select or Line('display select', 1)
        self.dc = dc or Line('display data/command')
        self.reset = reset or Line('display reset', 1)
        self.reset.watch(self._reset_moved)
        self._backlight = 0.0
        self.complaints = []
        self.on_change = None
        self.writes = self.bytes_heard = self.windows = self.resets = 0
        self.pixels_sent = self.pixels_changed = 0
        self.powered = False
        self.power_on()

    @property
    def backlight(self):
        return self._backlight

    @backlight.setter
    def backlight(self, duty):
        self._backlight = min(1.0, max(0.0, duty))
        self._changed()

    # ---- power and reset

    def power_on(self):
        """Supply comes up: the memory holds noise until the host has filled it."""
        noise = numpy.frombuffer(self.rng.randbytes(SIDE * SIDE * 4), dtype='<u4')
        self.gram = (noise & 0x3FFFF).reshape(SIDE, SIDE).copy()
        self.powered = True
        self._restart()

    def power_off(self):
        """Supply gone: dark, and every register and pixel is lost."""
        self.powered = False
        self._changed()

    def _reset_moved(self, level):
        if level == 0:
            self.resets += 1
        self._restart()

    def _restart(self):
        """The state after a reset. COLMOD 66 and the rest as the ILI9341 family has them (the data sheet is not public)."""
        self.registers = {}
        self.asleep, self.displaying, self.inverted, self.idle, self.partial = True, False, False, False, False
        self.madctl, self.colmod, self.scan = 0, 0x66, 0
        self.columns, self.rows = (0, SIDE - 1), (0, SIDE - 1)
        self.partial_rows = (0, SIDE - 1)
        self.scroll_area, self.scroll_start = (0, SIDE, 0), 0
        self._command, self._parameters, self._position = None, bytearray(), 0
        self._reset_ns = self.clock.now_ns
        self._sleep_out_ns = None
        self._changed()

    def _changed(self):
        if self.on_change:
            self.on_change()

    # ---- the wire

    def transfer(self, data):
        """Take bytes off MOSI with D/C as it stands now; MISO is open and reads FF."""
        silence = b'\xff' * len(data)
        if not self.powered:
            return silence
        if self.select.level:
            self.complain(f'{len(data)} bytes came while chip select was high; the panel does not hear them')
            return silence
        if self.reset.level == 0:
            self.complain(f'{len(data)} bytes came while the reset line was low')
            return silence
        self.writes += 1
        self.bytes_heard += len(data)
        if self.dc.level:
            self._take_data(data)
        else:
            for code in data:
                self._take_command(code)
        return silence

    def complain(self, sentence):
        """Note a rule that the host broke, with the time."""
        self.complaints.append(f'{self.clock.now_ns / NS_PER_MS:.3f} ms: {sentence}')

    def _ms_since(self, then_ns):
        return (self.clock.now_ns - then_ns) / NS_PER_MS

    def _take_command(self, code):
        self._finish()
        since_reset = self._ms_since(self._reset_ns)
        if since_reset < RESET_WAIT_MS:
            self.complain(f'command {code:02X} came {since_reset:.1f} ms after reset; the panel wants {RESET_WAIT_MS} ms')
        if code == 0x00:
            self.complain('NOP (00) upsets this controller')
        if code >= VENDOR and code not in (0xFE, 0xEF) and not {0xFE, 0xEF} & self.registers.keys():
            self.complain(f'vendor command {code:02X} came before FE or EF enabled the inter registers')
        self._command, self._parameters = code, bytearray()
        if code not in (0x2C, 0x3C):
            self.registers[code] = b''
        action = self.ACTIONS.get(code)
        if action:
            action(self)

    def _take_data(self, data):
        if self._command is None:
            self.complain(f'{len(data)} data bytes came before any command')
        elif self._command in (0x2C, 0x3C):
            self._take_pixels(data)
        else:
            self._parameters += data
            self.registers[self._command] = bytes(self._parameters)
            settle = self.SETTINGS.get(self._command)
            if settle and len(self._parameters) == LENGTHS[self._command]:
                settle(self, bytes(self._parameters))
                self._changed()

    def _finish(self):
        """The command before this one is over: was it whole?"""
        code, count = self._command, len(self._parameters)
        if code in (0x2C, 0x3C):
            if count:
                self.complain(f'a pixel write ended with {count} bytes of an unfinished pixel')
        elif code is not None and LENGTHS.get(code, count) not in (count, None):
            self.complain(f'command {code:02X} had {count} parameter bytes; it takes {LENGTHS[code]}')

    # ---- commands

    def _software_reset(self):
        self.resets += 1
        self._restart()

    def _sleep_in(self):
        self._rest('SLPIN')
        self.asleep = True
        self._sleep_out_ns = self.clock.now_ns
        self._changed()

    def _sleep_out(self):
        self._rest('SLPOUT')
        self.asleep = False
        self._sleep_out_ns = self.clock.now_ns
        self._changed()

    def _rest(self, name):
        """SLPIN and SLPOUT keep their distance; so do pixels and DISPON from SLPOUT."""
        if self._sleep_out_ns is not None and self._ms_since(self._sleep_out_ns) < SLEEP_WAIT_MS:
            self.complain(f'{name} came {self._ms_since(self._sleep_out_ns):.1f} ms after the last sleep command; '
                          f'the panel wants {SLEEP_WAIT_MS} ms')

    def _display_on(self):
        self._rest('DISPON')
        missing = [code for code in NEEDED_FOR_A_CLEAN_PICTURE if not self.registers.get(code)]
        if missing:
            self.complain('DISPON without registers 66 and 67 written: the picture is corrupt without them')
        self._set(displaying=True)

    def _set(self, **values):
        self.__dict__.update(values)
        self._changed()

    def _start_pixels(self):
        self.windows += 1
        self._position = 0
        self._pixels_allowed()

    def _pixels_allowed(self):
        if self.asleep:
            self.complain('pixels came while the panel was asleep')
        else:
            self._rest('RAMWR')

    ACTIONS = {
        0x01: _software_reset, 0x10: _sleep_in, 0x11: _sleep_out, 0x29: _display_on, 0x2C: _start_pixels,
        0x3C: _pixels_allowed,
        0x12: lambda self: self._set(partial=True), 0x13: lambda self: self._set(partial=False),
        0x20: lambda self: self._set(inverted=False), 0x21: lambda self: self._set(inverted=True),
        0x28: lambda self: self._set(displaying=False),
        0x38: lambda self: self._set(idle=False), 0x39: lambda self: self._set(idle=True),
    }

    # ---- settings, called with all their parameter bytes

    def _range(self, name, parameters, before):
        start, end = int.from_bytes(parameters[:2], 'big'), int.from_bytes(parameters[2:], 'big')
        if start > end or end >= SIDE:
            self.complain(f'{name} {start}..{end} is not within 0..{SIDE - 1}')
            return before
        return start, end

    def _set_columns(self, parameters):
        self.columns = self._range('CASET', parameters, self.columns)

    def _set_rows(self, parameters):
        self.rows = self._range('RASET', parameters, self.rows)

    def _set_partial_rows(self, parameters):
        self.partial_rows = self._range('PTLAR', parameters, self.partial_rows)

    def _set_scroll_area(self, parameters):
        area = tuple(int.from_bytes(parameters[at:at + 2], 'big') for at in (0, 2, 4))
        if sum(area) != SIDE:
            self.complain(f'VSCRDEF {area} adds up to {sum(area)} rows; it must be {SIDE}')
        else:
            self.scroll_area = area

    def _set_scroll_start(self, parameters):
        self.scroll_start = int.from_bytes(parameters, 'big')

    def _set_colmod(self, parameters):
        self.colmod = parameters[0]
        if self.colmod & 7 not in (5, 6):
            self.complain(f'COLMOD {self.colmod:02X} is neither 16 nor 18 bits a pixel')

    def _set_madctl(self, parameters):
        self.madctl = parameters[0]

    def _set_display_function(self, parameters):
        self.scan = parameters[1] & B6_SCAN

    SETTINGS = {
        0x2A: _set_columns, 0x2B: _set_rows, 0x30: _set_partial_rows, 0x33: _set_scroll_area, 0x36: _set_madctl,
        0x37: _set_scroll_start, 0x3A: _set_colmod, 0xB6: _set_display_function,
    }

    # ---- pixels

    def _window(self):
        """The write window as a view into GRAM, in the host's order: MV swaps x and y, MX and MY mirror the glass."""
        glass = self.gram[::-1 if self.madctl & MADCTL_MY else 1, ::-1 if self.madctl & MADCTL_MX else 1]
        if self.madctl & MADCTL_MV:
            glass = glass.T
        return glass[self.rows[0]:self.rows[1] + 1, self.columns[0]:self.columns[1] + 1]

    def _take_pixels(self, data):
        if self._parameters:
            data = bytes(self._parameters) + bytes(data)
        size = 3 if self.colmod & 7 == 6 else 2
        count = len(data) // size
        self._parameters = bytearray(data[count * size:])
        pixels = decode_666(data[:count * 3]) if size == 3 else decode_565(data[:count * 2])
        window = self._window()
        self.pixels_sent += count
        while len(pixels):
            room = window.size - self._position
            piece, pixels = pixels[:room], pixels[room:]
            row, column = divmod(self._position, window.shape[1])
            if column or len(piece) % window.shape[1]:
                place, at = window.flat, slice(self._position, self._position + len(piece))
            else:                               # whole rows, as drivers send them, without numpy's slow walk
                piece = piece.reshape(-1, window.shape[1])
                place, at = window, slice(row, row + len(piece))
            self.pixels_changed += int(numpy.count_nonzero(place[at] != piece))
            place[at] = piece
            self._position = (self._position + piece.size) % window.size
        self._changed()

    # ---- what a person sees

    def lit(self):
        """True while the panel shows its memory and there is light behind it."""
        return bool(self.powered and not self.asleep and self.displaying and self.backlight > 0)

    def shown(self):
        """The colours on the glass as an array (240, 240, 3) of 0..255, before backlight and round mask.

        These modules invert: INVON gives true colours, and they are wired blue first: BGR gives true order.
        """
        top, band, bottom = self.scroll_area
        rows = numpy.arange(SIDE)
        if band:
            rows[top:top + band] = top + (numpy.arange(band) + self.scroll_start - top) % band
        glass = self.gram[rows]
        if not self.scan:
            glass = glass[:, ::-1]
        channels = numpy.stack([glass >> 12 & 63, glass >> 6 & 63, glass & 63], axis=-1)
        if self.idle:
            channels = (channels >> 5) * 63
        if not self.madctl & MADCTL_BGR:
            channels = channels[:, :, ::-1]
        if not self.inverted:
            channels = 63 - channels
        if self.partial:
            channels = channels.copy()
            channels[:self.partial_rows[0]] = 0
            channels[self.partial_rows[1] + 1:] = 0
        return (channels * 255 // 63).astype(numpy.uint8)

    def picture(self, size=SIDE, round=True, bezel=False):
        """What a person sees, as a PIL image `size` pixels square: black where nothing shines; `round` masks the corners
        (with the bezel's colour where `bezel`)."""
        colours = numpy.zeros((SIDE, SIDE, 3), numpy.uint8)
        if self.powered and self.backlight > 0:
            bright = self.backlight ** (1 / BRIGHTNESS_GAMMA)
            dark = numpy.array(DARK_GLASS, numpy.uint8)
            colours = numpy.maximum(self.shown(), dark) if self.lit() else colours + dark
            colours = (colours * bright).astype(numpy.uint8)
        image = Image.fromarray(colours, 'RGB')
        if size != SIDE:
            image = image.resize((size, size), Image.Resampling.LANCZOS)
        return masked(image, BEZEL if bezel else (0, 0, 0)) if round else image


def masked(image, rim):
    """`image` inside its inscribed circle (smooth edge), `rim` outside."""
    return Image.composite(image, Image.new('RGB', image.size, rim), _disc(image.size))


@functools.cache
def _disc(size):
    scale = 4
    mask = Image.new('L', (size[0] * scale, size[1] * scale))
    ImageDraw.Draw(mask).ellipse((0, 0, mask.width - 1, mask.height - 1), fill=255)
    return mask.resize(size, Image.Resampling.BOX)


def _colours_565():
    """The 18-bit word of each RGB565 value; the controller repeats the top bit of red and blue."""
    words = numpy.arange(1 << 16, dtype=numpy.uint32)
    red, green, blue = words >> 11, words >> 5 & 63, words & 31
    return (red << 1 | red >> 4) << 12 | green << 6 | blue << 1 | blue >> 4


COLOURS_565 = _colours_565()


def decode_565(data):
    """Big-endian RGB565 bytes to 18-bit words."""
    return COLOURS_565[numpy.frombuffer(data, dtype='>u2')]


def decode_666(data):
    """Three bytes a pixel, upper six bits used, to 18-bit words."""
    channels = numpy.frombuffer(data, dtype=numpy.uint8).reshape(-1, 3).astype(numpy.uint32) >> 2
    return channels[:, 0] << 12 | channels[:, 1] << 6 | channels[:, 2]
