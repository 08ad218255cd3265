"""The screens, one module each. A screen is a module with these functions:

* `draw(model, canvas, assets)` draws all of it;
* `lines(model)` gives its text as a list of strings, for who cannot see it;
* `state(model)` gives a tuple of all that the picture depends on: as long as it is equal nothing is drawn or sent;
* `update(model, canvas, assets, before)`, where there is one, turns the picture drawn for the state `before` into the
  present one and returns True, or returns False where only `draw` can do that;
* `frame(model, canvas, assets, number)`, where there is one, draws picture `number` of FRAMES that lead to what `draw`
  draws; they are shown in order, each on top of the one before.

`lines` and `state` need no fonts and are cheap. A screen changes nothing: rules live in the services.
"""
import sys


def load(name):
    """The module of the screen called `name`, kept by nobody but the caller: a screen that is left gives its heap back."""
    full = __name__ + '.' + name
    module = __import__(full, None, None, ('draw',))
    del sys.modules[full]
    delattr(sys.modules[__name__], name)
    return module
