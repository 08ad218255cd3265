"""MicroPython of the board's version in WebAssembly: its makers' npm package, unpacked privately.

Owns `build/micropython-wasm/`. npm only fetches the archive, which is what its maker published if the digest is right: no
lock file, no scripts. Used by `install` and `tests/interop/wasm`.
"""
import base64
import hashlib
import shutil
import tarfile
import tempfile
from pathlib import Path

from tests.setup.step import BUILD, SetupError, need_tool, replace_tree, run

PACKAGE = '@micropython/micropython-webassembly-pyscript'       # MIT
VERSION = '1.27.0'                                              # of MicroPython, and what make flash asks for
SHA512 = 'DnXx4EqxgkeaFESrS3uKrL7mLMk4mRTd0mMzaOd3HUSiZUOAE7t11uLnjf3ftF87N2xm4knHnWEKcVK4IYIUDA=='
WASM = BUILD / 'micropython-wasm'
MODULE = WASM / 'micropython.mjs'
INPUTS = [PACKAGE, VERSION, SHA512]
# by its path in the environment: as an argument it would start its own prompt; an error shows its source, 100 kB in a line
PROBE = """
try {
    const { loadMicroPython } = await import(process.env.MODULE);
    const board = await loadMicroPython({ stdout: console.log });
    board.runPython("import sys; print('.'.join(map(str, sys.implementation[1][:3])))");
} catch (problem) {
    console.error(String(problem.message).slice(0, 200));
    process.exit(1);
}
"""


def make_wasm(module):
    """Fetch the package, check and unpack it around `module`, and have it say its version. Raises SetupError."""
    need_tool('node', 'running the board\'s MicroPython, with which mpremote is tested')
    need_tool('npm', 'fetching the board\'s MicroPython, with which mpremote is tested')
    with tempfile.TemporaryDirectory(prefix='cloud-pin-') as folder:
        run(['npm', 'pack', f'{PACKAGE}@{VERSION}', '--ignore-scripts', '--pack-destination', folder],
            f'{PACKAGE} {VERSION} could not be fetched', cwd=folder, timeout=120)
        unpack(next(Path(folder).glob('*.tgz')), module.parent)
    found = run(['node', '--input-type=module', '-e', PROBE], "the board's MicroPython does not run in this node",
                env={'MODULE': str(module)}, timeout=60).strip()
    if found != VERSION:
        raise SetupError(f'the package of {VERSION} holds MicroPython {found}')


def unpack(archive, product, digest=SHA512):
    """Put the files of npm's `archive` into the folder `product`. Raises SetupError if it is not what was published."""
    if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != digest:
        raise SetupError(f'{archive.name} is not what its makers published: its SHA-512 is another one')
    new = product.with_name(product.name + '.new')
    shutil.rmtree(new, ignore_errors=True)
    with tarfile.open(archive) as files:
        files.extractall(new, filter='data')
    replace_tree(new / 'package', product)
    new.rmdir()
