"""A file that is written piece by piece, for what is too long for one piece of heap or of time.

Owns the open file. Made by Storage.writer, loaded for as long as it takes.
"""
from firmware.system.storage import ENOSPC, StorageError, error_of


class Writer:
    """The file `name` of `storage` from byte `offset` on, written piece by piece; 0: made anew. On littlefs the pieces are
    in it only once it is closed. Raises StorageError."""

    def __init__(self, storage, name, offset=0):
        self._storage, self._name, self._anew = storage, name, not offset
        self._file = storage.open(name, 'r+b' if offset else 'wb', 'saving')
        if offset:
            self._file.seek(offset)

    def write(self, chunk):
        """Add `chunk`. Raises StorageError."""
        try:
            if self._file.write(chunk) != len(chunk):
                raise OSError(ENOSPC)
        except OSError as error:
            raise error_of(error, self._name, 'saving')
        self._storage.bytes_written += len(chunk)

    def close(self):
        """Raises StorageError. A second call does nothing."""
        file, self._file = self._file, None
        try:
            if file:
                file.close()
                self._storage.writes += 1
        except OSError as error:
            raise error_of(error, self._name, 'saving')

    def abandon(self):
        """Unless it is closed: a file made anew goes again; one that goes on may keep what was written to it."""
        if self._file:
            try:
                self.close()
            except StorageError:
                pass                            # what follows does not need it
            if self._anew:
                self._storage.remove(self._name)
