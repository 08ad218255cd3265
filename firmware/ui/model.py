"""The plain facts that screens draw from.

Owns nothing but values: `firmware.pin` fills them from the services, the stage hands them to the screens. No rule of the
game is worked out here or in a screen.
"""
from firmware.ui.theme import MOMENT_MS


class Model:
    """Everything a screen may show. Numbers are whole; a text that is not known is ''."""

    def __init__(self):
        # the wearer
        self.has_card = False
        self.bound = False
        self.name = ''
        self.strip = b''                # the name as a picture, see social.name_strip
        self.title = ''
        self.organisation = ''
        self.design = -1                # number of the design on the name tag, -1 is the plain one
        self.pin_name = ''              # what the pin calls itself on the air, such as 'Cloud Pin 4F2A'
        # steps
        self.counts_steps = True
        self.steps_today = 0
        self.goal = 8000
        self.distance = ''              # today's, with its unit, such as '5.9 km'
        # friends
        self.friends = 0
        self.rank = 'rookie'
        self.next_rank = 'bronze'       # '' after the last one
        self.to_next_rank = 50
        self.rank_percent = 0           # of the way from this rank to the next
        self.designs_unlocked = 0
        self.to_next_design = 5         # friends; 0 where every design is unlocked
        # what just happened
        self.friend_name = ''           # of the friend a moment is about
        self.friend_strip = b''
        self.friend_number = 0          # how many friends that makes; 0 for one met again
        self.new_design = -1
        self.new_rank = ''
        self.notice = ''                # a sentence with the next step in it
        self.progress = ''              # what is being done while the pin starts; '' once it has started
        self.trouble = ''               # in safe mode: why, and what to do
        self.safe = False               # there the name tag shows as well
        # the pin
        self.battery_percent = -1       # -1: not known
        self.brightness_percent = 70
        self.screen_s = 15              # seconds until the screen sleeps
        self.always_on = False          # the name stays at low light instead of sleeping
        self.rotation = 0               # of the picture, in degrees clockwise
        self.high_contrast = False
        self.charging = False
        self.binding = False            # a phone may be bound now
        self.night = False              # nobody wears it
        self.passkey = ''               # the six digits of a pairing that goes on
        # where the wearer is
        self.place = ''                 # name of the screen in the ring; '' at home
        self.entered = []               # [(screen, cursor of the one below it)], entered on top of each other from there
        self.cursor = 0                 # the row of a list that is chosen
        self.depth = 0                  # how many were entered
        self.chosen = 0                 # the cursor of the screen below
        self.rows = ()                  # what the screen wants: see screens

    def wear(self, card):
        """Show `card` (social.card.Card), or that there is none."""
        self.has_card = card is not None
        self.name, self.title, self.organisation = (card.name, card.title, card.organisation) if card else ('', '', '')
        self.strip = card.strip if card else b''

    def follow(self, get, turned=0):
        """Look as the settings say, which `get(key)` tells; `turned`: by how many degrees the pin is."""
        self.design = get('design')
        self.brightness_percent = get('brightness')
        self.screen_s = get('screen_s')
        self.always_on = get('always_on') and not self.night
        self.high_contrast = get('high_contrast')
        self.rotation = (180 * get('flip') + turned) % 360


class Moment:
    """A screen for a while; `facts` are put into the model when its turn comes (None stands for the number of friends)."""

    def __init__(self, screen, facts, duration_ms=MOMENT_MS):
        self.screen = screen
        self.facts = facts
        self.duration_ms = duration_ms
