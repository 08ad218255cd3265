"""What each module takes on flash and of the heap, and what has changed: `make sizes` (ARGS='--since v0.4', ARGS=--all).

Prints the totals, and the modules that differ from the last tag (without one: from HEAD), largest first; merges into
build/bench.json

    flash_kb                    all .mpy, as compiled for the ESP32-S3, and all assets
    heap_all_code_kb            what all modules would take together; `make bench-heap` tells what is in memory when

Heap is what an import leaves on it, without what that imports, on the 32-bit unix port; - where only a board has what a
module needs; names, which stay for ever once they are known, are not in it. Files of .mpy are those that `make deploy` writes.
"""
import argparse
import io
import subprocess
import sys
import tarfile

from tests.bench import heap as heap_bench
from tests.bench.record import merge
from tests.simulator.image import ROOT, UNCOMPILED, code_files, firmware_files, modules
from tests.simulator.runtime import micropython
from tests.simulator.shorten import module_name

BOARD = 'esp32s3'
LONGEST = 25                                    # lines of changes


def git(*arguments):
    """What git says, as bytes; None where it fails, or this is no repository."""
    try:
        done = subprocess.run(['git', *arguments], cwd=ROOT, capture_output=True)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def code_at(revision):
    """({path: .mpy for the board}, the same for this machine) of a revision, or None where git has no such."""
    archive = git('archive', '--format=tar', revision, 'firmware', 'lib', *UNCOMPILED)
    if archive is None:
        return None
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        texts = {member.name: tar.extractfile(member).read().decode() for member in tar if member.name.endswith('.py')}
    others = [texts.pop(name) for name in UNCOMPILED]
    return [code_files(texts, others, arch) for arch in (BOARD, micropython().arch)]


def measured(on_board, here):
    """{module: (.mpy bytes, heap bytes or None)}."""
    names = {module_name(path[1:].replace('.mpy', '.py')): path for path in on_board if path.endswith('.mpy')}
    found = heap_bench.modules(files=here, first=(), rest=sorted(names))
    return {name: (len(on_board[path]), found.get(name)) for name, path in names.items()}


def table(now, before):
    """Lines of (module, flash, change, heap, change), the largest changes first."""
    rows = []
    for name in now.keys() | before.keys():
        flash, heap = now.get(name, (0, 0))
        old_flash, old_heap = before.get(name, (0, 0))
        rows.append((name, flash, flash - old_flash, heap, None if None in (heap, old_heap) else heap - old_heap))
    return sorted(rows, key=lambda row: (-abs(row[4] or 0), -abs(row[2]), -(row[3] or 0), row[0]))


def cell(value, signed=False):
    return '-' if value is None else f'{value:+}' if signed and value else '' if signed else str(value)


def show(rows, out=sys.stdout.write):
    for name, flash, flash_change, heap, heap_change in rows:
        out(f'{flash:8} {cell(flash_change, True):>8} {cell(heap):>9} {cell(heap_change, True):>8}  {name}\n')


def main():
    parser = argparse.ArgumentParser(description='Flash and heap, module by module.')
    parser.add_argument('--since', help='the revision to compare with')
    parser.add_argument('--all', action='store_true', help='all modules, not only those that have changed')
    options = parser.parse_args()
    tag = git('describe', '--tags', '--abbrev=0')
    revision = options.since or (tag.decode().strip() if tag else 'HEAD')
    old = code_at(revision)
    if old is None and options.since:
        sys.stderr.write(f'git knows no {options.since} with firmware and lib in it.\n')
        return 1
    now, before = measured(modules(BOARD), None), measured(*old) if old else {}
    rows = table(now, before)
    changed = [row for row in rows if row[2] or row[4]]
    sys.stdout.write(f'   flash   change      heap   change  module; change since {revision if old else "nothing"}\n')
    show(rows if options.all else changed[:LONGEST])
    if len(changed) > LONGEST and not options.all:
        sys.stdout.write(f'{"...":>8} and {len(changed) - LONGEST} more\n')
    total = [sum(row[column] or 0 for row in rows) for column in range(1, 5)]
    show([('all', *total)])
    figures = {'flash_kb': round(sum(map(len, firmware_files(BOARD).values())) / heap_bench.KB),
               'heap_all_code_kb': round(total[2] / heap_bench.KB, 1)}
    sys.stdout.write('\n' + '\n'.join(f'{name:24} {value}' for name, value in figures.items()) + '\n')
    merge(figures)
    return 0


if __name__ == '__main__':
    sys.exit(main())
