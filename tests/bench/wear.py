"""How fast the flash wears out on busy days: part of `make bench-friends`; `python -m tests.bench.wear` runs it alone.

    wear_erases_day         erases of a day with 200 taps (half of them with strangers) and 20,000 steps
    wear_worst_block_day    of the block that is erased most often, lane or file system
    wear_years              how long that block lasts at 100,000 erases

The stores of friends, rewards and steps write to the simulator's flash on real MicroPython, through littlefs, which moves what
is written often, and through the lane. A pin with 1,000 friends, and a file system as full as the product leaves it.
"""
from tests.bench.record import merge

DAYS, TAPS, STEPS = 3, 200, 20_000
FRIENDS = 1000
ENDURANCE = 100_000                             # erases of a block, W25Q128's data sheet


def years(erases, days):
    """How long a block lasts that was erased so often in so many days."""
    return ENDURANCE * days / max(1, erases) / 365


def figures_of(erases, days):
    """The keys for build/bench.json, from how often each block was erased."""
    return {'wear_erases_day': round(sum(erases) / days, 1), 'wear_worst_block_day': round(max(erases) / days, 2),
            'wear_years': round(years(max(erases), days), 1)}


def show(erases, lane_blocks, days, say):
    say(f'\nflash wear, {days} days of {TAPS} taps and {STEPS} steps, {FRIENDS} friends at first')
    for name, part in (('file system', erases[:-lane_blocks]), ('lane', erases[-lane_blocks:])):
        say(f'    {name:12} {sum(part) / days:7.1f} erases a day on {sum(map(bool, part))} of {len(part)} blocks, at most '
            f'{max(part) / days:.2f} on one: {years(max(part), days):.0f} years')


def run(say):
    """Measure, tell `say(line)`, and return the figures."""
    from tests.bench import friends  # which calls this
    found = friends.on_micropython('bench_wear', friends.files_with(FRIENDS), friends.CARD.to_vcard(), DAYS, TAPS, STEPS)
    show(found['erases'], friends.LANE_BLOCKS, DAYS, say)
    return figures_of(found['erases'], DAYS)


if __name__ == '__main__':
    merge(run(print))
