"""All screens in all states on one picture, cropped round and labelled, to be looked at before a change is called done.

`make sheet` writes build/sheet.png; `python -m tests.sheet steps week` only these screens.
"""
import sys
import tempfile

from tests.golden.draw import draw
from tests.golden.states import STATES
from tests.simulator.runtime import ROOT
from tests.simulator.sheet import contact_sheet

OUT = ROOT / 'build/sheet.png'
COLUMNS = 8


def main(wanted):
    unknown = [screen for screen in wanted if screen not in STATES]
    if unknown:
        sys.stderr.write(f'There is no screen called {unknown[0]}; there are {", ".join(STATES)}.\n')
        return 1
    with tempfile.TemporaryDirectory() as folder:
        drawn = draw(folder, wanted or None)
    shots = [shot for states in drawn.values() for shot in states.values()]
    rows = [(f'{shot.screen}: {shot.state}', shot.picture.convert('RGB')) for shot in shots if not shot.error]
    contact_sheet(rows, COLUMNS).save(OUT)
    for shot in shots:
        sys.stdout.write(f'{shot.screen}, {shot.state}: {shot.error}\n' if shot.error else '')
        sys.stdout.write(f'{shot.screen}, {shot.state}: cut off: {" ".join(shot.cut)}\n' if shot.cut else '')
    sys.stdout.write(f'{len(rows)} pictures of {len(drawn)} screens are in {OUT.relative_to(ROOT)}\n')
    return len(rows) < len(shots)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
