"""The key that two friends share: made of a half from each, so that nobody else can claim to be one of them.

Owns the derivations. Used by `handshake`. A pin's half for a peer is always the same, HMAC-SHA-256 of the peer's id under
its own secret, so torn taps cannot leave two keys. The halves travel at the first meeting (trust on first use); later a
READY carries a code under the key, which covers both fresh HELLOs.
"""
import hashlib

from firmware.social.friend import NO_SHARE
from hmac_sha256 import hmac_sha256, same


class PairKey:
    """What is between this pin (`own_id`, `secret`) and `peer_id`, whose half is `peer_share` (NO_SHARE: not known)."""

    def __init__(self, own_id, secret, peer_id, peer_share=NO_SHARE):
        self._own_id = own_id
        self._peer_id = peer_id
        self.share = hmac_sha256(secret, b'share' + peer_id)[:16]
        self.peer_share = peer_share

    @property
    def known(self):
        return self.peer_share != NO_SHARE

    def _code(self, sender_id, covered):
        key = hashlib.sha256(b'pair' + min(self.share, self.peer_share) + max(self.share, self.peer_share)).digest()
        return hmac_sha256(key, b'ready' + sender_id + covered)[:16]

    def code(self, covered):
        """My code over the bytes `covered`, None while the key is not known."""
        return self._code(self._own_id, covered) if self.known else None

    def proves(self, covered, code, share):
        """Whether the peer's `code` over `covered`, or else its `share` (each may be None), shows that it is the one.

        Anyone is while the key is not known.
        """
        if not self.known:
            return True
        if code:
            return same(code, self._code(self._peer_id, covered))
        return share is not None and same(share, self.peer_share)
