"""Compiles everything under assets/ into what the pin carries: `python -m assets.build [OUT] [--fonts DIR]`.

Owns the output folder: what no source stands for any more is removed from it. The same sources give the same bytes, and
a file that would not change is left alone. Used by set-up and by whoever draws.
"""
import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))               # so that it also runs as a file

from assets.designs.pack import DesignError, compile_design  # noqa: E402
from assets.fonts import recipe  # noqa: E402
from assets.fonts.pack import pack  # noqa: E402
from assets.fonts.rasterise import Face, Typeface, draw_all, metrics  # noqa: E402
from assets.icons.compile import compile_icons  # noqa: E402
from assets.rims import RINGS, compile_ring  # noqa: E402


class BuildError(Exception):
    """An asset cannot be compiled; the text says which and why."""


def find_face(fonts, names):
    """The first of the files `names` below the folder `fonts`."""
    for name in names:
        for found in sorted(fonts.rglob(name)):
            return found
    raise BuildError(f'{" or ".join(names)} is not below {fonts}; unpack {", ".join(recipe.DEBIAN_PACKAGES)} there')


def compile_font(one, typeface):
    """The bytes of a recipe's font file."""
    face = Face(typeface, one.size)
    codes = [code for first, last in one.ranges for code in range(first, last + 1) if typeface.has(code)]
    drawings = draw_all(face, codes, one.tabular)
    return pack(metrics(face, drawings), drawings, None if one.tabular else face.kerning(codes))


def assets(fonts):
    """Yield (path below the output folder, maker of its bytes) of every asset."""
    typefaces = {names: Typeface(find_face(fonts, names)) for names in {one.faces for one in recipe.FONTS}}
    for one in recipe.FONTS:
        yield f'fonts/{one.name}.font', lambda one=one: compile_font(one, typefaces[one.faces])
    yield 'fonts/icons.font', compile_icons
    for ring in RINGS:
        yield f'rims/{ring.name}.rim', lambda ring=ring: compile_ring(ring)
    for svg in sorted((ROOT / 'assets/designs').glob('*.svg')):
        yield f'designs/{svg.stem}.img', lambda svg=svg: compile_design(svg.read_text())


def build(out, fonts, say):
    """Compile every asset into the folder `out` and return its size in bytes. Raises BuildError."""
    wanted, total = set(), 0
    for name, make in assets(fonts):
        try:
            data = make()
        except DesignError as problem:
            raise BuildError(f'{name}: {problem}') from problem
        path = out / name
        wanted.add(path)
        total += len(data)
        new = not path.exists() or path.read_bytes() != data
        if new:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        say(f'{name:26} {len(data):7,} bytes{"" if new else "  (unchanged)"}')
    for path in sorted(out.rglob('*')):
        if path.is_file() and path not in wanted:
            path.unlink()
            say(f'{path.relative_to(out)} removed: it has no source any more')
    return total


def main(arguments=None):
    parser = argparse.ArgumentParser(description='Compile fonts, icons, rings and designs for the pin.')
    parser.add_argument('out', nargs='?', type=Path, default=ROOT / 'build/assets', help='output folder')
    parser.add_argument('--fonts', type=Path, default=ROOT / 'build/fonts', help='folder with the unpacked font packages')
    options = parser.parse_args(arguments)
    try:
        total = build(options.out, options.fonts, lambda line: sys.stdout.write(line + '\n'))
    except BuildError as problem:
        sys.stderr.write(f'error: {problem}\n')
        return 1
    sys.stdout.write(f'{total:,} bytes of assets in {options.out}\n')
    return 0


if __name__ == '__main__':
    sys.exit(main())
