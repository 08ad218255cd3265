"""tests/bench/sizes: what has changed since another revision stands first, module by module, and what is gone, too."""
from tests.bench import sizes

NOW = {'motion': (900, 1200), 'tap': (500, 700), 'boards': (300, None), 'same': (10, 16)}
BEFORE = {'motion': (800, 1600), 'old': (200, 256), 'boards': (310, None), 'same': (10, 16)}


def test_the_largest_changes_come_first():
    lines = []
    sizes.show(sizes.table(NOW, BEFORE), lines.append)
    assert [line.split() for line in lines] == [
        ['500', '+500', '700', '+700', 'tap'], ['900', '+100', '1200', '-400', 'motion'], ['0', '-200', '0', '-256', 'old'],
        ['300', '-10', '-', '-', 'boards'], ['10', '16', 'same']]


def test_the_code_of_a_revision_is_measured_like_the_present(micropython):
    text = 'def answer():\n    return [number * 3 for number in range(14)]\n'
    on_board, here = [sizes.code_files({'lib/small.py': text, 'lib/needs_a_board.py': 'import esp32\nPINS = 1\n'}, [], arch)
                      for arch in (sizes.BOARD, micropython.arch)]
    found = sizes.measured(on_board, here)
    assert found['needs_a_board'] == (len(on_board['/lib/needs_a_board.mpy']), None)
    flash, heap = found['small']
    assert flash == len(on_board['/lib/small.mpy']) and 100 < heap < 400
