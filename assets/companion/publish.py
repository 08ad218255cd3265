"""The companion page as a web server shows it: which file stands behind which address.

Owns the list of what the page takes from elsewhere in the project: the designs, medals and icons as they are drawn, Inter, and
the fonts as the pin has them, whose figures the preview lays out with. Used by the simulator's gateway, and by whoever puts
the page on a web server of their own: `python -m assets.companion.publish OUT` copies it all into one folder, of which
nothing is fetched from elsewhere and nothing needs a build.
"""
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = Path(__file__).resolve().parent
KINDS = ('.html', '.css', '.js', '.json', '.svg', '.webmanifest')
FONTS = 'build/fonts/usr/share/fonts/opentype/inter'
INTER = ('Inter-Regular.otf', 'Inter-Medium.otf', 'Inter-SemiBold.otf', 'InterDisplay-SemiBold.otf')
TAKEN = (                               # folder of the page, folder of the project, file names
    ('designs', 'assets/designs', '*.svg'),
    ('medals', 'assets/medals', '*.svg'),
    ('icons', 'assets/icons', '*.svg'),
    ('fonts', 'build/assets/fonts', 'name-*.font'),
    ('fonts', 'build/assets/fonts', 'title-*.font'),
    ('fonts', 'build/assets/fonts', 'caption-*.font'),
    ('fonts', 'build/assets/fonts', '*.wide'),
    *[('fonts', FONTS, name) for name in INTER],
)
LICENCE = 'build/fonts/usr/share/doc/fonts-inter/copyright'


def files():
    """{address below the page's folder: Path}; where set-up has not run, the fonts are missing and the page does with those of
    the system."""
    found = {path.relative_to(PAGE).as_posix(): path for path in sorted(PAGE.rglob('*'))
             if path.suffix in KINDS and 'cli' not in path.relative_to(PAGE).parts}
    for place, folder, names in TAKEN:
        found.update({f'{place}/{path.name}': path for path in sorted((ROOT / folder).glob(names))})
    if (ROOT / LICENCE).exists():
        found['fonts/LICENCE.txt'] = ROOT / LICENCE
    return found


def publish(out):
    """Copy the page into the folder `out`; returns how many files."""
    found = files()
    for name, path in found.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, out / name)
    return len(found)


def main(arguments):
    """The command; returns the exit code."""
    if len(arguments) != 1:
        sys.stderr.write('Say where the page is to go: python -m assets.companion.publish FOLDER\n')
        return 1
    try:
        sys.stdout.write(f'{publish(Path(arguments[0]))} files in {arguments[0]}\n')
    except OSError as problem:
        sys.stderr.write(f'{arguments[0]} cannot take the page: {problem.strerror}.\n')
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
