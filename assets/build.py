"""Compiles everything under assets/ into what the pin carries: `python -m assets.build [OUT] [--fonts DIR]`.

Owns the output folder: what no source stands for any more is removed from it. The same sources give the same bytes, and
a file that would not change is left alone. Used by set-up and by whoever draws.
"""
import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))               # so that it also runs as a file

from assets.designs import gallery  # noqa: E402
from assets.designs.pack import DesignError, compile_design, compile_medal  # noqa: E402
from assets.fonts import recipe, wide  # noqa: E402
from assets.fonts.pack import pack  # noqa: E402
from assets.fonts.rasterise import Face, Typeface, draw_all, metrics  # noqa: E402
from assets.icons.compile import compile_icons  # noqa: E402
from assets.rims import RINGS, compile_ring  # noqa: E402

SHEET = 'designs.png'                       # beside the output folder


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


def compile_wide(fonts):
    """The bytes of the two wide fonts; what the first has is left out of the second."""
    codes = wide.characters(recipe.IDEOGRAPHS_RANGES, recipe.IDEOGRAPHS_OF)
    cell, ideographs = wide.outlines(find_face(fonts, recipe.IDEOGRAPHS), recipe.IDEOGRAPHS_SIZE, codes, 2,
                                     recipe.IDEOGRAPHS_BOLDER)
    bitmaps = wide.unifont(find_face(fonts, recipe.BITMAPS).parent)
    rest = {code: glyph for code, glyph in bitmaps.items() if code not in ideographs}
    return wide.pack(cell, ideographs, 8), wide.pack(wide.UNIFONT, rest, 16)


def assets(fonts):
    """Yield (path below the output folder, maker of its bytes) of every asset."""
    sports, medals = gallery.designs(), gallery.medals()
    plain = sports.pop(gallery.PLAIN)
    typefaces = {names: Typeface(find_face(fonts, names)) for names in {one.faces for one in recipe.FONTS}}
    for one in recipe.FONTS:
        yield f'fonts/{one.name}.font', lambda one=one: compile_font(one, typefaces[one.faces])
    ideographs, bitmaps = compile_wide(fonts)
    yield 'fonts/ideographs.wide', lambda: ideographs
    yield 'fonts/unifont.wide', lambda: bitmaps
    yield 'fonts/icons.font', compile_icons
    for ring in RINGS:
        yield f'rims/{ring.name}.rim', lambda ring=ring: compile_ring(ring)
    yield 'designs/plain.img', lambda: compile_design(plain)
    yield 'designs/sports.imgs', lambda: gallery.bundled(sports, compile_design)
    yield 'designs/medals.imgs', lambda: gallery.bundled(medals, compile_medal)


def build(out, fonts, say):
    """Compile every asset into the folder `out` and return {path: its size in bytes}. Raises BuildError, DesignError."""
    sizes = {}
    for name, make in assets(fonts):
        try:
            data = make()
        except DesignError as problem:
            raise BuildError(f'{name}: {problem}') from problem
        path = out / name
        sizes[path] = len(data)
        new = not path.exists() or path.read_bytes() != data
        if new:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        say(f'{name:26} {len(data):7,} bytes{"" if new else "  (unchanged)"}')
    for path in sorted(out.rglob('*')):
        if path.is_file() and path not in sizes:
            path.unlink()
            say(f'{path.relative_to(out)} removed: it has no source any more')
    return sizes


def main(arguments=None):
    parser = argparse.ArgumentParser(description='Compile fonts, icons, rings and designs for the pin.')
    parser.add_argument('out', nargs='?', type=Path, default=ROOT / 'build/assets', help='output folder')
    parser.add_argument('--fonts', type=Path, default=ROOT / 'build/fonts', help='folder with the unpacked font packages')
    options = parser.parse_args(arguments)
    try:
        sizes = build(options.out, options.fonts, lambda line: sys.stdout.write(line + '\n'))
        gallery.sheet(gallery.designs().values()).save(options.out.parent / SHEET)
    except (BuildError, DesignError) as problem:
        sys.stderr.write(f'error: {problem}\n')
        return 1
    pictures = sum(size for path, size in sizes.items() if path.parent.name == 'designs')
    sys.stdout.write(f'{sum(sizes.values()):,} bytes of assets in {options.out}, {pictures:,} of them designs and medals; '
                     f'all designs on one sheet: {options.out.parent / SHEET}\n')
    return 0


if __name__ == '__main__':
    sys.exit(main())
