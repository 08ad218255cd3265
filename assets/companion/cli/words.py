"""The pin's answers as lines of text for a terminal. Plain functions: dicts of the protocol in, lists of lines out."""
import datetime

from assets.companion.cli.description import PROTOCOL, SETTINGS

CARD = PROTOCOL['card']['fields']              # in the order in which they are shown: the pin's own has none
MEDALS = ('rookie', 'bronze', 'silver', 'gold')
BAR = 30                                        # characters of the longest


def date(day):
    """A day of the protocol, such as '2026-11-20'."""
    return str(datetime.date(2000, 1, 1) + datetime.timedelta(days=day)) if day else 'an unknown day'


def table(rows):
    """Rows of texts in columns that stand below each other."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    return ['  '.join(text.ljust(width) for text, width in zip(row, widths)).rstrip() for row in rows]


def card(card, strip):
    """The wearer's own card; what others do not get is marked."""
    if card is None:
        return ['There is no card on the pin yet.']
    rows = [(field, field, card[field]) for field in CARD if field not in ('handles', 'public') and card[field]]
    rows += [('handles', service, handle) for service, handle in card['handles']]
    lines = [[title, value + ('' if field in card['public'] else '  (private)')] for field, title, value in rows]
    return table(lines + ([['picture of the name', f'{strip} bytes']] if strip else []))


def friend(entry, blocked):
    """One row of the friends' table."""
    steps, _, friends, medal = entry['told']
    met, _, times, _ = entry['met']
    about = ', '.join(text for text in (entry.get('title'), entry.get('organisation')) if text)
    return [entry['name'], about, f'met {date(met)}' + (f', on {times} days' if times > 1 else ''),
            '' if steps is None else f'{steps:,} steps', f'{friends:,} friend{"s" * (friends != 1)}, {MEDALS[medal]}',
            'blocked' if entry['id'] in blocked else '', entry.get('note', '')]


def fits(entry, search):
    """Whether every word of `search` is in something that the friend's entry says."""
    said = []

    def take(value):
        if isinstance(value, str):
            said.append(value.casefold())
        elif isinstance(value, list):
            for one in value:
                take(one)
    for key, value in entry.items():
        if key not in ('id', 'met', 'told'):
            take(value)
    return all(any(word in text for text in said) for word in search.casefold().split())


def steps(today, history):
    """Today, and the days as bars."""
    counts = history['steps']
    first = next((at for at, count in enumerate(counts) if count), len(counts) - 1)
    longest = max(*counts, history['goal'], 1)
    lines = [f'{today["steps"]:,} of {today["goal"]:,} steps today' + (f', {today["distance"]}' if today['distance'] else '')]
    if not today['counting']:
        lines.append('The step counter is off.')
    for at in range(first, len(counts)):
        day = history['day'] + at - len(counts) + 1
        lines.append(f'{date(day) if history["day"] else f"{len(counts) - 1 - at} days ago"}  {counts[at]:>7,}  '
                     + '█' * round(BAR * counts[at] / longest))
    return lines + [f'{history["total"]:,} steps in all, {history["best"]:,} on the best day']


def board(measure, rows):
    """One board."""
    def when(age, hours):
        if age is None:
            return 'on an unknown day'
        if age == 0:
            return 'today' if hours is None else f'{hours} h ago'
        return 'yesterday' if age == 1 else f'{age} days ago'
    lines = [[f'{place}.' if place else '', name or 'You', f'{figure:,}', when(age, hours) if name else '']
             for place, name, figure, age, hours in rows]
    return [measure[0].upper() + measure[1:], *table(lines)]


def designs(answer):
    """The designs that can be chosen, the chosen one marked."""
    names = ['plain', *answer['names'][:answer['unlocked']]]
    return [('* ' if at - 1 == answer['chosen'] else '  ') + name for at, name in enumerate(names)] + [answer['next'] + '.']


def settings(values):
    """Key, value and what it may be."""
    rows = []
    for key in [key for key in SETTINGS if key in values]:
        row, value = SETTINGS[key], values[key]
        allowed = ' or '.join(row['of']) if 'of' in row else f'{row["min"]} to {row["max"]}' if 'min' in row else 'yes or no'
        text = {True: 'yes', False: 'no'}[value] if isinstance(value, bool) else str(value)
        rows.append([key, text, row.get('unit', ''), row.get('title', ''), allowed])
    return table(rows)


def moment(utc, zone):
    """The pin's clock in the pin's zone."""
    if utc is None:
        return 'The pin does not know the time.'
    zone = datetime.timezone(datetime.timedelta(minutes=zone))
    return datetime.datetime.fromtimestamp(utc, zone).strftime('%Y-%m-%d %H:%M:%S %z')
