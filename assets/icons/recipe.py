"""Which icons the pin carries and at which code point; `firmware/ui/theme.py` and `places.py` name the same code points.

Each is an SVG beside this file, black on nothing, in a square of 40 units; the base line is its lower edge.
"""
SIZE = 40
ICONS = {
    'steps': 0xE000, 'friends': 0xE001, 'medal': 0xE002, 'alert': 0xE003, 'tools': 0xE004,
    'tick': 0xE010, 'lock': 0xE011, 'boards': 0xE012,
}
