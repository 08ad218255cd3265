"""A card that came over the cable (`make card`) as a file: makes it the wearer's at the next start.

Owns nothing. Borrowed by `firmware.assembly` where it finds the file, which goes once the card is in its journal, so a power
cut on the way costs nothing but another start.
"""
from firmware.social.card import CardError, from_bytes


def take(storage, name, wearer, log):
    """Keep the card in the file `name` (bytes as of Card.to_bytes). One that cannot be read is thrown away, as the log
    says; the wearer's own stays. Raises StorageError."""
    try:
        wearer.save(from_bytes(storage.read(name)))
        log.info('card', 'taken over from the cable: ' + wearer.card.name)
    except CardError as error:
        log.error('card', 'from the cable: ' + str(error))
    storage.remove(name)
