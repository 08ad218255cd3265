"""Run on a board by `make deploy` once everything lies below /next: puts the new pack together, checks and declares all whole.

/next/list.json: {"files": {path: SHA-256 in hex}, "remove": [path]}. /next/code.head is the new pack's header and index, where
there is one to be put together; a module that is new lies in /next/code, named as its key in hex, the rest is in the pack that
the board has. Without a firmware that would finish the update at its next start, `finish` of lib/update.py is put in front of
this text and called here.
"""
import json
import os

PACK, STAGED = '/code.pack', '/next/code'


def put_together():
    try:
        with open(STAGED + '.head', 'rb') as file:
            head = file.read()
    except OSError:                             # the pack is as it was, or was put together before
        return
    have = modules(PACK)
    with open('/next/pack.new', 'wb') as new:
        new.write(head)
        for key, _, _ in entries(head):
            try:
                copy(new, f'{STAGED}/{key:08x}', 0, 1 << 30)
            except OSError:
                copy(new, PACK, *have[key])
    os.rename('/next/pack.new', '/next' + PACK)
    for name in os.listdir(STAGED) if 'code' in os.listdir('/next') else ():
        os.remove(STAGED + '/' + name)
    if 'code' in os.listdir('/next'):
        os.rmdir(STAGED)
    os.remove(STAGED + '.head')


def copy(new, path, at, size):
    with open(path, 'rb') as file:
        file.seek(at)
        while size:
            piece = file.read(min(size, 1024))
            if not piece:
                break
            size -= new.write(piece)


def commit():
    put_together()
    with open('/next/list.json') as file:
        plan = json.load(file)
    for path, wanted in plan['files'].items():
        if digest('/next' + path) != wanted:
            raise OSError(path + ' arrived damaged')
    os.remove('/next/list.json')
    with open('/next/ready.new', 'w') as file:
        file.write('\n'.join(plan['remove']))
    os.rename('/next/ready.new', '/next/ready')
    print('ready')


commit()
