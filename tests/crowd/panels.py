"""The picture of an event, `build/crowd/crowd.svg`: friends, meetings, designs, medals, who knows whom, taps, energy.

Owns which panels there are and what they say; `plot` draws.
"""
import math
import random
import statistics
from typing import NamedTuple

from firmware.social.rewards import MEDALS
from tests.crowd.plot import INK, SOFT, Panel, Picture, fit

WIDTH, HEIGHT, GAP = 1240, 1476, 20
HALF, ROW, HEAD = (WIDTH - 3 * GAP) // 2, 320, 96
BLUE, GREEN, ORANGE, RED, VIOLET = '#2f6fdb', '#1a936f', '#e8871e', '#d64545', '#7a55c7'
PHASES = {'session': '#ffffff', 'coffee': '#fff1dc', 'lunch': '#e6f5ea'}
MEDAL_COLOURS = ('#c9d1db', '#b87333', '#9aa7b5', '#e3b505')
BIN_S = 300
TRY_COLOURS = (BLUE, ORANGE, RED)               # needed one try, two, more


class Data(NamedTuple):
    """Counts of `friends`, `designs` and `ranks` are [[of each wearer] at evenly spaced times]; `pairs`: friendships as
    numbers of wearers; `books`: friends at the end; `meetings`: (second, tries); `mah`: of each wearer; `found`: report.facts.
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
    rates: object
    found: dict


def sheet(data):
    """The picture as a text of SVG."""
    picture = Picture(WIDTH, HEIGHT)
    found = data.found
    picture.text(GAP + 4, 44, f'{found["pins"]} pins, {found["hours"]:g} h', 30, INK, weight=700)
    picture.text(GAP + 4, 74, f'{found["friendships"]:.0f} friendships in {found["meetings"]} meetings, {found["one_sided"]} '
                 f'one-sided, {found["designs"]} designs, seed {found["seed"]}; the real firmware in every meeting', 15)
    right = 2 * GAP + HALF
    places = [(GAP, HEAD), (right, HEAD), (GAP, HEAD + ROW + GAP), (right, HEAD + ROW + GAP)]
    for (x, y), panel in zip(places, (friends, meetings, designs, medals), strict=True):
        panel(data, picture, x, y, HALF, ROW)
    lower = HEAD + 2 * (ROW + GAP)
    network(data, picture, GAP, lower, HALF, 2 * ROW + GAP)
    third = (2 * ROW + GAP - 2 * GAP) // 3
    for number, panel in enumerate((histogram, taps, energy)):
        panel(data, picture, right, lower + number * (third + GAP), HALF, third)
    return picture.svg()


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
                       'blue: the first try, orange: the second, red: the third or later', max(map(sum, bins)))
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


def _histogram(picture, place, values, title, note, colour, bins=24):
    """A Panel with how many of `values` lie in each of some equal bins from 0."""
    top, _ = fit(max([1, *values]), 6)
    width = max(1, top / bins) if isinstance(top, int) and top < bins else top / bins
    counts = [0] * (math.ceil(top / width) + 1)
    for value in values:
        counts[int(value // width)] += 1
    high, step = fit(max([1, *counts]), 3)
    panel = Panel(picture, *place, title, note, len(counts) * width, high)
    panel.rows(step)
    for number, count in enumerate(counts):
        panel.bar(number * width, (number + 1) * width, 0, count, colour)
    tick = fit(top, 6)[1]
    panel.columns([(value, f'{value:g}') for value in range(0, int(top) + 1, tick)])


def histogram(data, picture, *place):
    _histogram(picture, place, data.books, 'Friends at the end',
               f'how many wearers have so many; {statistics.mean(data.books):.1f} on average', BLUE)


def taps(data, picture, *place):
    some = data.found['tap_ms']
    note = 'ms from contact to both books, modelled'
    if some:
        note += f'; median {some["median"]}, p95 {some["p95"]}'
    _histogram(picture, place, [min(ms, 1999) for ms in data.durations_ms], 'Taps at the first try', note, GREEN, 40)


def energy(data, picture, *place):
    found = data.found['mah']
    _histogram(picture, place, data.mah, 'Energy of the day',
               f'mAh a pin, modelled; {found["standing_an_hour"]} an hour standing, '
               f'{found["walking_an_hour"]} walking, {found["tap"]} a tap', ORANGE)
