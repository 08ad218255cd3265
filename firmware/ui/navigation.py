"""What an input leads to: round the ring, into a screen, out of it, along its rows.

Owns nothing: where the wearer is stands in the model (`place`, `entered`, `cursor`). Borrowed by the stage for each input. How
screens have their say is described in `ui.screens`.
"""
from firmware.ui import screens

DEEPEST = 3                             # screens entered on top of each other


def obey(model, take, kind):
    """Do what the input `kind` asks for; `take` is that of the screen, or None. Returns (action, value) where somebody else is
    to do something, else None."""
    verb, value = take and take(model, kind) or _usual(model, kind)
    if verb == 'ring':
        ring = _ring(model)
        at = ((ring.index(model.place) if model.place in ring else 0) + value) % len(ring)
        model.place = ring[at] if at else ''
        model.cursor = 0
    elif verb in ('go', 'open') and len(model.entered) < DEEPEST:
        model.entered.append((value if verb == 'go' else value[0], model.cursor))
        model.cursor = 0
    elif verb == 'back' and model.entered:
        model.cursor = model.entered.pop()[1]
    elif verb == 'cursor':
        model.cursor = value
    model.depth = len(model.entered)
    model.chosen = model.entered[-1][1] if model.entered else 0
    return value if verb in ('back', 'do') else value[1] if verb == 'open' else None


def _usual(model, kind):
    """What an input does where the screen says nothing."""
    if kind in ('next', 'previous'):
        return ('back', None) if model.entered else ('ring', 1 if kind == 'next' else -1)
    at_home = kind == 'act' and not (model.place or model.entered or model.trouble)
    return ('do', ('tap', None)) if at_home else ('', None)


def _ring(model):
    """The names of its screens; '' is home."""
    if model.trouble:
        return ('', 'safe_mode', 'crash_report') if model.safe else ('', 'crash_report')
    left_out = () if model.counts_steps else ('steps', 'week')
    if model.friends < 2:                       # nobody to compare with
        left_out += ('boards',)
    if not model.has_card:
        left_out += ('code',)
    return ('',) + tuple([name for name in screens.RING if name not in left_out])
