"""Real MicroPython for the simulator: Debian's unix port, 32-bit where the host can run it, and a C compiler beside it.

Owns `build/micropython/<arch>/` and `build/micropython/which.json`, which says what was taken and why, and
`build/vtime-<arch>.so`, the clock that is preloaded below the port. Used by `install` and `tests/simulator/runtime.py`.
"""
import json
import shutil

from tests.setup.debian import SUITE, fetch, host_architecture, host_archive, loader_command
from tests.setup.step import BUILD, ROOT, SetupError, run

FOLDER = BUILD / 'micropython'
WHICH = FOLDER / 'which.json'
PACKAGES = ['micropython', 'tcc']         # tcc compiles the preload: a fresh machine has no compiler
OLDEST = (1, 22)                          # the first release whose asyncio and framebuf the simulator was tried with
INPUTS = [SUITE, PACKAGES, OLDEST]
PRELOAD_SOURCE = ROOT / 'tests/simulator/device/vtime.c'
PROBE = ('import asyncio, framebuf, select, sys\n'
         'print(*sys.implementation[1][:3], 64 if sys.maxsize >> 32 else 32)')


def candidates(archive, native):
    """Architectures in order of preference. Only Debian has the 32-bit build, and only x86 machines run it."""
    if archive.family == 'debian' and native == 'amd64':
        return ['i386', native]
    return [native]


def probe(architecture):
    """Start the unpacked port and return (version tuple, bits). Raises SetupError if it does not run or is too old."""
    root = FOLDER / architecture
    command = [*loader_command(root, architecture), root / 'usr/bin/micropython', '-c', PROBE]
    *version, bits = map(int, run(command, f'the {architecture} build of MicroPython does not run here').split())
    if tuple(version) < OLDEST:
        raise SetupError(f'MicroPython {".".join(map(str, version))} is too old; {OLDEST[0]}.{OLDEST[1]} is needed')
    return version, bits


def make_runtime(which):
    """Fetch the first candidate that runs and write to `which` what it is. Raises SetupError if none does."""
    try:
        record = first_that_runs()
    except SetupError as problem:
        _write(which, {'arch': None, 'reason': str(problem)})
        raise
    _write(which, record)
    remark = f'{record["version"]} {record["arch"]}'
    return f'{remark}, because {record["reason"]}' if record['reason'] else remark


def first_that_runs():
    """Try the candidates and return the record of `which.json`. Raises SetupError with the reason of each."""
    archive = host_archive()
    architectures = candidates(archive, host_architecture())
    reasons = [] if 'i386' in architectures else ["only Debian's archive for x86 has the 32-bit build"]
    for architecture in architectures:
        try:
            fetch(PACKAGES, FOLDER / architecture, architecture)
            version, bits = probe(architecture)
        except SetupError as problem:
            reasons.append(' '.join(str(problem).split()))
            shutil.rmtree(FOLDER / architecture, ignore_errors=True)
        else:
            return {'arch': architecture, 'suite': archive.suite, 'version': '.'.join(map(str, version)), 'bits': bits,
                    'reason': '; '.join(reasons)}
    raise SetupError('; '.join(reasons))


def _write(which, record):
    which.parent.mkdir(parents=True, exist_ok=True)
    which.write_text(json.dumps(record, indent=1) + '\n')


def chosen_architecture():
    """What `make_runtime` took, or 'none'."""
    return WHICH.is_file() and json.loads(WHICH.read_text())['arch'] or 'none'


def preload_product():
    return BUILD / f'vtime-{chosen_architecture()}.so'


def make_preload(product):
    """Compile the simulator's clock with the tcc that was fetched beside MicroPython. Raises SetupError."""
    if chosen_architecture() == 'none':
        raise SetupError('there is no MicroPython to compile it for')
    compile_preload(chosen_architecture(), PRELOAD_SOURCE, product)


def compile_preload(architecture, source, product):
    """Compile a shared object that needs no C library: 64-bit arithmetic comes from tcc's own small runtime.

    Raises SetupError with the compiler's words.
    """
    root = FOLDER / architecture
    start = loader_command(root, architecture)
    for runtime in sorted(root.glob('usr/lib/**/tcc/**/libtcc1.a')):
        command = [*start, root / 'usr/bin/tcc', f'-B{runtime.parent}', '-nostdlib', '-shared', '-o', product]
        run([*command, source, runtime], f'{source.name} could not be compiled')
        return
    raise SetupError(f'the compiler under {root} is not complete')
