"""lib/qr against two that know nothing of it: segno draws the same modules, zxing reads them, also from the round display."""
import numpy
import pytest

import qr
from firmware.social.card import Card
from firmware.ui import source

segno = pytest.importorskip('segno')
zxingcpp = pytest.importorskip('zxingcpp')
LEVELS = 'LM'
SIDE = 240


def modules(code):
    """A Code as an array of 0 and 1."""
    rows = numpy.frombuffer(bytes(code.rows), numpy.uint8).reshape(code.size, code.stride)
    return numpy.unpackbits(rows, axis=1)[:, :code.size]


def text(length):
    return bytes(97 + number * number % 26 for number in range(length))


def read(picture):
    """What a reader finds in an array of grey levels, as bytes; None for nothing."""
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode, try_rotate=False, try_downscale=False)
    return found[0].bytes if found else None


def full_codes():
    """(text, its Code) of the texts that fill a version to the brim: with room to spare segno pads with a zero too many."""
    for version in range(1, qr.LARGEST + 1):
        for length in sorted({qr.capacity(version), max(qr.capacity(version, 1), qr.capacity(max(1, version - 1)) + 1)}):
            code = qr.make(text(length))
            if length == qr.capacity(version, code.level):
                yield text(length), code


def test_a_full_code_is_module_for_module_what_segno_draws():
    """And nearly always with the mask that segno takes for the best: finders that overlap count once there."""
    agreed, codes = 0, list(full_codes())
    for data, code in codes:
        options = {'error': LEVELS[code.level], 'version': code.version, 'mode': 'byte', 'boost_error': False, 'micro': False}
        other = segno.make(data, mask=code.mask, **options)
        assert modules(code).tolist() == [list(row) for row in other.matrix], code.version
        agreed += segno.make(data, **options).mask == code.mask
    assert len(codes) > qr.LARGEST and agreed > len(codes) - 3


@pytest.mark.parametrize('length', [1, 2, 13, 15, 40, 77, 100, 123, 155, 200, 231, 300, 401, qr.capacity(qr.LARGEST)])
def test_a_reader_reads_it_back(length):
    picture = numpy.kron(numpy.pad(255 - 255 * modules(qr.make(text(length))), 4, constant_values=255), numpy.ones((3, 3)))
    assert read(picture.astype(numpy.uint8)) == text(length)


def test_the_smallest_version_is_taken_and_the_better_level_where_it_costs_nothing():
    assert [(code.version, code.level) for code in map(qr.make, map(text, (14, 15, 17, 18, 26, 27)))] == [
        (1, 1), (1, 0), (1, 0), (2, 1), (2, 1), (2, 0)]
    with pytest.raises(qr.QRError, match='155 bytes are too many for this QR code; 154 are the most'):
        qr.Code(text(155), 7)


def test_the_work_comes_in_small_pieces():
    code = qr.Code(text(150))
    assert code.rows is None and sum(1 for _ in code.work()) > 30


CARDS = {
    'name': Card('Jo'),
    'typical': Card('Amelia Q', 'Field Engineer', 'Northwind Labs', '+49 170 1234567', 'amelia@northwind.example',
                    'https://northwind.example/amelia', (('mastodon', '@amelia@example.social'),)),
    'longest': Card('Ж' * 60, 'Б' * 80, 'Ю' * 80, '+49 170 1234567', 'a' * 100 + '@northwind.example'),
}

DRAW = """
from firmware.ui.assets import Assets
from firmware.ui.model import Model
from firmware.ui.screens import code
assets, canvas, model = Assets(ASSETS), Canvas(), Model()
for number, rows in enumerate({rows!r}):
    model.rows = rows
    code.draw(model, canvas, assets)
    keep(canvas, 'code%d' % number)
"""


@pytest.mark.micropython
def test_a_phone_reads_the_code_off_the_round_display(micropython, tmp_path):
    """With its quiet zone inside the visible circle, and black around that."""
    from tests.unit.rigs.screens import compiled_assets, frame, run

    compiled_assets()
    wanted = [source.short(card, qr.capacity(7)) for card in CARDS.values()] + [b'https://northwind.example/amelia']
    codes = [qr.make(data) for data in wanted]
    run(tmp_path, DRAW.format(rows=[('My card', True, code.size, bytes(code.rows)) for code in codes]))
    rows, columns = numpy.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    for number, (data, code) in enumerate(zip(wanted, codes, strict=True)):
        seen = numpy.where(numpy.hypot(rows, columns) < SIDE / 2, (frame(tmp_path, f'code{number}') > 0x7FFF) * 255, 0)
        assert read(seen.astype(numpy.uint8)) == data
        dark = numpy.argwhere((seen == 0) & (numpy.hypot(rows, columns) < SIDE / 2))
        top, left = dark[:, 0].min(), dark[:, 1].min()
        side = round((SIDE - 2 * left) / code.size)
        assert side >= 3 and numpy.hypot(SIDE / 2 - left + 4 * side, SIDE / 2 - top + 4 * side) <= SIDE / 2


@pytest.mark.parametrize('card', CARDS.values(), ids=CARDS)
def test_a_card_is_shortened_until_it_fits_and_keeps_what_matters_most(card):
    import vcard

    data = source.short(card, qr.capacity(7))
    contact = vcard.decode(data)
    assert len(data) <= qr.capacity(7) and card.name.startswith(contact['fn'])
    if card is CARDS['typical']:
        assert contact == {'fn': 'Amelia Q', 'tel': ['+49 170 1234567'], 'email': ['amelia@northwind.example'],
                           'org': 'Northwind Labs'}
    assert vcard.decode(source.short(card, 2000))['fn'] == card.name


def test_what_is_not_public_is_in_no_code():
    card = Card('Jo', phone='+49 170 1234567', email='jo@example.com', public=('name', 'email'))
    assert b'170' not in source.short(card, 500) and b'jo@example.com' in source.short(card, 500)
