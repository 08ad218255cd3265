"""Named files in one folder of the flash: whole reads, appends, overwrites and atomic replacement.

Owns the folder it is given and the sentences for what can go wrong there. Used by `journal` and `log`; nothing else in
the firmware opens a file to write. Made for littlefs, where a file's new content becomes visible in one step when it is
closed and `rename` replaces atomically; on file systems without that promise a cut write leaves a torn end, which the
journal recovers.
"""
import os

from micropython import const

ENOENT = const(2)
EEXIST = const(17)
ENOSPC = const(28)
EILSEQ = const(84)                              # littlefs reports a corrupt block with it
_SIZE = const(6)                                # the place of st_size in os.stat's tuple


class StorageError(Exception):
    """The flash could not do it; the text is a sentence for screen and log, `errno` the number or 0."""

    def __init__(self, sentence, errno=0):
        super().__init__(sentence)
        self.errno = errno


def error_of(error, name, doing):
    """The StorageError for an OSError that stopped `doing` ('saving', 'reading', ...) file `name`."""
    number = error.errno or 0
    reasons = {
        ENOENT: 'The file %s is missing.' % name,
        ENOSPC: 'The flash is full: %s was not saved.' % name,
        EILSEQ: 'The flash is damaged: %s %s failed.' % (doing, name),
    }
    return StorageError(reasons.get(number) or 'The flash failed: %s %s ended with error %s.' % (doing, name, number), number)


class Reader:
    """A file that is open for reading; a context manager."""

    def __init__(self, file, name):
        self._file = file
        self._name = name

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def read_into(self, offset, buffer):
        """Fill `buffer` from byte `offset` on; returns how many bytes there were. Raises StorageError."""
        try:
            self._file.seek(offset)
            return self._file.readinto(buffer) or 0
        except OSError as error:
            raise error_of(error, self._name, 'reading')


class Storage:
    """The files of folder `root`, which is made if need be.

    `files` offers what is used of module os (listdir, mkdir, remove, rename, stat) and `opener` is open(): tests put a
    flash that fails in their place. What was written is on flash when a method returns. Each method raises StorageError.
    `writes` and `bytes_written` count since power-on, for the wear figures. `lane` is an esp32.Partition for the tails of
    journals, or None; `quiet` (quiet.Quiet) tells when an erase disturbs nobody, None: it never does.
    """

    def __init__(self, root, files=os, opener=open, lane=None):
        self.lane = lane
        self.quiet = None
        self._root = root.rstrip('/') + '/'
        self._files = files
        self._open = opener
        self.writes = 0
        self.bytes_written = 0
        self._make_root(root)

    def _make_root(self, root):
        try:
            self._files.mkdir(root)
        except OSError as error:
            if error.errno != EEXIST:
                raise error_of(error, root, 'making')

    def names(self):
        """The names of all files, sorted."""
        try:
            return sorted(self._files.listdir(self._root[:-1]))
        except OSError as error:
            raise error_of(error, self._root, 'listing')

    def size(self, name):
        """Length in bytes, or None where there is no such file."""
        try:
            return self._files.stat(self._root + name)[_SIZE]
        except OSError as error:
            if error.errno == ENOENT:
                return None
            raise error_of(error, name, 'reading')

    def reader(self, name):
        """A Reader of the file."""
        return Reader(self.open(name, 'rb', 'reading'), name)

    def writer(self, name, offset=0):
        """A writer.Writer of the file from byte `offset` on, over what is there; 0: it is made anew."""
        from firmware.system.writer import Writer
        return Writer(self, name, offset)

    def open(self, name, mode, doing):
        """The file itself, for `writer`; `doing` is for the sentence, as in `error_of`."""
        try:
            return self._open(self._root + name, mode)
        except OSError as error:
            raise error_of(error, name, doing)

    def read(self, name):
        """The whole file."""
        try:
            with self._open(self._root + name, 'rb') as file:
                return file.read()
        except OSError as error:
            raise error_of(error, name, 'reading')

    def _save(self, name, mode, offset, chunks):
        """Write `chunks` in one opening. A failure may leave a torn part behind `offset`, except on littlefs."""
        try:
            with self._open(self._root + name, mode) as file:
                if offset is not None:
                    file.seek(offset)
                for chunk in chunks:
                    if file.write(chunk) != len(chunk):
                        raise OSError(ENOSPC)
                    self.bytes_written += len(chunk)
        except OSError as error:
            raise error_of(error, name, 'saving')
        self.writes += 1

    def append(self, name, data):
        """Add `data` at the end; a missing file is made."""
        self._save(name, 'ab', None, (data,))

    def write(self, name, offset, chunks):
        """Put the iterable of bytes `chunks` at `offset`, over what is there. At 0 the file is made anew with them alone."""
        if offset:
            self._save(name, 'r+b', offset, chunks)
        else:
            self._save(name, 'wb', None, chunks)

    def replace(self, name, chunks):
        """Make the iterable of bytes `chunks`, or one bytes, the content of file `name`, all or nothing."""
        self.create(name + '.tmp', chunks)
        self.rename(name + '.tmp', name)

    def create(self, name, chunks):
        """Make file `name` anew from `chunks` as for `replace`; if that fails, what was written of it is removed."""
        if isinstance(chunks, (bytes, bytearray)):
            chunks = (chunks,)
        try:
            self._save(name, 'wb', None, chunks)
        except StorageError:
            self.remove(name)
            raise

    def rename(self, old, new):
        """Rename; a file called `new` is replaced in the same step."""
        try:
            self._files.rename(self._root + old, self._root + new)
        except OSError as error:
            raise error_of(error, old, 'renaming')

    def remove(self, name):
        """Delete the file; a missing one is no error."""
        try:
            self._files.remove(self._root + name)
        except OSError as error:
            if error.errno != ENOENT:
                raise error_of(error, name, 'removing')
