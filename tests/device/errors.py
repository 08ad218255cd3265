"""What all commands for a board share: errors that are sentences."""
import sys


class DeviceError(Exception):
    """Something is wrong with the board, the cable, a file or an argument; the text is a sentence for who typed `make`."""


def report(command, arguments):
    """Run `command(arguments)`; returns the exit code, having said on stderr what went wrong."""
    try:
        command(arguments)
    except DeviceError as problem:
        print(f'{problem}', file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print('Stopped. The same command again goes on where this one was.', file=sys.stderr)
        return 130
    return 0
