"""Makes the picture of the simulator that the README shows: `python -m tests.interop.sim.readme`."""
import sys

from PIL import Image

from tests.interop.sim.stage import PICTURES, Stage
from tests.setup.step import ROOT

OUT = ROOT / 'assets/readme/sim.png'
WINDOW = {'width': 1400, 'height': 780, 'deviceScaleFactor': 1, 'mobile': False}
PLACES = ((0.16, 0.47), (0.632, 0.47))
JOY_MS = 120                            # into the confetti, which then stands still: a busy machine would come too late
JOY = f'''new Promise((done) => {{ const look = () => {{
    const bits = document.getAnimations().filter((one) => one.effect.target?.matches('.bit'));
    for (const one of bits) {{ one.pause(); one.currentTime = {JOY_MS}; }}
    if (bits.length) done(); else requestAnimationFrame(look);
}}; look(); }})'''
SMILING = "getComputedStyle(document.querySelector('.sun .face')).opacity === '1'"
IN_TIME = "!document.querySelector('#clock').textContent.includes('at')"     # the machine keeps up


def main():
    """Write it."""
    with Stage(PLACES, WINDOW) as stage:
        x, y = stage.middle('Ben')
        stage.rest(0.5)
        stage.drag('Ada', x - 100, y)
        stage.page.evaluate(JOY)
        stage.page.wait(f'{SMILING} && {IN_TIME}')
        picture = Image.open(stage.page.look(PICTURES / 'readme.png')).convert('RGB')
        picture.quantize(256, dither=Image.Dither.NONE).save(OUT, optimize=True)
        sys.stdout.write(f'{OUT}: {picture.width} x {picture.height}, {OUT.stat().st_size // 1024} kB\n')


if __name__ == '__main__':
    main()
