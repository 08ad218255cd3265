"""The tokens of the pin's looks: colours, type, places and durations. Screens name these and write none of their own.

Owns which of its two sets of colours counts. Colours are byte-swapped RGB565; places are pixels from the top left corner;
angles and lengths fit a round display of 240 pixels, 188 to the inch.
"""
from micropython import const

from rgb565 import rgb

# ---- colours: a night-blue ground, warm paper, and enamels, of which a screen uses one
NIGHT = rgb(0x14233F)
NIGHT_TRACK = rgb(0x2A4067)             # what is still to come on a progress rim
PAPER = rgb(0xF8F4EA)
MIST = rgb(0xA9BAD6)                    # second voice on night, 8 : 1
INK = NIGHT
SUN = rgb(0xFFC23D)
CORAL = rgb(0xEE4E3F)
LEAF = rgb(0x35D6A4)
SKY = rgb(0x2667CF)
SKY_LIGHT = rgb(0x7FB2FF)
BRONZE = rgb(0xE0955A)
SILVER = rgb(0xD3DCE8)
GOLD = SUN

LARGER = False                          # whether small type grows where it has room

CALM = {'NIGHT': NIGHT, 'NIGHT_TRACK': NIGHT_TRACK, 'MIST': MIST, 'PAPER': PAPER, 'INK': INK, 'LARGER': False,
        'FIRST_LINE': 188, 'SECOND_LINE': 207}
HIGH_CONTRAST = {'NIGHT': rgb(0x000000), 'NIGHT_TRACK': rgb(0x404040), 'MIST': rgb(0xFFFFFF), 'PAPER': rgb(0xFFFFFF),
                 'INK': rgb(0x000000), 'LARGER': True, 'FIRST_LINE': 186, 'SECOND_LINE': 208}


def use(colours):
    """Have screens that are loaded from now on drawn with CALM or HIGH_CONTRAST. The one place that changes a token; the
    stage calls it as the setting says."""
    globals().update(colours)


# ---- the round
MIDDLE = const(120)
CONTENT_RADIUS = const(108)             # nothing that must be read lies beyond

# ---- type: files below assets/fonts, largest first
NAME_FONTS = ('name-44', 'name-36', 'name-28')
TITLE_FONT = 'title-20'
CAPTION_FONT = 'caption-16'
FIGURES_FONTS = ('figures-64', 'figures-52')
ICON_FONT = 'icons'
WIDE_FONTS = ('ideographs', 'unifont')  # what has the characters that these lack
WIDE_EIGHTHS = ((12, 24), (10, 16), (8, 16), (5, 10), (4, 8))    # their sizes beside names, title and caption, of those stored
RIM = 'rim'
GLYPH_CACHE_BYTES = const(6144)
ICON_STEPS = '\ue000'
ICON_FRIENDS = '\ue001'
ICON_MEDAL = '\ue002'
ICON_ALERT = '\ue003'
ICON_TOOLS = '\ue004'

# ---- places: base lines of the common grid, and gaps between blocks
ICON_LINE = const(66)
FIGURES_LINE = const(140)
UNIT_LINE = const(166)
FIRST_LINE = 188
SECOND_LINE = 207
HEADLINE = const(119)
SENTENCE_MIDDLE = const(136)
LOWER_MIDDLE = const(157)
SAFE_ICON_LINE = const(56)
SAFE_LINE = const(87)
SAFE_MIDDLE = const(156)
SPLASH_LINE = const(142)
SPLASH_SECOND = const(170)
FIGURES_ROOM = const(190)               # between the sides of the rim
DIGIT_PERCENT = const(85)               # of its height, which a digit of the fonts of figures is wide at the least
NOTICE_LINES = const(3)                 # of a sentence in the smallest type of names, then
LARGER_LINES = const(2)                 # of a sentence in that type in high contrast
NOTICE_ROOM = const(260)                # letters times height of an x, beyond which it is not tried whether a line holds them
TITLE_LINES = const(4)                  # of a sentence in title type; longer ones are set in caption type
CAPTION_LINES = const(6)
FULL_LINES = const(9)                   # of one that leaves room for nothing else
LONG_WORD = const(12)                   # letters; a longer one may be broken where no line holds it
GAP = const(12)
TIGHT_GAP = const(9)
WIDE_GAP = const(16)
HAIR = const(2)
NAME_STEP_PERCENT = const(142)          # base line to base line of a name on several lines, of its cap height
NARROWING = const(4)                    # how finely lines are made even, in pixels of the circle's radius
SECOND_VOICE = const(11)                # of fifteen parts from the plate's colour to its ink

# ---- a design's name plate
PLATE_TOP = const(5)                    # from the plate's edge to the first capitals
PLATE_BOTTOM = const(214)               # the last base line that has room for a word
PLATE_CAPTION_LINE = const(203)

# ---- a meeting: two discs that come from the sides and touch above the name
MEETING_TOP = const(106)
MEETING_BOTTOM = const(178)
MEETING_LINE = const(198)
DISC_RADIUS = const(32)
DISC_MIDDLE = const(64)
DISC_SHIFTS = (40, 28, 18, 10, 4, 1, 0)     # how far each is still out, frame by frame: eased out
INITIAL_DROP = const(13)                # from a disc's middle to the base line of the initial in it
CONFETTI = (                            # (x, y, radius, colour) of the dots that fly when they touch, frame by frame: outwards
    ((120, 22, 4, CORAL), (97, 25, 3, PAPER), (143, 25, 3, SKY)),
    ((61, 34, 3, SKY), (77, 27, 4, LEAF), (163, 27, 4, LEAF), (179, 34, 3, CORAL)),
    ((44, 58, 4, PAPER), (196, 58, 4, PAPER), (33, 82, 5, CORAL), (207, 82, 5, SKY)),
)

# ---- a cover on the ring
COVER_ICON_LINE = const(98)
COVER_LINE = const(140)
COVER_HINT_LINE = const(168)

# ---- a setting on the band of a list
SETTING_TITLE = const(109)
SETTING_VALUE = const(145)

# ---- a cell
CELL_LEFT, CELL_TOP = const(80), const(48)
CELL_WIDTH, CELL_HEIGHT = const(74), const(42)
CELL_BORDER = const(5)
CELL_CORNER = const(9)
CELL_KNOB = const(5)                   # how far its pole sticks out
CELL_LEAST = const(7)                  # of what is in it, unless it is empty
CELL_FIGURE = const(148)
CELL_HINT = const(180)

# ---- digits, a report, facts, a question
DIGITS_TITLE = const(76)
DIGITS_ROOM = const(208)
DIGITS_HINT = const(172)
REPORT_TITLE = const(52)
REPORT_MIDDLE = const(112)
REPORT_WHEN = const(182)
REPORT_SOURCE = const(203)
ABOUT_TITLE = const(68)
ABOUT_FIRST = const(98)
ABOUT_STEP = const(23)
BIND_FIRST = const(143)
BIND_SECOND = const(165)
BIND_THIRD = const(186)
ERASE_TITLE = const(72)
ERASE_FIRST = const(102)
ERASE_SECOND = const(122)
ERASE_TOP = const(144)
ERASE_BOTTOM = const(194)
ERASE_CHOICE = const(176)

# ---- a medal
MEDAL_TOP = const(8)
MEDAL_TITLE_LINE = const(179)
MEDAL_CAPTION_LINE = const(203)
MEDAL_WIDTHS = (120, 104, 60, 8, 60, 104, 120)      # of its picture, frame by frame, while it turns once

SPORT_ROOM = const(310)                 # letters times height of an x, beyond which a font is not tried for a sport

# ---- an iris that opens: its radius frame by frame; where its corners lie, x and y in percent of that, 100 being the middle
IRIS_RADII = (24, 42, 58, 70)
IRIS_CORNERS = bytes((100, 0, 138, 8, 171, 29, 192, 62, 200, 100, 192, 138, 171, 171, 138, 192, 100, 200, 62, 192, 29, 171,
                      8, 138, 0, 100, 8, 62, 29, 29, 62, 8))

# ---- durations
FRAME_MS = const(33)
MOMENT_MS = const(1800)
NOTICE_MS = const(6000)
DIP_DOWN_MS = const(80)
DIP_UP_MS = const(120)
FADE_MS = const(240)
FADE_STEPS = const(6)
INSIDE_MS = const(10_000)               # of rest in a screen that was entered, and home it goes
LOW_MS = const(5000)                    # how long the light is low before the screen sleeps
FOR_LONG_MS = const(3_600_000)          # nothing is due

# ---- light, 0..1 as the eye sees it
LOW_LIGHT = 0.2
DIP_LEVEL = 0.1                         # of the present level, while the whole picture changes
