"""Files that hold what was exported: whole or not at all, and never over something else without being asked."""
import os
import pathlib
import tempfile

from assets.companion.cli.description import Wrong


def check_free(path, overwrite):
    """Raises Wrong where `path` cannot be written: to be asked before the pin is."""
    path = pathlib.Path(path)
    if path.is_dir():
        raise Wrong(f'{path} is a folder. Say what the file is to be called.')
    if path.exists() and not overwrite:
        raise Wrong(f'{path} exists. Choose another name, or add --overwrite.')
    if not path.absolute().parent.is_dir():
        raise Wrong(f'There is no folder {path.absolute().parent}.')


def write(path, data, overwrite):
    """Write bytes to a file beside `path` and then call it that. Raises Wrong; then there is no such file, or the old one."""
    check_free(path, overwrite)
    path = pathlib.Path(path).absolute()
    draft = reserved = None
    try:
        if not overwrite:
            with open(path, 'xb'):              # fails where somebody has made one meanwhile
                reserved = path
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f'.{path.name}.', delete=False) as file:
            draft = file.name
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(draft, 0o644)
        os.replace(draft, path)
    except OSError as error:
        for left in filter(None, (draft, reserved)):
            pathlib.Path(left).unlink(missing_ok=True)
        raise Wrong(f'{path} could not be written: {error.strerror}.') from None
