"""Run on a board by `make deploy`: says what it is and has, one JSON text a line. Nothing of the firmware runs."""
import gc
import json
import os
import sys

FOLDERS = ('/firmware', '/lib', '/assets', '/next')
FILES = ('/boot.py', '/main.py', '/board.json', '/code.pack')


def walk(folder):
    try:
        entries = list(os.ilistdir(folder))
    except OSError:
        return
    for name, kind, *_ in entries:
        if kind == 0x4000:
            walk(folder + '/' + name)
        else:
            say(folder + '/' + name)


def say(path):
    try:
        print(json.dumps([path, digest(path)]))
    except OSError:
        pass


def board_file():
    try:
        with open('/board.json') as file:
            return json.load(file)
    except (OSError, ValueError):
        return None


gc.collect()
block, _, _, free = os.statvfs('/')[:4]
print(json.dumps({'version': '.'.join(map(str, sys.implementation.version[:3])), 'machine': sys.implementation._machine,
                  'mpy': sys.implementation._mpy, 'free': block * free, 'board': board_file()}))
for folder in FOLDERS:
    walk(folder)
for path in FILES:
    say(path)
for key, place in modules('/code.pack').items():
    print(json.dumps([f'/code.pack/{key:08x}', digest('/code.pack', *place)]))
