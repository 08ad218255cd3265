"""The designs as the wearer reads them and as the picture files are called; which there are is `social.rewards`' matter.

Owns nothing. Used by `assets` and by screens that name a design.
"""
from firmware.social.rewards import DESIGNS

PLAIN = 'plain'


def sport(number):
    """The sport of a design: 'Aquatics'."""
    name = DESIGNS[number]
    return name[0].upper() + name[1:]


def file_name(number):
    """The name of its picture file without ending; -1 is the plain design, out of the box."""
    return PLAIN if number < 0 else DESIGNS[number].replace('/', '-').replace(' ', '-')
