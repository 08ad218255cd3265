"""Lines out of pieces: what a phone writes comes in pieces of any length, what it means ends with a line feed.

Owns nothing but the line that is not whole yet. Used by whoever takes pieces from `server.Link.take`.
"""


class Lines:
    """`longest`: bytes that a line may have, without its end."""

    def __init__(self, longest):
        self._longest = longest
        self.forget(False)

    def feed(self, piece):
        """The lines that `piece` makes whole, as a list of bytes without their ends; None in place of one that was too long.
        Empty ones are left out."""
        found, start = [], 0
        while start < len(piece):
            end = piece.find(b'\n', start)
            whole = end >= 0
            if not whole:
                end = len(piece)
            if not self._skipping:
                self._add(piece[start:end], found)
            if whole:
                if self._part and not self._skipping:
                    found.append(self._part.rstrip(b'\r'))
                self.forget(False)
            start = end + 1
        return found

    def _add(self, more, found):
        if len(self._part) + len(more) > self._longest:
            found.append(None)
            self.forget(True)
        elif more:
            self._part += more

    @property
    def empty(self):
        """Whether nothing of a line is here."""
        return not (self._part or self._skipping)

    def forget(self, skipping=True):
        """A piece was lost: what belongs to it, up to the next line feed, is passed over."""
        self._part, self._skipping = b'', skipping
