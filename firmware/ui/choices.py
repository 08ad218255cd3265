"""What the settings screen offers, row by row. Borrowed by it."""
from firmware.system.overlay import borrow

places = borrow('firmware.ui.places')

YES_NO = (False, True)
# (title, key of the setting, 'phones' or None, its choices or what the row does: see `take` in ui.screens, how a choice reads)
ROWS = (
    ('Brightness', 'brightness', (10, 25, 40, 55, 70, 85, 100), '%d %%'),
    ('Screen time', 'screen_s', (5, 10, 15, 30, 60, 120), '%d s'),
    ('Always on', 'always_on', YES_NO, ''),
    ('High contrast', 'high_contrast', YES_NO, ''),
    ('Turns upright', 'turn', YES_NO, ''),
    ('Upside down', 'flip', YES_NO, ''),
    ('Step counter', 'count_steps', YES_NO, ''),
    ('Step goal', 'step_goal', (3000, 5000, 6000, 8000, 10_000, 12_000, 15_000, 20_000), ''),
    ('Day starts at', 'day_start_hour', (0, 2, 3, 4, 5, 6, 8, 10, 12), '%d:00'),
    ('Distance in', 'distance', ('km', 'mi'), '%s'),
    ('Bind a phone', None, ('open', ('not_bound', ('bind', None))), ''),
    ('Forget phones', 'phones', ('do', ('forget_phones', None)), '%d bound'),
    ('Last fault', None, ('go', 'crash_report'), ''),
    ('About', None, ('go', 'about'), ''),
    ('Factory reset', None, ('go', 'erase'), ''),
    (places.BACK, None, ('back', None), ''),
)
KEYS = tuple([row[1] for row in ROWS if row[1]])
