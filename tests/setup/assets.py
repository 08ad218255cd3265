"""Asset set-up: the Debian font packages that the font recipes draw from, and the run of `assets/build.py`.

Owns `build/fonts/`. The recipes and the builder belong to `assets/`. Used by `install`.
"""
import ast

from tests.setup.debian import SUITE, fetch
from tests.setup.python_env import PYTHON, group
from tests.setup.step import BUILD, ROOT, run, text_of

RECIPE = ROOT / 'assets/fonts/recipe.py'
FONTS = BUILD / 'fonts'
PRODUCT = BUILD / 'assets'


def font_packages():
    """`DEBIAN_PACKAGES` of the recipe, read without running it (it may import what the system's Python lacks)."""
    for node in ast.parse(RECIPE.read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], 'id', None) == 'DEBIAN_PACKAGES':
            return sorted(ast.literal_eval(node.value))
    return []


def font_inputs():
    return [SUITE, font_packages()]


def make_fonts(product):
    """Unpack the font packages. Raises SetupError."""
    fetch(font_packages(), product, with_dependencies=False)


def inputs():
    """Everything that the assets are made of: all files under assets/ but the phone's page and the README's pictures, the
    fonts, the pinned tools that draw."""
    files = sorted(path for path in (ROOT / 'assets').rglob('*')
                   if path.is_file() and not {'__pycache__', 'companion', 'readme'} & set(path.parts))
    return [font_inputs(), group('dev'), [str(path.relative_to(ROOT)) for path in files], text_of(*files)]


def make_assets(_product):
    """Run the builder in the virtual environment. Raises SetupError with its last words."""
    run([PYTHON, '-m', 'assets.build'], 'the assets could not be built', cwd=ROOT)
