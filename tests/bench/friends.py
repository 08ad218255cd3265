"""The friend book, small and large: `make bench-friends`. Prints tables, and merges its figures into build/bench.json.

    friend_add_ms_100, _1000, _10000    a new friend, as a tap adds one: looked up, put in doubt, committed; with the flash
                                        work that is put off until it is quiet. S3-modelled
    friend_add_ratio                    the longest of these by the shortest
    friend_bytes_flash, _steady         bytes on flash per friend of 10,000 with an average card, overhead and index
                                        included: just after a compaction, and at the most, just before the next
    book_open_ms                        opening the book of 10,000 with the most that is left to replay. S3-modelled
    book_open_whole_ms                  the same without its index on flash. S3-modelled
    friend_heap_bytes, _upkeep          bytes of heap per friend of 10,000: after opening, and the most during upkeep
    wear_...                            see `wear`
    powercut_..., history_...           see `powercut` and `histories`

The book runs on real 32-bit MicroPython, from the product's modules in compiled form, on the simulator's flash with file
system and lane. S3-modelled: time here (without that of the flash) times the bytecode scale, which is more than small C loops
need; collections of a heap as full as the pin's, one for as much garbage as main.py and firmware.pin let wait, times the C
scale; what the simulator charges for the flash; and reading it (a guess, in device/bench_flash.py).
"""
import argparse
import hashlib
import json
import os
import sys

from firmware.social.card import Card
from firmware.social.friend import Figures, Friend
from firmware.social.friends import FRIEND, SCHEMA
from firmware.system.journal import Journal
from firmware.system.lane import BLOCKS as LANE_BLOCKS
from firmware.system.log import Log
from tests.bench import histories, powercut, s3_model, wear
from tests.bench.record import merge
from tests.simulator import runtime
from tests.simulator.flash import BLOCK, Flash
from tests.simulator.image import compiled, flash_image, sources
from tests.simulator.memory_storage import MemoryFiles

FLASH_BLOCKS = 3584                             # of a board with 16 MB: all behind the firmware's first 2 MB
HEAP = '768k'                                   # the pin's 384, and what 10,000 friends take
COUNTS = (100, 1000, 10_000)
ADDS = 96
# an average card: name, title, organisation, three ways to reach her
CARD = Card('Maria Schneider', 'Photographer', 'Olympic Broadcasting Services', '+34 600 123 456',
            'maria.schneider@example.com', handles=[('mastodon', '@maria@example.com')])


def say(text):
    sys.stdout.write(text + '\n')
    sys.stdout.flush()


def files_with(count):
    """{path: bytes} of a book that has `count` friends already, without an index."""
    memory, log, card = MemoryFiles(), Log(lambda line: None), CARD.to_vcard()

    def records():
        for number in range(count):
            id = hashlib.sha256(b'%d' % number).digest()[:16]
            yield FRIEND, Friend(id, CARD.name, card, Figures(9000, 3, 40, 0), id[:8], 9000 + number // 20).pack()
    Journal(memory.storage(), 'friends', SCHEMA, log).rewrite(records())
    return {path: bytes(data) for path, data in memory.files.items()}


def modules():
    """{path: bytes} of firmware and libraries with their own names, by which the scripts of benches know them; on a pin
    they are shortened."""
    arch = runtime.micropython().arch
    return {f'/{path[:-3]}.mpy': compiled(text, arch, path) for path, text in sources().items()}


def on_micropython(module, files, *arguments, heap=HEAP):
    """What `module`.run(flash file, its blocks, those of the lane, costs of the flash, *arguments) printed, as from JSON."""
    flash = Flash(flash_image({**modules(), **files}, FLASH_BLOCKS) + b'\xff' * LANE_BLOCKS * BLOCK)
    try:
        call = (f'/proc/{os.getpid()}/fd/{flash.fd}', FLASH_BLOCKS, LANE_BLOCKS, *s3_model.flash_costs(), *arguments)
        script = f'import {module}; {module}.run(*{call!r})'
        return json.loads(runtime.run_script(script, heap, [s3_model.DEVICE]).strip().split('\n')[-1])
    finally:
        flash.close()


def modelled_ms(scale, cost):
    """What `cost` takes on an S3, with the collections that its garbage leads to."""
    return scale.ms(cost['python_us'], cost['collections'] * cost['collect_us'], cost['flash_us'])


def add_ms(scale, found):
    """A whole addition, with what it leaves to the lane's keeper."""
    return modelled_ms(scale, found['add']) + found['add']['tending_flash_us'] / 1000


def show(found, scale):
    """The table of one size."""
    add, save, compact = found['add'], found['save'], found['compact']
    say(f'\n{found["before"]} friends')
    say(f'    add one             {add_ms(scale, found):8.1f} ms modelled: in the tap {modelled_ms(scale, add):.1f}, flash '
        f'{add["flash_us"] / 1000:.1f} ({add["erases"]:.2f} erases); later flash {add["tending_flash_us"] / 1000:.1f} '
        f'({add["tending_erases"]:.2f} erases)')
    for name, key in (('open, with index', 'open'), ('open, without index', 'replay_all')):
        say(f'    {name:20}{modelled_ms(scale, found[key]):8.0f} ms modelled, {found[key]["records"]} records replayed')
    say(f'    find and read one   {modelled_ms(scale, found["get"]):8.1f} ms modelled; the last page of a list '
        f'{modelled_ms(scale, found["page"]):.0f}')
    for name, upkeep in (('save the index', save), ('compact', compact)):
        say(f'    {name:20}{upkeep["erases"]:8d} erases in {upkeep["slices"]} slices of at most '
            f'{upkeep["slice_flash_us"] / 1000:.0f} ms of flash')
    say(f'    flash per friend    {found["bytes_tidy"]:8.1f} bytes when tidy, {found["bytes_steady"]:.1f} at the most')
    say(f'    heap per friend     {heap(found):8.2f} bytes after opening, {upkeep_heap(found):.2f} at the most during upkeep')


def heap(found):
    return found['open']['heap'] / found['count']


def upkeep_heap(found):
    return max(found['save']['heap'] / found['before'], found['compact']['heap'] / found['count'])


def figures_of(results, scale):
    """The keys for build/bench.json from {friends: found}."""
    figures = {f'friend_add_ms_{count}': add_ms(scale, found) for count, found in results.items()}
    adds, most = list(figures.values()), max(results)
    found = results[most]
    figures.update({
        'friend_add_ratio': max(adds) / min(adds),
        'friend_bytes_flash': found['bytes_tidy'], 'friend_bytes_flash_steady': found['bytes_steady'],
        'book_open_ms': modelled_ms(scale, found['open']), 'book_open_whole_ms': modelled_ms(scale, found['replay_all']),
        'friend_heap_bytes': heap(found), 'friend_heap_bytes_upkeep': upkeep_heap(found)})
    return {name: round(value, 2) for name, value in figures.items()}


def main():
    parser = argparse.ArgumentParser(description='The friend book in figures.')
    parser.add_argument('--counts', default=','.join(map(str, COUNTS)), help='sizes of the book')
    parser.add_argument('--no-cuts', dest='cuts', action='store_false', help='leave out power cuts and random histories')
    options = parser.parse_args()
    results = {count: on_micropython('bench_friends', files_with(count), CARD.to_vcard(), ADDS)
               for count in map(int, options.counts.split(','))}
    scale = s3_model.scale(s3_model.quickest([found['micro'] for found in results.values()]))
    say(str(scale))
    for found in results.values():
        show(found, scale)
    figures = figures_of(results, scale)
    figures.update(wear.run(say))
    if options.cuts:
        figures.update(powercut.run(say))
        figures.update(histories.run())
    say('\n' + '\n'.join(f'{name:28} {value:g}' for name, value in figures.items()))
    merge(figures)
    return 0


if __name__ == '__main__':
    sys.exit(main())
