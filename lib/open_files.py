"""Keeps few files open although many are read by turns: on littlefs each open one holds a kilobyte of heap.

Owns the open files. Used by `font` and `rim`, which read a little here and there and may share one of these.
"""


class OpenFiles:
    """At most `limit` files are open at a time, for reading. `pause()`, where somebody has set it, is called before something
    is read that will be kept, and may raise: whoever then begins anew finds kept all that was read until there."""

    def __init__(self, limit=2):
        self._limit = limit
        self._open = []                         # (path, file), that used last at the end
        self.pause = None

    def rest(self):
        """To be called before something is read that will be kept."""
        if self.pause:
            self.pause()

    def get(self, path):
        """The open file at `path`; valid until `limit` others were asked for. Raises OSError."""
        for at, entry in enumerate(self._open):
            if entry[0] == path:
                self._open.append(self._open.pop(at))
                return entry[1]
        file = open(path, 'rb')
        if len(self._open) >= self._limit:
            self._open.pop(0)[1].close()
        self._open.append((path, file))
        return file

    def close(self):
        """Close all; the next `get` opens again."""
        while self._open:
            self._open.pop()[1].close()
