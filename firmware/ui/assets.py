"""The compiled assets as the screens use them: fonts by their role, the progress rim, designs by number,
medals by rank.

Owns the open files below one folder. Made once by `firmware.assembly`, handed to every screen.
"""
from firmware.system.overlay import forget
from firmware.ui import theme
from font import Cache, Font
from image import Image, ImageError
from open_files import OpenFiles
from rim import Rim

_SELDOM = ('wide_font', 'bidi')        # what is machine code stays: it lies outside the heap, and loading takes 10 to 20 ms


class Assets:
    """`names` and `figures` are the fonts of names and of large numbers, largest first; `title`, `caption`, `icons` one
    each; `rim` the progress ring; `files` (OpenFiles) those that they are read from. `log` is told
    of pictures that are missing. Raises FontError, RimError."""

    def __init__(self, root='/assets', log=None):
        self._root = root
        self._log = log
        self._bitmaps = Cache(theme.GLYPH_CACHE_BYTES)
        self.files = OpenFiles()
        self._spares = {}                   # font -> what draws characters that it lacks, for as long as it is needed
        self._picture = None                # the last one, kept open for the frames of a moment
        self._missing = []                  # numbers of pictures that were complained about
        self.names = tuple([self._font(name) for name in theme.NAME_FONTS])
        self.figures = tuple([self._font(name) for name in theme.FIGURES_FONTS])
        self.title = self._font(theme.TITLE_FONT)
        self.caption = self._font(theme.CAPTION_FONT)
        self.caption.larger = self.title    # in high contrast
        self.icons = self._font(theme.ICON_FONT)
        self.rim = Rim('%s/rims/%s.rim' % (root, theme.RIM), files=self.files)

    def _font(self, name):
        return Font('%s/fonts/%s.font' % (self._root, name), self._bitmaps, self.files, self._spare)

    def _spare(self, font):
        """What draws the characters that `font` lacks, at a size that goes with it; None for figures and icons."""
        if font not in self._spares:
            from wide_font import Fallback  # most names need none

            kinds = self.names + (self.title, self.caption)
            sizes = theme.WIDE_EIGHTHS[kinds.index(font)] if font in kinds else ()
            self._spares[font] = sizes and Fallback(self._wide_fonts(), sizes)
        return self._spares[font]

    def _wide_fonts(self):
        """Those that are on flash."""
        if None not in self._spares:
            from wide_font import Wide

            self._spares[None] = found = []
            for name in theme.WIDE_FONTS:
                try:
                    found.append(Wide('%s/fonts/%s.wide' % (self._root, name), self.files))
                except OSError:
                    pass
        return self._spares[None]

    def settle(self, picture=True):
        """Give back what draws what few screens show, and the `picture` if that is not to be drawn again at once. The next
        such loads it anew."""
        if picture:
            self._close_picture()
        if self._spares:
            self._spares = {}
        for name in _SELDOM:
            forget(name)

    def trim(self, picture=True):
        """Give back what is held only to draw soon again: glyphs, metrics and open files. The next drawing reads them anew."""
        self.settle(picture)
        for font in self.names + self.figures + (self.title, self.caption, self.icons):
            font.forget()
        forget('font_beyond')
        self._bitmaps.clear()
        self.files.close()

    def design(self, number):
        """The picture of a design, to be used in a `with` block; -1 is the plain one, which also stands in for a picture
        that is missing. Raises ImageError where even that is."""
        try:
            return self._open(number)
        except ImageError as problem:
            if number < 0:
                raise
            if self._log and number not in self._missing:
                self._missing.append(number)
                self._log.warning('ui', '%s; the plain design stands in' % problem)
            return self._open(-1)

    def medal(self, rank):
        """The picture of a rank's medal, to be used in a `with` block. Raises ImageError."""
        from firmware.ui import designs  # few screens need it

        return self._image('/designs/medals.imgs', designs.medal(rank))

    def _open(self, number):
        return self._image('/designs/plain.img') if number < 0 else self._image('/designs/sports.imgs', number)

    def _image(self, name, number=None):
        """The picture, which stays open until another is asked for or all is settled: opening takes longer than drawing."""
        path, last = self._root + name, self._picture
        if not last or not last.kept or last.path != path or last.number != number:
            self._close_picture()
            self._picture = Image(path, number, kept=True)
        return self._picture

    def _close_picture(self):
        if self._picture:
            self._picture.close()
        self._picture = None
