"""The wearer: the card that they show to others, and the identity that their pin keeps for itself.

Owns the rules for a card's fields and the journal 'card'. The tap takes from here what it sends, the phone and the card
screen what they show and change. `vcard` and `plain_text` are loaded where they are needed; `tap_stack` forgets them with the
rest of a tap's code.
"""
import json
import struct

from micropython import const

from firmware.system.overlay import forget

SCHEMA = const(1)
FIELDS = ('name', 'title', 'organisation', 'phone', 'email', 'web', 'handles')
MAX_VCARD = const(1200)                         # bytes of the vCard that travels at a tap
MAX_STRIP = const(2048)                         # bytes of a prerendered name
MAX_HANDLES = const(8)
_LONGEST = (('name', 60), ('title', 80), ('organisation', 80), ('phone', 32), ('email', 120), ('web', 200))
_LONGEST_SERVICE = const(24)
_LONGEST_HANDLE = const(120)

_IDENTITY = const(1)                            # record kinds; payload: device id (16), secret (32)
_CARD = const(2)                                # payload: Card.to_bytes, or nothing: no card
_MOST_RECORDS = const(16)                       # before the outdated ones are thrown out


class CardError(ValueError):
    """The card cannot be like this; the text is a sentence for the wearer."""


class Card:
    """What a wearer shows: texts ('' where there is none), `handles` as (service, value) pairs, `public` as the names of
    the fields that others may get (the name always is), `strip` the name as a picture (see `name_strip`) for scripts
    without a font.

    Raises CardError. A card is never changed; make another.
    """

    def __init__(self, name, title='', organisation='', phone='', email='', web='', handles=(), public=FIELDS, strip=b''):
        self.name = name.strip()
        self.title = title.strip()
        self.organisation = organisation.strip()
        self.phone = phone.strip()
        self.email = email.strip()
        self.web = _with_scheme(web.strip())
        self.handles = tuple((service.strip(), value.strip()) for service, value in handles)
        self.public = tuple(field for field in FIELDS if field in public or field == 'name')
        self.strip = bytes(strip)
        for field in public:
            if field not in FIELDS:
                raise CardError('A card has no field called %s.' % field)
        self._check()

    def _check(self):
        if not self.name:
            raise CardError('A card needs a name.')
        for field, longest in _LONGEST:
            _check_text(getattr(self, field), longest, field)
        if self.phone and not (any('0' <= sign <= '9' for sign in self.phone)
                               and all(sign in '0123456789 +-()./#*x' for sign in self.phone)):
            raise CardError('The phone number holds something else than digits and + - ( ) . / # * x.')
        if self.email and (self.email.count('@') != 1 or ' ' in self.email or self.email[0] == '@' or self.email[-1] == '@'):
            raise CardError('The email address is not like name@example.com.')
        if self.web and (' ' in self.web or '\\' in self.web or '.' not in self.web):
            raise CardError('The web address is not like https://example.com.')
        if len(self.handles) > MAX_HANDLES:
            raise CardError('A card has at most %d handles.' % MAX_HANDLES)
        for service, value in self.handles:
            if not service or not value or '"' in service:
                raise CardError('A handle needs a service, without quotation marks, and a name there.')
            _check_text(service, _LONGEST_SERVICE, 'service')
            _check_text(value, _LONGEST_HANDLE, 'handle')
        if len(self.strip) > MAX_STRIP:
            raise CardError('The picture of the name has %d bytes; at most %d are taken.' % (len(self.strip), MAX_STRIP))
        if self.strip:
            _check_strip(self.strip)
        self.to_vcard()

    @property
    def complete(self):
        """Whether every field is filled in."""
        return all(getattr(self, field) for field in FIELDS)

    def to_vcard(self):
        """The vCard 3.0 of the public fields, as bytes. Raises CardError if it would be too long to travel."""
        import vcard
        contact = {'fn': self.name}
        for field, key in (('title', 'title'), ('organisation', 'org')):
            if field in self.public and getattr(self, field):
                contact[key] = getattr(self, field)
        for field, key in (('phone', 'tel'), ('email', 'email'), ('web', 'url')):
            if field in self.public and getattr(self, field):
                contact[key] = [getattr(self, field)]
        if 'handles' in self.public:
            contact['social'] = self.handles
        try:
            data = vcard.encode(contact)
        except vcard.VCardError as error:
            raise CardError(str(error))
        if len(data) > MAX_VCARD:
            raise CardError('The card has %d bytes; %d are the most. Shorten something.' % (len(data), MAX_VCARD))
        return data

    def to_bytes(self):
        """The card for the journal."""
        texts = {field: getattr(self, field) for field in FIELDS}
        texts['public'] = self.public
        data = json.dumps(texts).encode()
        return struct.pack('>H', len(data)) + data + self.strip


def from_bytes(data):
    """The Card that `to_bytes` gave. Raises CardError."""
    try:
        length = data[0] << 8 | data[1]
        texts = json.loads(data[2:2 + length])
        return Card(strip=data[2 + length:], **{field: texts[field] for field in FIELDS + ('public',)})
    except CardError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        raise CardError('The stored card cannot be read.')


def _with_scheme(web):
    return web if not web or '://' in web else 'https://' + web


def _check_strip(strip):
    from firmware.social import name_strip  # few cards have one

    try:
        name_strip.pixels(strip)
    except name_strip.StripError as error:
        raise CardError(str(error))
    finally:
        forget('firmware.social.name_strip')


def _check_text(text, longest, what):
    import plain_text
    try:
        plain_text.check_text(text, longest, 'The %s' % what)
    except plain_text.TextError as error:
        raise CardError(str(error))


class Wearer:
    """Identity and card, kept in `journal`.

    `device_id` (16 bytes) names this pin to others; `secret` (32 bytes) never leaves it. Both come from `random_bytes(n)`
    at the first start and after a factory reset. `card` is None until the wearer has made one; a stored card that cannot
    be read is reported, and the last good one counts. Opening raises StorageError.
    """

    def __init__(self, journal, log, random_bytes):
        self._journal = journal
        self._log = log
        self._random_bytes = random_bytes
        self._forget()
        for kind, payload, _ in journal.replay():
            if kind == _IDENTITY and len(payload) == 48:
                self.device_id, self.secret = payload[:16], payload[16:]
            elif kind == _CARD:
                try:
                    self.card = from_bytes(payload) if payload else None
                except CardError as error:
                    self._log.error('card', str(error))
        if not self.device_id:
            self._make_identity()
        journal.tidy(_MOST_RECORDS, self._pairs)

    def _forget(self):
        self.device_id = self.secret = b''
        self.card = None

    def _make_identity(self):
        device_id, secret = self._random_bytes(16), self._random_bytes(32)
        self._journal.append(_IDENTITY, device_id + secret)
        self.device_id, self.secret = device_id, secret

    def save(self, card):
        """Keep `card` (a Card, or None for none); it is on flash when this returns. Raises StorageError: the old one stays.

        Whoever calls it publishes 'card'.
        """
        self._journal.append(_CARD, card.to_bytes() if card else b'')
        self.card = card
        self._journal.tidy(_MOST_RECORDS, self._pairs)

    def reset(self):
        """Factory reset: no card, and another identity, so that friends of old take this for another pin."""
        self._journal.rewrite(())
        self._forget()
        self._make_identity()

    def _pairs(self):
        pairs = [(_IDENTITY, self.device_id + self.secret)]
        if self.card:
            pairs.append((_CARD, self.card.to_bytes()))
        return pairs
