"""A film of a pin, or of the whole table: what there was to be seen, kept moment by moment, and made a GIF at the end.

Owns the moments. They hold no pictures of their own, only what the screens hold anyway, and are painted when the film is over:
in another thread, so that the world goes on. GIF as in the GIF89a specification, by Pillow. Used by `play`.
"""
import io
import itertools

from PIL import Image

from tests.simulator.sim import picture

GAP_S = 0.08                                    # between two moments
LONGEST_S = 30
HOLD_S = 1.5                                    # the last moment stands before it all begins anew
MOST_WIDE = 640                                 # pixels of a film; a film of one pin is as large as the pin
SAMPLES, COLOURS = 12, 255
CENTRE = (0.5, 0.5)


def views(table, sent):
    """What there is to be seen at the moment: a View of each seat of `table`. `sent`: {name: bytes on the air before}, brought
    up to now."""
    found = []
    for name, seat in table.seats.items():
        now = table.world.air.bytes[name]
        x, y = seat.place or CENTRE
        found.append(picture.View(name, seat.number, x, y, seat.degrees, seat.side == 'face down', seat.screen.light,
                                  seat.screen.seen, now != sent.get(name, now)))
        sent[name] = now
    return found


class Film:
    """Of the seat `name`, or (None) of the whole `table` at `size` (width, height, scale of a pin), from `now_s` on."""

    def __init__(self, table, name, size, now_s):
        self.table, self.name, self.size = table, name, size
        self._moments, self._sent = [], {}
        self._begun_s = self._latest_s = now_s
        self._keep(now_s)

    def _keep(self, now_s):
        seen = [view for view in views(self.table, self._sent) if self.name in (None, view.name)]
        gone = self.name is not None and not seen
        if not gone and (not self._moments or not same(seen, self._moments[-1][1])):
            self._moments.append((now_s, seen))
        self._latest_s = now_s

    def look(self, now_s):
        """Keep this moment if it is time for one. Returns whether the film is as long as it may be."""
        if now_s - self._latest_s >= GAP_S:
            self._keep(now_s)
        return now_s - self._begun_s >= LONGEST_S

    def gif(self):
        """The film as the bytes of a GIF. May be called by any thread, once nobody calls `look` any more."""
        frames = [self._painted(seen) for _, seen in self._moments]
        colours = palette(frames)
        first, *others = [frame.quantize(palette=colours, dither=Image.Dither.NONE) for frame in frames]
        times = [at for at, _ in self._moments] + [self._latest_s + HOLD_S]
        data = io.BytesIO()
        first.save(data, 'GIF', save_all=True, append_images=others, loop=0, disposal=1, optimize=False,
                   duration=[round(100 * (later - at)) * 10 for at, later in itertools.pairwise(times)])
        return data.getvalue()

    def _painted(self, seen):
        if self.name is not None:
            return picture.alone(seen[0])
        whole = picture.table(seen, *self.size)
        whole.thumbnail((MOST_WIDE, MOST_WIDE), Image.Resampling.LANCZOS)
        return whole


def same(one, other):
    """Whether two moments look alike. A screen that has changed has another array."""
    return len(one) == len(other) and all(
        a.pixels is b.pixels and a._replace(pixels=None) == b._replace(pixels=None) for a, b in zip(one, other, strict=True))


def palette(frames):
    """One palette for all, so that what stands still is the same in each: a 'P' image made of some of them side by side."""
    chosen = frames[::-(-len(frames) // SAMPLES)]
    width, height = chosen[0].size
    sheet = Image.new('RGB', (width, height * len(chosen)))
    for at, frame in enumerate(chosen):
        sheet.paste(frame, (0, at * height))
    return sheet.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def png(image):
    """Its bytes as a PNG."""
    data = io.BytesIO()
    image.save(data, 'PNG')
    return data.getvalue()
