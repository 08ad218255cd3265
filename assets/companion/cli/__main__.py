"""Runs one command: `python -m assets.companion.cli friends ada`. Exit code 0, or 1 with a sentence on stderr."""
import asyncio
import sys

from assets.companion.cli.arguments import parser
from assets.companion.cli.description import Wrong


async def run(words, radio, say, complain):
    """Carry out the command in `words` (list of str); `say` and `complain` write a line. Returns the exit code."""
    try:
        arguments = parser().parse_args(words)
        await arguments.run(arguments, radio, say)
    except Wrong as wrong:
        complain(str(wrong))
        return 1
    return 0


def main():
    """The program. bleak is imported last, so that --help needs no Bluetooth."""
    from assets.companion.cli.radio import Radio

    def line_to(stream):
        return lambda text: stream.write(text + '\n')
    try:
        return asyncio.run(run(sys.argv[1:], Radio(), line_to(sys.stdout), line_to(sys.stderr)))
    except KeyboardInterrupt:
        return 130


if __name__ == '__main__':
    sys.exit(main())
