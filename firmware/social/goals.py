"""The sentences about what comes next: designs, medals, errands and how far they are.

Owns the errands' titles. Loaded when somebody looks at them, on the screen or on the phone, and forgotten after; the rules
are in `rewards`.
"""
from firmware.social import rewards

# key: title, what is counted ('' where once is enough)
_ERRANDS = {
    'long_walk': ('Walk 10,000 steps in a day', 'steps'),
    'marathon': ('Walk 42,195 steps in a day', 'steps'),
    'habit': ('Reach your step goal five days in a row', 'days'),
    'traveller': ('Walk 250,000 steps in all', 'steps'),
    'crowd': ('Make ten friends in one day', 'friends'),
    'regular': ('Make a friend on each of five days', 'days'),
    'early': ('Tap before eight in the morning', ''),
    'late': ('Tap after ten at night', ''),
    'outwalked': ('Meet a friend who walked more today', ''),
    'leader': ('Lead a board of five by steps', ''),
    'reunion': ('Meet one friend on three days', 'days'),
    'gold_touch': ('Tap someone with a gold medal', ''),
    'whole_card': ('Fill in your whole card', ''),
}


def next_design(friends, standing):
    """'2 friends to the next design', for so many friends and what was earned (a rewards.Standing)."""
    missing = rewards.to_next_design(friends, len(standing.errands), standing.designs)
    return 'All designs are yours' if missing is None else _friends(missing) + ' to the next design'


def next_medal(friends, standing):
    """'3 friends to bronze', likewise."""
    following = rewards.to_next_medal(friends, standing.rank)
    return _friends(following[1]) + ' to ' + following[0] if following else 'All medals are yours'


def errands(measures, done, counting=True):
    """[(title, whether it is done, how far it is)] of the errands that show, in the order of the table: '7,312 of 10,000
    steps', 'done' or 'not yet'. `measures` as for rewards.errands_done, `done` their keys; `counting`: the step counter is
    on, else errands that need it do not show."""
    rows = []
    for key, measure, target, needs_steps in rewards.ERRANDS:
        if needs_steps and not counting:
            continue
        title, unit = _ERRANDS[key]
        text = 'done'
        if key not in done:
            far = thousands(min(measures.get(measure, 0), target))
            text = '%s of %s %s' % (far, thousands(target), unit) if unit else 'not yet'
        rows.append((title, key in done, text))
    return rows


def _friends(number):
    return '1 friend' if number == 1 else thousands(number) + ' friends'


def thousands(number):
    """12345 as '12,345'."""
    digits = str(number)
    return digits if number < 1000 else thousands(number // 1000) + ',' + digits[-3:]
