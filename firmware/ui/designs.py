"""The designs as the wearer reads them, and the medals as they follow each other in their picture file; which there are is
`social.rewards`' matter.

Owns nothing. Used by `assets` and by screens that name a design. The sports' pictures follow each other as DESIGNS does.
"""
from firmware.social.rewards import DESIGNS, MEDALS


def sport(number):
    """The sport of a design: 'Aquatics'."""
    name = DESIGNS.split(',')[number]
    return name[0].upper() + name[1:]


def medal(rank):
    """The number of a rank's medal: 0 for 'rookie'."""
    return [name for name, _ in MEDALS].index(rank)
