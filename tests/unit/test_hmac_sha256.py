"""HMAC-SHA-256 on the pin, against the vectors of RFC 4231 and against CPython's."""
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmac_sha256 import hmac_sha256, same

RFC_4231 = [(b'\x0b' * 20, b'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'),
            (b'Jefe', b'what do ya want for nothing?', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'),
            (b'\xaa' * 131, b'Test Using Larger Than Block-Size Key - Hash Key First',
             '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54')]


@pytest.mark.parametrize(('key', 'message', 'code'), RFC_4231)
def test_hmac_vectors(key, message, code):
    assert hmac_sha256(key, message).hex() == code


@given(st.binary(max_size=150), st.binary(max_size=150))
def test_hmac_agrees_with_cpython(key, message):
    code = hmac_sha256(key, message)
    assert code == hmac.new(key, message, 'sha256').digest()
    assert same(code, bytes(code))
    assert not same(code, code[:-1])
    assert not same(code, bytes([code[0] ^ 1]) + code[1:])
