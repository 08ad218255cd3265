"""Headless Chromium for the tests of pages: the one on the PATH, or Debian's, unpacked like the other packages.

Owns `build/chromium/`, whose `bin/chromium` starts whichever it is with the fonts that set-up has unpacked, so that pictures
of pages are alike everywhere. Used by `install` and `tests/interop/browser`.

Chromium starts itself anew from /proc/self/exe, so it can't be handed to the unpacked loader as a program's argument. The
name of the loader in its header is changed instead: to a path from the tree's root, where the starter goes first.
"""
import re
import shlex
import shutil
import struct
import tempfile

from tests.setup.debian import SUITE, fetch, host_architecture, loader_command
from tests.setup.step import BUILD, SetupError, run

CHROMIUM = BUILD / 'chromium'
PROGRAM = CHROMIUM / 'bin/chromium'
INSTALLED = ('chromium-headless-shell', 'chromium')
PACKAGES = ['chromium-headless-shell']           # Chromium without windows: half of what the whole asks for
WITHOUT = ('libllvm19', 'libz3-4', 'mesa-libgallium')        # shader compilers: 44 MB that nothing loads without a GPU
BINARY = 'usr/lib/chromium/chromium-headless-shell'
# as root, in a container and without a session bus; pages of this machine only are opened
FLAGS = '--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --disable-crash-reporter'
PROBE = 'data:text/html,<script>document.write(6 * 7, navigator.userAgent)</script>'
PT_INTERP = 3
FONTS_CONF = '''<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
 <dir prefix="relative">../fonts/usr/share/fonts</dir>
 <cachedir prefix="relative">font-cache</cachedir>
 <alias><family>sans-serif</family><prefer><family>Inter</family></prefer></alias>
 <alias><family>system-ui</family><prefer><family>Inter</family></prefer></alias>
</fontconfig>
'''


def installed():
    """The Chromium on the PATH, or None."""
    return next(filter(None, map(shutil.which, INSTALLED)), None)


def inputs():
    return [SUITE, PACKAGES, WITHOUT, FLAGS, FONTS_CONF, installed()]


def make_chromium(product):
    """Write the starter of the Chromium on the PATH if it runs, else unpack one. Raises SetupError with the reason."""
    found = installed()
    if found:
        shutil.rmtree(product, ignore_errors=True)
        product.mkdir(parents=True)
        _write_starter(product, f'exec {shlex.quote(found)}')
        try:
            return f'{_version(product)}, as it is installed'
        except SetupError:
            pass                                         # a mere hull of another packaging system, say
    fetch(PACKAGES, product, without=WITHOUT)
    try:
        loader, *_, libraries = loader_command(product, host_architecture())
        name_loader(product / BINARY, loader.removeprefix(f'{product}/'))
        folders = libraries.replace(str(product), '$tree').split(':')
        path = ':'.join([*folders, *(f'{folder}/pulseaudio' for folder in folders)])
        _write_starter(product, f'cd "$tree"\nLD_LIBRARY_PATH="{path}" exec ./{BINARY}')
        return _version(product)
    except SetupError:
        shutil.rmtree(product)
        raise


def _write_starter(product, start):
    (product / 'fonts.conf').write_text(FONTS_CONF)
    starter = product / 'bin/chromium'
    starter.parent.mkdir()
    starter.write_text('#!/bin/sh\ntree=$(dirname "$(dirname "$(readlink -f "$0")")")\n'
                       f'export FONTCONFIG_FILE="$tree/fonts.conf"\n{start} {FLAGS} "$@"\n')
    starter.chmod(0o755)


def _version(product):
    """Have it run a script in a page, and return its version."""
    with tempfile.TemporaryDirectory() as profile:
        printed = run([product / 'bin/chromium', f'--user-data-dir={profile}', '--dump-dom', PROBE],
                      'Chromium does not run here', timeout=60)
    found = re.search(r'>42.*Chrome/([\d.]+)', printed)
    if not found:
        raise SetupError('Chromium ran here, but did not show a page')
    return found.group(1)


def name_loader(binary, loader):
    """Have the 64-bit ELF program `binary` started by the loader at the path `loader`: the new name goes behind the end of
    the file, where the kernel finds it by its offset alone. Raises SetupError where `binary` names no loader."""
    with open(binary, 'r+b') as file:
        header = file.read(64)
        first, size, count = *struct.unpack_from('<Q', header, 32), *struct.unpack_from('<HH', header, 54)
        for at in range(first, first + size * count, size):
            file.seek(at)
            kind, flags, _, address, physical = struct.unpack('<IIQQQ', file.read(32))
            if kind == PT_INTERP:
                name = loader.encode() + b'\0'
                offset = file.seek(0, 2)
                file.write(name)
                file.seek(at)
                file.write(struct.pack('<IIQQQQQ', kind, flags, offset, address, physical, len(name), len(name)))
                return
    raise SetupError(f'{binary.name} names no loader')
