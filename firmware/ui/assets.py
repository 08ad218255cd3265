"""The compiled assets as the screens use them: fonts by their role, the progress rim, designs by number.

Owns the open files below one folder. Made once by `firmware.pin`, handed to every screen.
"""
from firmware.ui import designs, theme
from font import Cache, Font
from image import Image, ImageError
from open_files import OpenFiles
from rim import Rim


class Assets:
    """`names` and `figures` are the fonts of names and of large numbers, largest first; `title`, `caption`, `icons` one
    each; `rim` the progress ring. `log` is told of pictures that are missing. Raises FontError, RimError."""

    def __init__(self, root='/assets', log=None):
        self._root = root
        self._log = log
        self._bitmaps = Cache(theme.GLYPH_CACHE_BYTES)
        self._files = OpenFiles()
        self._missing = []                  # numbers of pictures that were complained about
        self.names = tuple([self._font(name) for name in theme.NAME_FONTS])
        self.figures = tuple([self._font(name) for name in theme.FIGURES_FONTS])
        self.title = self._font(theme.TITLE_FONT)
        self.caption = self._font(theme.CAPTION_FONT)
        self.icons = self._font(theme.ICON_FONT)
        self.rim = Rim('%s/rims/%s.rim' % (root, theme.RIM), files=self._files)

    def _font(self, name):
        return Font('%s/fonts/%s.font' % (self._root, name), self._bitmaps, self._files)

    def design(self, number):
        """The picture of a design, to be used in a `with` block; -1 is the plain one, which also stands in for a picture
        that is missing. Raises ImageError where even that is."""
        try:
            return self._picture(number)
        except ImageError as problem:
            if number < 0:
                raise
            if self._log and number not in self._missing:
                self._missing.append(number)
                self._log.warning('ui', '%s; the plain design stands in' % problem)
            return self._picture(-1)

    def _picture(self, number):
        return Image('%s/designs/%s.img' % (self._root, designs.file_name(number)))
