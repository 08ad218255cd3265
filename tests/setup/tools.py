"""Optional programs that the interop tests talk to: Debian's libnfc tools, unpacked privately.

Owns `build/libnfc/`; its `bin/` holds one starter a tool, and tests/conftest.py puts it on the PATH. Used by `install`.
"""
from tests.setup.debian import SUITE, fetch, host_architecture, loader_command
from tests.setup.step import BUILD

LIBNFC = BUILD / 'libnfc'
PACKAGES = ['libnfc-bin', 'libnfc-examples']
INPUTS = [SUITE, PACKAGES]


def make_libnfc(product):
    """Unpack libnfc's tools with their libraries and write a starter for each. Raises SetupError."""
    fetch(PACKAGES, product)
    (product / 'bin').mkdir()
    start = ' '.join(f'"{word}"' for word in loader_command(product, host_architecture()))
    start = start.replace(str(product), '$tree')       # so that the folder may be moved
    for tool in sorted((product / 'usr/bin').glob('nfc-*')):
        starter = product / 'bin' / tool.name
        starter.write_text('#!/bin/sh\ntree=$(dirname "$(dirname "$(readlink -f "$0")")")\n'
                           f'exec {start} "$tree/usr/bin/{tool.name}" "$@"\n')
        starter.chmod(0o755)
