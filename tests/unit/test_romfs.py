"""tests/simulator/romfs: MicroPython mounts the image, finds every file in it, and runs code there without loading it."""
from tests.simulator.image import compiled
from tests.simulator.romfs import romfs
from tests.simulator.runtime import run_script

SCRIPT = '''
import gc, sys, vfs
image = {image!r}
vfs.mount(vfs.VfsRom(image), '/rom')
sys.path[:] = {path!r}
with open('/rom/deep/er/long') as file:
    print(file.read() == 'x' * 20_000)
gc.collect()
before = gc.mem_alloc()
import big
gc.collect()
print(gc.mem_alloc() - before, big.answer())
'''
BIG = 'def answer():\n' + ''.join(f'    a = {number}\n' for number in range(1000, 3000)) + '    return a\n'


def test_micropython_reads_the_image_and_runs_code_in_it(micropython):
    big = compiled(BIG, micropython.arch, 'big.py')
    image = romfs({'/deep/er/long': b'x' * 20_000, '/deep/empty': b'', '/code/big.mpy': big})
    whole, size_and_answer = run_script(SCRIPT.format(image=image, path=['/rom/code'])).splitlines()
    size, answer = map(int, size_and_answer.split())
    assert (whole, answer) == ('True', 2999)
    assert len(big) > 8_000 and size < 500
