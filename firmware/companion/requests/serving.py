"""Serving a line: has it checked, has the request carried out, and puts what fails into words.

Owns the rules that all requests share. A request is a module that has ACTS, a tuple of

    (act, async function(pin, values, part, link) -> dict for 'ok', fields)

the default act first; `await part(value)` sends a part of a long answer. A field is (key, type, lowest, highest), needed, or
with a default behind it, not needed: `values` has None or the default where it was left out. Types are those of the protocol;
lowest and highest of a text count characters, of base64 bytes, of a list or object entries; a choice has what there is to
choose instead of lowest. A function refuses with ValueError (bad_value), LookupError (not_found) or StorageError; then
nothing has changed.
"""
import gc

from firmware.system.overlay import borrow, forget
from firmware.system.storage import StorageError

TOPICS = ('profile,designs,friends,boards,steps,receipts,errands,settings,time,battery,forget,log,find')
_PACKAGE = 'firmware.companion.requests'


class Requests:
    """Serves lines for `pin`, one after the other."""

    def __init__(self, pin):
        self._pin = pin
        self._topic = ('', None)                # the latest request's name and module

    async def answer(self, line, send, link):
        """Serve one line (bytes): `await send(dict)` is called for each line of the answer, and what it raises ends it.
        `link` has `await forget()`, which ends the asker's bond and closes the link once the answer is out."""
        sent = _Sender(send)
        answer = await self._answer(line, sent, link)
        if not answer:                          # what the screen holds only to draw soon again is not worth as much
            self._pin.events.publish('room')
            gc.collect()
            if not sent.parts:                  # else the phone has to ask again, and finds more room
                answer = await self._answer(line, sent, link)
        await send(answer or {'id': sent.id, 'error': 'The pin had no memory left for this.', 'code': 'no_memory'})

    async def _answer(self, line, sent, link):
        """The last line of the answer; None where there is no memory for it."""
        try:
            checks = borrow(_PACKAGE + '.checks')
            request = checks.request_of(line)
            sent.id = checks.id_of(request)
            function, fields = self._act(request, checks)
            values = checks.values_of(request, fields)
            checks = request = None             # the heap is the request's now
            return {'id': sent.id, 'ok': await function(self._pin, values, sent.part, link)}
        except MemoryError as error:
            self._topic = ('', None)
            self._pin.log.warning('companion', 'A request failed: %s' % error)
            return None
        except Exception as error:              # a phone must not stop the service
            if sent.failed:
                raise
            code, sentence = self._words(error)
            return {'id': sent.id, 'error': sentence, 'code': code}

    def _act(self, request, checks):
        """(function, fields) that a request names."""
        name = request.pop('do', None)
        if not isinstance(name, str) or name not in TOPICS.split(','):
            raise checks.Refused('unknown_request', 'There is no request called %s.' % str(name)[:40])
        acts = self._module(name).ACTS
        act = request.pop('act', acts[0][0])
        for known, function, fields in acts:
            if known == act:
                return function, fields
        raise checks.Refused('unknown_act', '%s has no act called %s.' % (name, str(act)[:40]))

    def _module(self, name):
        if self._topic[0] != name:
            self._topic = ('', None)            # its heap first
            self._topic = name, borrow(_PACKAGE + '.' + name)
            forget(_PACKAGE)                    # which that import has loaded again
        return self._topic[1]

    def _words(self, error):
        """(code, sentence) for what went wrong."""
        if hasattr(error, 'code'):              # a checks.Refused
            return error.code, str(error)
        for kind, code in ((StorageError, 'storage'), (ValueError, 'bad_value')):
            if isinstance(error, kind):
                return code, str(error)
        if type(error) is LookupError:          # and not what derives from it
            return 'not_found', str(error)
        self._pin.log.error('companion', 'A request failed.', error)
        return 'failed', 'The pin could not do it; its log says why.'


class _Sender:
    """Sends `parts`; `failed`: the link is gone, and it is of no use to say so."""

    def __init__(self, send):
        self._send = send
        self.id = None
        self.parts = 0
        self.failed = False

    async def part(self, value):
        try:
            self.parts += 1
            await self._send({'id': self.id, 'part': value})
        except MemoryError:
            raise                               # which the phone shall hear of
        except Exception:
            self.failed = True
            raise
