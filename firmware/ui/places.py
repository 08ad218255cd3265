"""More tokens of the pin's looks, of screens that are looked at seldom: borrowed by them, so that at rest they take no heap.

Owns no state. Places are pixels as in `theme`, which has the colours, the type and what every screen needs.
"""
from micropython import const

from firmware.ui import theme
from rgb565 import mix, rgb

# ---- a list that turns: the chosen row large on a band across the middle, one neighbour above and one below, whole: a second
# one on each side would be cut by the round
BACK = '\u2190 Back'                    # its last row
LIST_ABOVE = (60, 50, 69)               # base lines of the neighbour above: of one line, of two
LIST_BELOW = (195, 182, 200)
LIST_TITLE = const(116)                 # of the chosen row
LIST_TITLES = (103, 124)                 # of one on two lines
LIST_DETAIL = const(147)
LIST_ALONE = const(130)                 # where it has no detail
LIST_PICTURE = const(42)                # how high the picture of a name may be
LIST_TOP = const(80)                    # of the band
LIST_HEIGHT = const(80)
LIST_PAGE = const(4)                    # rows that a swipe moves
LIST_LETTERS = const(16)                # that are drawn in one frame

# ---- a week: bars that stand on a line, narrow enough for the round
WEEK_TOTAL_LINE = const(52)
WEEK_UNIT_LINE = const(74)
WEEK_FLOOR = const(178)
WEEK_HIGH = const(84)                   # of the highest bar or the goal
WEEK_STEP = const(24)
WEEK_BAR = const(13)
WEEK_HALF = const(6)
WEEK_ROUND = 6.5
WEEK_DASH = const(6)
WEEK_LETTER_LINE = const(201)
WEEK_LOW = const(2)                     # of a day without steps
DAYS = const(7)
LETTERS = 'MTWTFSS'
NO_WEEK = (0,) * 7, None
WEEK_ICON_LINE = const(104)
WEEK_NONE_LINE = const(140)
WEEK_HINTS = (165, 184)

# ---- a board
ME = 'You'
ICON_BOARDS = '\ue012'
BOARD_COUNTED = const(168)              # how many friends have been read
BOARD_TITLE_LINE = const(41)
BOARD_FIRST_LINE = const(72)
BOARD_STEP = const(47)
BOARD_AGE = const(20)                   # from a row's base line to that of its age
BOARD_ROWS = const(3)
BOARD_PICTURE = const(22)               # how high the picture of a name may be
BOARD_NAME = const(24)                  # from the place's left end to the name's
BOARD_HALF = const(86)                  # from the middle to the ends of a row
BOARD_BAND = const(47)
BOARD_RISE = const(21)                  # from the band's top to the base line
BOARD_GAP = const(6)
BOARD_APART = const(8)                  # a figure and its age
BOARD_WIDER = const(8)                  # and so much more, if there is room, where both are of one colour

# ---- a friend's card
CARD_PAGES = const(5)
CARD_NAME_TOP = const(40)
CARD_BOTTOM = const(200)
CARD_STEP = const(22)
CARD_GAP = const(5)                     # more below the name
CARD_TITLE_LINE = const(61)
CARD_FIRST_LINE = const(91)
CARD_WIDE_STEP = const(23)
CARD_NOTE_STEP = const(18)
CARD_ASK_MIDDLE = const(110)
CARD_ASK_HINT = const(180)

# ---- the gallery
ICON_LOCK = '\ue011'
DESIGNS = const(33)                     # as in `rewards`
FRIENDS_A_DESIGN = const(5)
LOCK_LINE = const(64)
PEEK = const(9)                         # how much of a neighbour looks in from the side, outside of the content circle,
PEEK_GAP = const(3)                     # and the dark between
SKY = const(2)                          # of a picture's colours the one with the largest part, beside plate and ink
_LOCKED_SHADE = const(5)                # of fifteen parts from night to mist that the lightest colour of a locked design keeps


def dark(colour):
    """What is left of a colour in a locked design: how light it is, and little of that."""
    value = colour >> 8 | (colour & 0xFF) << 8
    light = 2 * (value >> 11) + 2 * (value >> 5 & 0x3F) + (value & 0x1F)        # 0..219
    return mix(theme.NIGHT, theme.MIST, light * _LOCKED_SHADE // 219)


# ---- a code
CODE_QUIET = const(4)                   # light modules on each side
CODE_ROOM = const(169)                  # the square inside the visible circle
BYTE = const(8)
BLACK, WHITE = rgb(0x000000), rgb(0xFFFFFF)
CODE_LINE = const(220)
CODE_LARGEST = const(7)                 # version: at three pixels a module the last one that has room

# ---- medals
MEDALS_TOPS = (4, -14, -14, -14)         # a rookie's has no ribbon
MEDALS_CUT = const(8)                   # of the ribbon, which hangs from behind the rim
MEDALS_LINE = const(162)
MEDALS_SECOND = const(184)
MEDALS_DOTS = const(206)
MEDALS_DOT = const(6)
MEDALS_STEP = const(22)

# ---- errands
ERRAND_TITLE = const(112)               # on one line
ICON_TICK = '\ue010'
ERRAND_TICK = const(100)                # where its middle stands,
ERRAND_TICK_LINE = const(151)           # and its foot
ERRAND_DONE = const(131)                # the middle of what stands beside it

# ---- a cover on the ring, as in `seldom`
COVER_ICON_LINE = const(98)
COVER_LINE = const(140)
COVER_HINT_LINE = const(168)
