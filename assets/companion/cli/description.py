"""../protocol.json, the description of what phone and pin say, for the rest of the command line."""
import json
import pathlib

PROTOCOL = json.loads((pathlib.Path(__file__).parents[1] / 'protocol.json').read_text())
UUIDS = PROTOCOL['uuids']
LIMITS = PROTOCOL['limits']
SETTINGS = {row['key']: row for row in PROTOCOL['settings']}


class Wrong(Exception):
    """It cannot be done like this; the text is a sentence for the person at the keyboard."""
