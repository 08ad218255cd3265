"""Code in place: a pin whose compiled modules lie in a ROMFS image, which MicroPython maps into its address space, so that
bytecode, names and constants stay in flash and only what a module makes at its import takes heap.

Owns the image (build/romfs) and the boot.py that mounts it instead of the pack. On a board that is a partition labelled
`romfs`, and a port that was built with MICROPY_VFS_ROM. Used by `tests.bench.heap`.

    image     D2 CD 31, length, records; a record is kind, length, payload; numbers have 7 bits a byte, highest first
    kinds     2: bytes; 4: a directory, which is the length of its name, its name, records; 5: a file, likewise, one record
"""
import hashlib

from tests.simulator.image import BUILD, modules, write_whole
from tests.simulator.runtime import ROOT, micropython

_MAGIC = b'\xd2\xcd\x31'
_BYTES, _DIRECTORY, _FILE = 2, 4, 5
_MOUNT = '''
import ffi, os, uctypes, vfs
_libc, _path, _size = ffi.open(None), {path!r}, {size}
_rom = _libc.func('p', 'mmap', 'Piiiii')(0, _size, 1, 2, _libc.func('i', 'open', 'si')(_path, 0), 0)      # to read, private
vfs.mount(vfs.VfsRom(uctypes.bytearray_at(_rom, _size)), '/code')
sys.path[:] = ['.frozen', '', 'lib']
updated = False
'''
_INSTEAD_OF = """from pack import begin  # noqa: E402

updated = begin('/code.pack', '/code', '/next/ready')
"""


def _number(value):
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.insert(0, 0x80 | value & 0x7F)
    return bytes(groups)


def _record(kind, payload):
    return _number(kind) + _number(len(payload)) + payload


def _named(name, content):
    return _number(len(name.encode())) + name.encode() + content


def _directory(tree):
    return b''.join(_record(_DIRECTORY, _named(name, _directory(item))) if isinstance(item, dict)
                    else _record(_FILE, _named(name, _record(_BYTES, item))) for name, item in sorted(tree.items()))


def romfs(files):
    """The image of {path: bytes}."""
    tree = {}
    for path, data in files.items():
        folder, (*folders, name) = tree, path.strip('/').split('/')
        for part in folders:
            folder = folder.setdefault(part, {})
        folder[name] = data
    records = _directory(tree)
    length = _number(len(records))
    return _MAGIC + (b'\x80' if len(length) % 2 == 0 else b'') + length + records       # records begin at an even place


def in_place():
    """Options of World.add_pin for a pin that runs its code in place."""
    image = romfs(modules(micropython().arch))
    path = BUILD / 'romfs' / hashlib.sha256(image).hexdigest()[:24]
    if not path.exists():
        write_whole(path, image)
    before, pack, after = (ROOT / 'boot.py').read_text().partition(_INSTEAD_OF)
    if not pack:
        raise LookupError('boot.py no longer opens the pack as romfs.py knows it')
    return {'files': {'/boot.py': (before + _MOUNT.format(path=str(path), size=len(image)) + after).encode()}}
