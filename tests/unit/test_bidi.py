"""lib/bidi: letters in the order in which they are drawn, and Arabic in its joined forms, against Unicode's own tables."""
import unicodedata

import pytest

import bidi

FORMS = ('<isolated>', '<final>', '<initial>', '<medial>')
ARABIC = [code for code in (*range(0x621, 0x64B), *bidi._FURTHER) if bidi.forms(code)[1]]


@pytest.mark.parametrize('text, drawn', [
    ('Ada', 'Ada'), ('', ''), ('אבג', 'גבא'), ('אב גד', 'דג בא'),
    ('Ada אבג 12', 'Ada 12 גבא'), ('אבג Ada B', 'Ada B גבא'), ('אבג 12 Ada', 'Ada 12 גבא'),
    ('דוד (דודי) כהן', 'ןהכ (ידוד) דוד'), ('אב-גד', 'דג-בא'), ('(Ada)', '(Ada)'), ('א«ב»', '«ב»א'),
    ('٣ محمد', 'ﺪﻤﺤﻣ ٣'), ('Dr. אב', 'Dr. בא'),
])
def test_lines_are_drawn_as_unicode_s_algorithm_orders_them(text, drawn):
    assert bidi.visual(text) == drawn


def test_marks_stay_with_their_letter():
    assert bidi.visual('ש\u05c1\u05b8ל') == 'ל\u05c1\u05b8ש'           # drawn before it, from the same pen position
    assert bidi.visual('e\u0301א') == 'e\u0301א'


@pytest.mark.parametrize('code', ARABIC)
def test_every_letter_has_the_forms_that_unicode_says(code):
    first, count = bidi.forms(code)
    assert [unicodedata.decomposition(chr(first + form)) for form in range(count)] == [
        f'{FORMS[form]} {code:04X}' for form in range(count)]


@pytest.mark.parametrize('text, forms', [
    ('محمد', 'immf'), ('دار', 'sss'), ('سلام', 'iFs'), ('لا', 'F'), ('بِب', 'if'), ('ماء', 'ifs'), ('گلی', 'imf'),
])
def test_letters_join_with_their_neighbours(text, forms):
    """i, m, f: initial, medial, final; s: isolated; F: lam and alef as one."""
    drawn = [sign for sign in bidi.joined(text) if not bidi.is_mark(ord(sign))]
    names = []
    for sign in drawn:
        kind, *letters = unicodedata.decomposition(sign).split() or ['<isolated>']
        names.append('F' if len(letters) == 2 else 'sfim'[FORMS.index(kind)])
    assert ''.join(names) == forms
