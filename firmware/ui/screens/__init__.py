"""The screens, one module each. A screen is a module with these functions:

* `draw(model, canvas, assets)` draws all of it, on a canvas.Canvas or on what notes the calls and may begin anew
  (`ui.sketch`): it reads no pixels, and what takes long goes through `canvas.once`;
* `lines(model)` gives its text as a list of strings, for who cannot see it;
* `state(model)` gives a tuple of all that the picture depends on: as long as it is equal nothing is drawn or sent;
* `update(model, canvas, assets, before)`, where there is one, turns the picture drawn for the state `before` into the
  present one and returns True, or returns False where only `draw` can do that; where it takes longer than a frame, it is a
  generator that yields after each part, which is shown at once;
* `frame(model, canvas, assets, number)`, where there is one, draws picture `number` of FRAMES that lead to what `draw`
  draws; they are shown in order, each on top of the one before, the first as `draw` is;
* `wants(model)`, where there is one, names the rows that it needs, as a tuple such as ('friends', start, count): the stage
  puts `await source.rows(pin, *wants)` into `model.rows` before it asks for the state, and again when something happened;
* `take(model, input)`, where there is one, says what an input does: (verb, value), or None for what it does anywhere.

`lines` and `state` need no fonts and are cheap. A screen changes nothing: rules live in the services.

Inputs: 'next' (button short, swipe left), 'previous' (swipe right), 'act' (button long, touch), 'up' and 'down' (swipes).
Verbs: ('go', screen) enter a screen on top of this one, at most three deep; ('open', (screen, (action, value))) enter it and
do that; ('cursor', n); ('do', (action, value)), which the stage publishes as event 'action' and `firmware.ui.actions` carries
out; ('back', None), or ('back', (action, value)) to leave and do that, for what makes an end of what the screen shows. Where
`take` is absent or gives None: on the ring 'next' and 'previous' are the neighbouring screens; in a screen that was entered
both leave it; else nothing.

For that the model has `cursor`, which is 0 on entry and as it was on the way back; `depth`, 0 on the ring and 1 to 3 in a
screen that was entered (so a screen may be a cover on the ring and, entered from there, its own list); `chosen`, the cursor of
the screen below this one when this one was entered. A list ends with the row 'Back', so that the button alone gets out.
"""
from firmware.system.overlay import borrow, forget

# The ring, which begins with home (name_tag, no_card or not_bound). In order: steps, week, friends, boards, gallery, code,
# medals, settings; which of them show is the stage's matter.
RING = ('steps', 'week', 'friends', 'boards', 'gallery', 'code', 'medals', 'settings')


def load(name):
    """The module of the screen called `name`, kept by nobody but the caller: a screen that is left gives its heap back."""
    return borrow(__name__ + '.' + name)


def unload():
    """Let go of what all screens share, for as long as none is in memory."""
    for name in ('layout', 'widgets'):
        forget('firmware.ui.' + name)
