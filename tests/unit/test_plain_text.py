"""Which bytes are text: as CPython has it, and without what would garble a screen or a file."""
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import plain_text
from tests.simulator import runtime

OF_A_LINE = """
import sys
from firmware.companion.requests import checks
checks.request_of(b'{"do": "time"}')
print('vcard' in sys.modules)
"""


@settings(max_examples=200)
@given(st.binary(max_size=40))
def test_utf8_agrees_with_cpython(data):
    check_utf8(data)


@pytest.mark.parametrize('lead', [0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEE, 0xF0, 0xF1, 0xF4, 0xF5, 0xF8, 0xFF])
def test_utf8_edges_agree_with_cpython(lead):
    for second in (0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0):
        for rest in (b'', b'\x80', b'\x80\x80', b'\x80\x80\x80'):
            check_utf8(b'a' + bytes([lead, second]) + rest)


def check_utf8(data):
    try:
        expected = data.decode()
    except UnicodeDecodeError:
        with pytest.raises(plain_text.TextError):
            plain_text.utf8(data)
    else:
        assert plain_text.utf8(data) == expected


@pytest.mark.parametrize('text, sentence', [
    ('four', 'It has 4 characters; at most 3 are taken.'), ('a\n', 'control'), ('\x7f', 'control'), ('\x9f', 'control'),
    ('\ud800', 'not UTF-8')])
def test_what_is_no_plain_text_is_refused(text, sentence):
    plain_text.check_text('\xa0😀', 3, 'It')
    with pytest.raises(plain_text.TextError, match=sentence):
        plain_text.check_text(text, 3, 'It')


@pytest.mark.micropython
def test_a_line_is_checked_without_what_reads_vcards():
    assert runtime.run_script(OF_A_LINE).strip() == 'False'
