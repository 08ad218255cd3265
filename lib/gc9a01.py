"""Driver of the GC9A01 round display controller, 240x240, RGB565, on a four-wire SPI bus.

Owns the bus pins of the display (chip select, data/command, reset); the backlight is the board's. Sends rectangles out
of a frame buffer that somebody else draws into (see `canvas`). Waits are asynchronous; pixels are sent blocking, in one
piece with `show` or in pieces with `stream`.

Sources: the vendor demo of the Waveshare 1.28 inch module and TFT_eSPI agree on the start-up table; the waits are those
of Zephyr's driver (data sheet 6.2.3, 6.4.2); MADCTL per rotation was compared over eight drivers.
"""
import asyncio
import time

from micropython import const

try:
    from pixels_native import gather
except (SyntaxError, ValueError, ImportError, NameError):       # a port without machine code: text, .mpy, left out; CPython
    from pixels import gather

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine import SPI, Pin

SIDE = const(240)
ROW_BYTES = const(480)

_SWRESET = const(0x01)
_SLPIN = const(0x10)
_SLPOUT = const(0x11)
_DISPOFF = const(0x28)
_DISPON = const(0x29)
_CASET = const(0x2A)
_RASET = const(0x2B)
_RAMWR = const(0x2C)
_MADCTL = const(0x36)

_RESET_PULSE_MS = const(10)
_RESET_WAIT_MS = const(120)
_SLEEP_WAIT_MS = const(121)             # after SLPOUT before pixels, DISPON or SLPIN, after SLPIN before SLPOUT: 120,
                                        # and one because a count of ms may be almost one short
_DISPLAY_ON_WAIT_MS = const(20)

# MADCTL by rotation in degrees clockwise (as the image turns), for the scan direction that START_UP sets (B6 00 20).
# Bits: 80 MY row order, 40 MX column order, 20 MV swap x and y, 08 BGR (these modules are wired blue first).
ROTATIONS = {0: 0x08, 90: 0x68, 180: 0xC8, 270: 0xA8}
MIRRORED_ROTATIONS = {0: 0x48, 90: 0x28, 180: 0x88, 270: 0xE8}

# Start-up table as one constant, which takes a tenth of the heap of a tuple: command, number of parameters, parameters. "?"
# marks what no public document explains; the order of FE and EF matters, and without 66 and 67 the picture is corrupt. A
# board with other glass passes its own table.
START_UP = (
    b'\xEF\x00'                                               # inter register enable 2
    b'\xEB\x01\x14'                                           # ?
    b'\xFE\x00'                                               # inter register enable 1
    b'\xEF\x00'
    b'\xEB\x01\x14'                                           # ?
    b'\x84\x01\x40'                                           # ? up to 8F
    b'\x85\x01\xFF'
    b'\x86\x01\xFF'
    b'\x87\x01\xFF'
    b'\x88\x01\x0A'
    b'\x89\x01\x21'
    b'\x8A\x01\x00'
    b'\x8B\x01\x80'
    b'\x8C\x01\x01'
    b'\x8D\x01\x01'
    b'\x8E\x01\xFF'
    b'\x8F\x01\xFF'
    b'\xB6\x02\x00\x20'                                       # display function: source scan direction
    b'\x3A\x01\x05'                                           # COLMOD: 16 bits a pixel (55 leaves some panels blank)
    b'\x90\x04\x08\x08\x08\x08'                               # ?
    b'\xBD\x01\x06'                                           # ?
    b'\xBC\x01\x00'                                           # ?
    b'\xFF\x03\x60\x01\x04'                                   # ?
    b'\xC3\x01\x13'                                           # Vreg1a
    b'\xC4\x01\x13'                                           # Vreg1b
    b'\xC9\x01\x22'                                           # Vreg2a
    b'\xBE\x01\x11'                                           # ?
    b'\xE1\x02\x10\x0E'                                       # ?
    b'\xDF\x03\x21\x0C\x02'                                   # ?
    b'\xF0\x06\x45\x09\x08\x08\x26\x2A'                       # gamma 1
    b'\xF1\x06\x43\x70\x72\x36\x37\x6F'                       # gamma 2
    b'\xF2\x06\x45\x09\x08\x08\x26\x2A'                       # gamma 3
    b'\xF3\x06\x43\x70\x72\x36\x37\x6F'                       # gamma 4
    b'\xED\x02\x1B\x0B'                                       # ?
    b'\xAE\x01\x77'                                           # ?
    b'\xCD\x01\x63'                                           # ?
    b'\x70\x09\x07\x07\x04\x0E\x0F\x09\x07\x08\x03'           # ?
    b'\xE8\x01\x34'                                           # frame rate: 4-dot inversion
    b'\x62\x0C\x18\x0D\x71\xED\x70\x70\x18\x0F\x71\xEF\x70\x70'  # ?
    b'\x63\x0C\x18\x11\x71\xF1\x70\x70\x18\x13\x71\xF3\x70\x70'  # ?
    b'\x64\x07\x28\x29\xF1\x01\xF1\x00\x07'                   # ?
    b'\x66\x0A\x3C\x00\xCD\x67\x45\x45\x10\x00\x00\x00'       # ? needed
    b'\x67\x0A\x00\x3C\x00\x00\x00\x01\x54\x10\x32\x98'       # ? needed
    b'\x74\x07\x10\x85\x80\x00\x00\x4E\x00'                   # ?
    b'\x98\x02\x3E\x07'                                       # ?
    b'\x35\x00'                                               # TEON, tearing line on: harmless, the pin is not brought out
    b'\x21\x00'                                               # INVON: IPS glass, true colours need inversion
)


class GC9A01:
    """One display. `begin()` first; then `show()` rectangles; `display_on()` once the memory holds a picture.

    `spi`: machine.SPI, mode 0, MSB first, up to 80 MHz. `cs`, `dc`, `reset`: machine.Pin, outputs (reset may be None).
    `gather_bytes`: working memory that narrow rectangles are copied through; each fill of it is one SPI write. It is taken for
    the first of them and given back when the display sleeps; where the heap has no such piece left, it is a smaller one.
    """

    width = height = SIDE

    def __init__(self, spi: "SPI", cs: "Pin", dc: "Pin", reset: "Pin | None" = None, rotation=0, mirrored=False,
                 start_up=START_UP, gather_bytes=7680):
        self._spi = spi
        self._cs = cs
        self._dc = dc
        self._reset = reset
        self._start_up = start_up
        self._code = bytearray(1)
        self._window = bytearray(4)
        self._gather_bytes = gather_bytes
        self._gather = None
        self._slept_at = None
        self._begun = False                                     # the controller has its rotation
        self._step = self._due_ms = 0                           # of the start
        self._madctl = madctl(rotation, mirrored)

    # ---- life

    async def begin(self):
        """Reset and start the controller: awake, memory black, display still off. Takes 250 ms and one full frame, less what
        `advance` has done of it."""
        wait_ms = self.advance()
        while wait_ms:
            await asyncio.sleep_ms(wait_ms)
            wait_ms = self.advance()

    def advance(self):
        """Do what is due of the start, which is mostly waiting, and return how many ms the rest waits; 0 at its end. So
        others can be loaded meanwhile. After the end it begins anew."""
        left_ms = time.ticks_diff(self._due_ms, time.ticks_ms()) if self._step else 0
        if left_ms > 0:
            return left_ms
        wait_ms = (self._restart, self._set_up, self._clear)[self._step]()
        self._step = (self._step + 1) % 3
        self._due_ms = time.ticks_add(time.ticks_ms(), wait_ms)
        return wait_ms

    def _restart(self):
        self._cs(1)
        if self._reset:
            self._reset(0)
        time.sleep_ms(_RESET_PULSE_MS)                          # without a reset line the supply may have come up this instant
        if self._reset:
            self._reset(1)
        else:
            self._send(_SWRESET)
        return _RESET_WAIT_MS

    def _set_up(self):
        table, at = self._start_up, 0
        while at < len(table):
            end = at + 2 + table[at + 1]
            self._send(table[at], table[at + 2:end])
            at = end
        self._send(_MADCTL, bytes((self._madctl,)))
        self._begun = True
        self._slept_at = time.ticks_ms()
        self._send(_SLPOUT)
        return _SLEEP_WAIT_MS

    async def display_on(self):
        """Let the glass show the memory. Turn the backlight on after this."""
        self._send(_DISPON)
        await asyncio.sleep_ms(_DISPLAY_ON_WAIT_MS)

    async def sleep(self):
        """Blank and stop the controller (about 30 uA). Turn the backlight off before this. The memory is kept."""
        self._send(_DISPOFF)
        self.trim()
        await self._switch(_SLPIN)

    def trim(self):
        """Give back the working memory, unless a rectangle is being sent."""
        self._gather = None

    async def wake(self):
        """Start the controller again; it takes pixels when this returns, and shows them after `display_on()`."""
        await self._switch(_SLPOUT)

    async def _switch(self, code):
        """SLPIN or SLPOUT with the rest it needs on both sides, also where an earlier wait was cancelled."""
        if self._slept_at is not None:
            gone_ms = time.ticks_diff(time.ticks_ms(), self._slept_at)
            await asyncio.sleep_ms(max(0, _SLEEP_WAIT_MS - gone_ms))
        self._slept_at = time.ticks_ms()
        self._send(code)
        await asyncio.sleep_ms(_SLEEP_WAIT_MS)

    def rotate(self, rotation, mirrored=False):
        """Turn what is drawn from now on by 0, 90, 180 or 270 degrees clockwise; send the whole picture again. Before
        `begin()` it is only noted."""
        self._madctl = madctl(rotation, mirrored)
        if self._begun:
            self._send(_MADCTL, bytes((self._madctl,)))

    # ---- pixels

    def show(self, buffer, x, y, w, h):
        """Send the rectangle (pixels) out of `buffer`, a 240-wide frame of big-endian RGB565, in as few writes as can
        be: six where it is 240 wide or fits the gather memory. Raises ValueError where it leaves the screen."""
        for _ in self.stream(buffer, x, y, w, h, len(buffer)):
            pass

    def stream(self, buffer, x, y, w, h, piece_bytes):
        """`show` as a generator that yields between pieces of at most `piece_bytes` (whole rows), so that others may
        run. Chip select is released at each yield. No other rectangle may be begun before this one is finished."""
        self._open(x, y, w, h)
        first = True
        for piece in self._pieces(memoryview(buffer), x, y, w, h, piece_bytes):
            if not first:
                yield
            first = False
            self._cs(0)
            self._spi.write(piece)
            self._cs(1)

    def _open(self, x, y, w, h):
        """Set the window and start RAMWR; the pixels that follow restart at its first corner."""
        if x < 0 or y < 0 or w < 1 or h < 1 or x + w > SIDE or y + h > SIDE:
            raise ValueError('rectangle %d,%d %dx%d leaves the screen' % (x, y, w, h))
        window = self._window
        window[0] = window[2] = 0                               # high bytes: all coordinates are below 240
        window[1], window[3] = x, x + w - 1
        self._send(_CASET, window)
        window[1], window[3] = y, y + h - 1
        self._send(_RASET, window)
        self._send(_RAMWR)
        self._dc(1)

    def _pieces(self, buffer, x, y, w, h, piece_bytes):
        """The rectangle as byte buffers of whole rows: full-width bands straight from the frame, others gathered."""
        if w == SIDE:
            rows = max(1, piece_bytes // ROW_BYTES)
            for top in range(y, y + h, rows):
                yield buffer[top * ROW_BYTES:min(top + rows, y + h) * ROW_BYTES]
            return
        memory, length = self._gather or self._take_gather(), w * 2
        most = max(1, min(len(memory), piece_bytes) // length)
        for top in range(y, y + h, most):
            rows = min(most, y + h - top)
            gather(memory, buffer, top * SIDE + x, SIDE, w, rows)
            yield memory[:rows * length]

    def _take_gather(self):
        size = self._gather_bytes
        while self._gather is None:
            try:
                self._gather = memoryview(bytearray(size))
            except MemoryError:
                if size <= ROW_BYTES:
                    raise
                size = max(ROW_BYTES, size // 2)
        return self._gather

    def _clear(self):
        """Fill the memory with black, which needs no frame buffer."""
        self._open(0, 0, SIDE, SIDE)
        row = bytes(ROW_BYTES)
        self._cs(0)
        for _ in range(SIDE):
            self._spi.write(row)
        self._cs(1)
        return 0

    def _send(self, code, parameters=b''):
        self._code[0] = code
        self._cs(0)
        self._dc(0)
        self._spi.write(self._code)
        if parameters:
            self._dc(1)
            self._spi.write(parameters)
        self._cs(1)


def madctl(rotation, mirrored=False):
    """The MADCTL byte of a rotation in degrees. Raises ValueError for an angle that the controller cannot do."""
    table = MIRRORED_ROTATIONS if mirrored else ROTATIONS
    if rotation not in table:
        raise ValueError('the display turns by 0, 90, 180 or 270 degrees, not %r' % (rotation,))
    return table[rotation]
