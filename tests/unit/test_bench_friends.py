"""The arithmetic of `make bench-friends`: scales, modelled times, ratios, wear; and that it finds what it builds on."""
import pytest

from tests.bench import friends, s3_model, wear

MEASURED = {'loop': 0.0118, 'call': 0.048, 'method': 0.066, 'fill': 2.4, 'blit': 18, 'gc': 72}    # a hundredth of an S3's


def found(count, python_us, garbage=1.0):
    cost = {'python_us': python_us, 'collections': garbage, 'collect_us': 10, 'flash_us': 2000}
    return {'add': {**cost, 'tending_flash_us': 500}, 'open': {**cost, 'heap': 16 * count}, 'replay_all': cost,
            'before': count, 'count': count, 'save': {'heap': 20 * count}, 'compact': {'heap': 18 * count},
            'bytes_tidy': 250, 'bytes_steady': 320}


def test_the_scale_is_the_mean_ratio_with_its_margin():
    scale = s3_model.scale(MEASURED)
    assert scale == pytest.approx((150, 150))
    slower_host = s3_model.scale({**MEASURED, 'gc': 72 * 8})
    assert slower_host == pytest.approx((150, 75))
    assert scale.ms(1000, 2000, 3000) == pytest.approx(150 + 300 + 3)


def test_of_several_measurements_the_quickest_of_each_operation_counts():
    assert s3_model.quickest([{'loop': 1, 'call': 5}, {'loop': 2, 'call': 4}]) == {'loop': 1, 'call': 4}


def test_the_costs_of_flash_are_found_where_the_simulator_has_them():
    erase_us, page_us = s3_model.flash_costs()
    assert erase_us > page_us > 0


def test_the_figures_of_the_book():
    figures = friends.figures_of({100: found(100, 20), 10_000: found(10_000, 40)}, s3_model.Scale(100, 50))
    assert figures['friend_add_ms_100'] == 2 + 0.5 + 2 + 0.5
    assert figures['friend_add_ms_10000'] == 4 + 0.5 + 2 + 0.5
    assert figures['friend_add_ratio'] == 1.4
    assert figures['book_open_ms'] == 6.5
    assert (figures['friend_heap_bytes'], figures['friend_heap_bytes_upkeep']) == (16, 20)
    assert (figures['friend_bytes_flash'], figures['friend_bytes_flash_steady']) == (250, 320)


def test_wear_is_that_of_the_block_that_is_erased_most():
    erases = [0, 6, 3, 30, 9]
    assert wear.figures_of(erases, 3) == {'wear_erases_day': 16.0, 'wear_worst_block_day': 10.0, 'wear_years': 27.4}
    lines = []
    wear.show(erases, 2, 3, lines.append)
    assert 'at most 2.00 on one' in lines[1]
    assert 'at most 10.00 on one: 27 years' in lines[2]


def test_a_book_to_measure_has_as_many_friends_as_it_should():
    files = friends.files_with(3)
    assert files['/data/friends.log'].count(friends.CARD.name.encode()) == 3 * 2      # as a name, and in the vCard
