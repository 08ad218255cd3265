"""The picture of an event, `build/crowd/crowd.svg`: friends, meetings, designs, medals, who knows whom, taps, energy.

Owns which panels there are and what they say; `plot` draws.
"""
import math
import random
import statistics
from typing import NamedTuple

from firmware.social.rewards import MEDALS
from tests.crowd.plot import INK, SOFT, Panel, Picture, fit

WIDTH, GAP, ROWS = 1240, 20, 6
HALF, ROW, HEAD = (WIDTH - 3 * GAP) // 2, 320, 200
HEIGHT = HEAD + ROWS * (ROW + GAP)
BLUE, GREEN, ORANGE, RED, VIOLET = '#2f6fdb', '#1a936f', '#e8871e', '#d64545', '#7a55c7'
PHASES = {'session': '#ffffff', 'coffee': '#fff1dc', 'lunch': '#e6f5ea'}
MEDAL_COLOURS = ('#c9d1db', '#b87333', '#9aa7b5', '#e3b505')
BIN_S = 300
TAP_MS = 799                                    # longer ones count as this
TRY_COLOURS = (BLUE, ORANGE, RED)               # needed one try, two, more


class Data(NamedTuple):
    """Counts of `friends`, `designs` and `ranks` are [[of each wearer] at evenly spaced times]; `pairs`: friendships as
    numbers of wearers; `books`: friends at the end; `meetings`: (second, tries); `mah`: of each wearer; `synced`: see
    report.synced; `portraits`: PNGs of the busiest pin; `found`: report.facts.
    """
    event: object
    clock_time: object
    friends: list
    designs: list
    ranks: list
    pairs: list
    books: list
    meetings: list
    durations_ms: list
    mah: list
    synced: list
    portraits: list
    found: dict


def sheet(data):
    """The picture as a text of SVG."""
    picture = Picture(WIDTH, HEIGHT)
    head(data, picture)
    right = 2 * GAP + HALF
    rows = [HEAD + number * (ROW + GAP) for number in range(ROWS)]
    network(data, picture, GAP, rows[2], HALF, 2 * ROW + GAP)
    for panel, x, y in ((friends, GAP, rows[0]), (meetings, right, rows[0]), (designs, GAP, rows[1]), (medals, right, rows[1]),
                        (busiest, right, rows[2]), (phones, right, rows[3]), (histogram, GAP, rows[4]), (taps, right, rows[4]),
                        (troubles, GAP, rows[5]), (energy, right, rows[5])):
        panel(data, picture, x, y, HALF, ROW)
    return picture.svg()


def head(data, picture):
    """The title, and six figures that tell it all."""
    found, phones_ = data.found, data.found['phones']
    title = f'{found["pins"]} pins, {found["hours"]:g} h' + ('' if found['whole'] else ', ended early')
    picture.text(GAP + 4, 48, title, 32, INK, weight=700)
    picture.text(GAP + 4, 76, f'seed {found["seed"]}; the whole firmware in every meeting and every visit of a phone', 15)
    first = found['protocol']['tries'].get('1', 0) / max(1, found['meetings'])
    tiles = ((f'{found["friendships"]:,.0f}', f'friendships, {found["meetings"]:,} meetings', BLUE),
             (f'{found["one_sided"]}', 'of them one-sided', RED if found['one_sided'] else GREEN),
             (f'{100 * first:.1f} %', 'of meetings at the first try', GREEN),
             (f'{found["designs"]:,}', 'designs unlocked', VIOLET),
             (f'{phones_["bound"]}', f'phones, {phones_["visits"]} visits', INK),
             (f'{found["mah"]["median"]:g} mAh', 'drawn by a pin, modelled', ORANGE))
    width = (WIDTH - 2 * GAP - (len(tiles) - 1) * 12) / len(tiles)
    for place, tile in enumerate(tiles):
        picture.tile(GAP + place * (width + 12), 96, width, *tile)


def _over_time(data, picture, place, title, note, most):
    """A Panel whose x axis is the event's time in hours, its phases behind."""
    top, step = fit(max(1, most))
    panel = Panel(picture, *place, title, note, data.event.hours, top)
    for kind, begin_s, end_s in data.event.phases:
        panel.area([(begin_s / 3600, 0, top), (end_s / 3600, 0, top)], PHASES[kind])
    panel.rows(step)
    hours = data.event.hours
    every = 1 if hours >= 2 else hours / 4
    panel.columns([(at, data.clock_time(at * 3600)) for at in (every * number for number in range(int(hours / every) + 1))])
    return panel


def _at(data, curves):
    return [(data.event.hours * point / (len(curves) - 1), counts) for point, counts in enumerate(curves)]


def _share(counts, share):
    return sorted(counts)[min(len(counts) - 1, int(share * len(counts)))]


def _fan(data, picture, place, title, curves, colour):
    """Median, the middle eight tenths and the most of something over time."""
    panel = _over_time(data, picture, place, title,
                       'median, eight in ten wearers, and the one with the most; coffee and lunch shaded', max(curves[-1]))
    points = _at(data, curves)
    panel.area([(at, _share(counts, 0.1), _share(counts, 0.9)) for at, counts in points], colour, 0.2)
    panel.line([(at, max(counts)) for at, counts in points], colour, 1.5, '5 4')
    panel.line([(at, statistics.median(counts)) for at, counts in points], colour, 3)
    end = data.event.hours
    panel.label(end, max(curves[-1]), f'most: {max(curves[-1])}', colour, 'end', 6 if max(curves[-1]) < panel.top else -16)
    panel.label(end, statistics.median(curves[-1]), f'median: {statistics.median(curves[-1]):g}', INK, 'end', 8)
    return panel


def friends(data, picture, *place):
    panel = _fan(data, picture, place, 'Friends of a pin', data.friends, BLUE)
    for (name, least), colour in zip(MEDALS[1:], MEDAL_COLOURS[1:], strict=True):
        if least < panel.top:
            panel.line([(0, least), (data.event.hours, least)], colour, 1.5)
            panel.label(0, least, name, colour, up=5)


def designs(data, picture, *place):
    _fan(data, picture, place, 'Designs unlocked', data.designs, VIOLET)


def meetings(data, picture, *place):
    bins = [[0, 0, 0] for _ in range(math.ceil(data.event.hours * 3600 / BIN_S))]
    for at_s, tries in data.meetings:
        bins[min(len(bins) - 1, int(at_s // BIN_S))][min(tries, 3) - 1] += 1
    panel = _over_time(data, picture, place, 'Meetings in five minutes',
                       'by the try at which they were done or given up', max(map(sum, bins)))
    picture.legend(panel.corner, list(zip(TRY_COLOURS, ('first', 'second', 'later'), strict=True)))
    for number, counts in enumerate(bins):
        low = 0
        for count, colour in zip(counts, TRY_COLOURS, strict=True):
            panel.bar(number * BIN_S / 3600, min(data.event.hours, (number + 1) * BIN_S / 3600), low, low + count, colour)
            low += count


def medals(data, picture, *place):
    pins = len(data.books)
    held = [(at, [sum(rank >= least for rank in counts) for least in range(len(MEDALS))])
            for at, counts in _at(data, data.ranks)]
    first = [(at, sum(count > 0 for count in counts)) for at, counts in _at(data, data.friends)]
    panel = _over_time(data, picture, place, 'Wearers with a friend, and with a medal',
                       ', '.join(f'{name} from {least}' for name, least in MEDALS[1:]) + ' friends', pins)
    panel.area([(at, 0, count) for at, count in first], MEDAL_COLOURS[0], 0.8)
    for rank in range(1, len(MEDALS)):
        panel.area([(at, 0, counts[rank]) for at, counts in held], MEDAL_COLOURS[rank])
    last = held[-1][1]
    panel.label(data.event.hours, first[-1][1], f'{first[-1][1]} with a friend', INK, 'end', -18)
    panel.label(data.event.hours, last[1], f'{last[1]} bronze or better', MEDAL_COLOURS[1], 'end', 8)


def network(data, picture, x, y, w, h):
    """Everybody as a dot, the nearer to the middle the more friends they have; friendships as lines."""
    Panel(picture, x, y, w, h, 'Who knows whom', 'a dot is a pin, its size the number of friends; the busiest in the middle')
    middle, radius = (x + w / 2, y + h / 2 + 22), min(w, h - 60) / 2 - 24
    order = sorted(range(len(data.books)), key=lambda person: -data.books[person])
    places, rng = {}, random.Random(len(order))
    for place, person in enumerate(order):      # a sunflower: evenly spread over the disc
        at, turn = radius * math.sqrt((place + 0.5) / len(order)), place * math.pi * (3 - math.sqrt(5))
        places[person] = middle[0] + at * math.cos(turn), middle[1] + at * math.sin(turn)
    opacity = max(0.05, min(0.5, 60 / max(1, len(data.pairs))))
    pairs = rng.sample(data.pairs, len(data.pairs))
    path = ' '.join('M{:.1f} {:.1f}L{:.1f} {:.1f}'.format(*places[one], *places[other]) for one, other in pairs)
    picture.add(f'<path d="{path}" stroke="{BLUE}" stroke-opacity="{opacity:.2f}" stroke-width="0.7" fill="none"/>')
    most = max([1, *data.books])
    for person in reversed(order):
        share = data.books[person] / most
        rank = sum(data.books[person] >= least for _, least in MEDALS) - 1
        colour = MEDAL_COLOURS[rank] if rank else BLUE if data.books[person] else SOFT
        at_x, at_y = places[person]
        picture.add(f'<circle cx="{at_x:.1f}" cy="{at_y:.1f}" r="{2 + 9 * share:.1f}" fill="{colour}" stroke="#fff"/>')
    busiest = order[0]
    picture.text(places[busiest][0], places[busiest][1] - 16, data.found['busiest']['name'], 13, INK, 'middle', 600)


def _histogram(picture, place, title, note, parts, bins=24):
    """A Panel with how many values lie in each of some equal bins from 0; `parts`: [(colour, values)], one upon the other."""
    top, tick = fit(max([1, *(value for _, values in parts for value in values)]), 6)
    width = max(1, top / bins)
    counts = [[0] * (math.ceil(top / width) + 1) for _ in parts]
    for row, (_, values) in zip(counts, parts, strict=True):
        for value in values:
            row[int(value // width)] += 1
    high, step = fit(max([1, *map(sum, zip(*counts, strict=True))]), 3)
    panel = Panel(picture, *place, title, note, len(counts[0]) * width, high)
    panel.rows(step)
    for number, column in enumerate(zip(*counts, strict=True)):
        low = 0
        for count, (colour, _) in zip(column, parts, strict=True):
            panel.bar(number * width, (number + 1) * width, low, low + count, colour)
            low += count
    panel.columns([(value, f'{value:g}') for value in range(0, int(top) + 1, tick)])
    return panel


def busiest(data, picture, x, y, w, h):
    """A portrait: what the pin with the most friends shows, and its day in figures."""
    most = data.found['busiest']
    Panel(picture, x, y, w, h, f'The busiest pin: {most["name"]}', 'what it shows in the end')
    for place, png in enumerate(data.portraits):
        picture.disc(x + 32 + place * 190, y + 78, 160, png)
    facts = ((most['friends'], 'friends'), (most['meetings'], 'meetings'), (most['designs'], 'designs'),
             (most['errands'], 'errands done'), (f'{most["steps"]:,}', 'steps'), (f'{most["mah"]:g}', 'mAh'))
    for place, (figure, text) in enumerate(facts):
        picture.text(x + 462, y + 96 + place * 30, figure, 19, INK, 'end', 700)
        picture.text(x + 472, y + 96 + place * 30, text, 13)
    medal = '' if most['medal'] == MEDALS[0][0] else f'{most["medal"].capitalize()} medal'
    phone = 'A phone is bound.' if most['phone'] else 'No phone.'
    picture.text(x + 32, y + h - 26, '. '.join(part for part in (medal, phone) if part), 13)


def phones(data, picture, *place):
    """How far the phones are behind their pins."""
    found = data.found['phones']
    note = f'{found["bound"]} wearers bind one on arrival and let it fetch what is new in breaks'
    panel = _over_time(data, picture, place, 'Friends on pins with a phone', note, max(made for _, _, made in data.synced))
    panel.area([(at, known, made) for at, known, made in data.synced], ORANGE, 0.25)
    panel.area([(at, 0, known) for at, known, _ in data.synced], BLUE, 0.25)
    panel.line([(at, made) for at, _, made in data.synced], ORANGE, 2)
    panel.line([(at, known) for at, known, _ in data.synced], BLUE, 2.5)
    end = data.event.hours
    panel.label(end, found['friends_on_their_pins'], f'{found["friends_on_their_pins"]} on the pins', ORANGE, 'end', 8)
    panel.label(end, found['friends_on_phones'], f'{found["friends_on_phones"]} on the phones', BLUE, 'end', -18)


def troubles(data, picture, *place):
    """How many meetings need a single try by the frames that get lost, and what pins said of the others."""
    found = data.found['protocol']
    note = f'{data.found["in_doubt"]} taps stay in doubt, {found["given_up"]} meetings are given up'
    panel = Panel(picture, *place, 'Protocol: done at the first try', note)
    for row, (name, one) in enumerate(found['first_try_by_loss'].items()):
        share = one['at_the_first_try'] / max(1, one['meetings'])
        panel.share(row, f'{name}: {one["meetings"]} meetings', share, f'{100 * share:.1f} %', GREEN)
    said = list(found['troubles'].items())[:3]
    if said:
        picture.text(panel.x0 - 42, panel.y0 + 148, 'What pins said most often of those that failed', 12, INK, weight=600)
    for row, (text, count) in enumerate(said):
        y = panel.y0 + 170 + row * 19
        picture.text(panel.x0 - 12, y, count, 12, RED, 'end', 700)
        picture.text(panel.x0 - 4, y, text.partition(': ')[2][:84], 12)


def histogram(data, picture, *place):
    panel = _histogram(picture, place, 'Friends at the end',
                       f'how many wearers have so many; {statistics.mean(data.books):.1f} on average', [(BLUE, data.books)])
    panel.mark(statistics.median(data.books) + 0.5, f'median {statistics.median(data.books):g}')


def taps(data, picture, *place):
    some = data.found['protocol']['tap_ms']
    longest = f'; the longest {some["longest"]}' if some else ''
    panel = _histogram(picture, place, 'Taps at the first try', f'ms from contact to both books, modelled{longest}',
                       [(GREEN, [min(ms, TAP_MS) for ms in data.durations_ms])], 40)
    for down, name in enumerate(('median', 'p95') if some else ()):
        panel.mark(some[name], f'{name} {some[name]}', 16 * down)


def energy(data, picture, *place):
    found = data.found['mah']
    worn = list(zip(data.mah, data.event.wearers, strict=True))
    panel = _histogram(picture, place, 'Energy of the day',
                       f'mAh a pin, modelled; {found["standing_an_hour"]} an hour, {found["tap"]} a tap, a bound phone '
                       f'{found["bound_an_hour"]} an hour and {found["visit"]} a visit',
                       [(colour, [mah for mah, wearer in worn if wearer.phone == phone])
                        for colour, phone in ((ORANGE, False), (VIOLET, True))])
    picture.legend(panel.corner, [(ORANGE, 'without'), (VIOLET, 'with a phone')])
