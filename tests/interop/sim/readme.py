"""Makes the picture of the simulator that the README shows: `python -m tests.interop.sim.readme`."""
import sys

from PIL import Image

from tests.interop.sim.stage import PICTURES, Stage
from tests.setup.step import ROOT

OUT = ROOT / 'assets/readme/sim.png'
WINDOW = {'width': 1400, 'height': 780, 'deviceScaleFactor': 1, 'mobile': False}
PLACES = ((0.16, 0.47), (0.632, 0.47))
JOY_S = 0.12                            # into the confetti


def main():
    """Write it."""
    with Stage(PLACES, WINDOW) as stage:
        x, y = stage.middle('Ben')
        stage.rest(0.5)
        stage.drag('Ada', x - 100, y)
        stage.page.wait("document.querySelector('.bit')")
        stage.rest(JOY_S)
        picture = Image.open(stage.page.look(PICTURES / 'readme.png')).convert('RGB')
        picture.quantize(256, dither=Image.Dither.NONE).save(OUT, optimize=True)
        sys.stdout.write(f'{OUT}: {picture.width} x {picture.height}, {OUT.stat().st_size // 1024} kB\n')


if __name__ == '__main__':
    main()
