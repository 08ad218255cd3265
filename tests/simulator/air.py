"""The air between NFC chips: who is near whom, whose field is on, and frames with their time on the air.

Owns proximity, fields, collisions, the log of frames and the RF faults a test asks for. Chips attach by being coupled;
the PN532 model (`chips.pn532.radio`) is the usual endpoint, any object with a `name`, `air_field(present)` and
`air_receive(frames, intact)` will do (a simulated phone, say). Used by `world` and by tests of everything that taps.

    air = Air(clock, rng)
    air.couple(chip_a, chip_b)                      # two pins touch
    air.lose(probability=0.2)                       # one frame in five is not heard
    air.cut_at(7)                                   # the pins part as the 7th frame from now begins
    for frame in air.log: ...                       # Frame(at_ns, sender, bitrate, data)

Granularity is the frame: it is heard when its last bit is, and only if the two stayed together, no second field was
on at the receiver and no other frame overlapped. Frames that overlap exactly and are equal are heard as one, as load
modulation of two cards adds up. Data is shown without CRC, but the CRC takes its time.
"""
from collections import Counter, deque

LOG_FRAMES = 50_000
# Time of one byte on the air: start/parity as the technology has it. Source: ISO 14443-3, ISO 18092 (fc/128 and up).
BYTE_NS = {106: 84_956, 212: 37_760, 424: 18_880}
NFC_F_PREAMBLE_BYTES = 8                            # six of preamble, two of SYNC
CRC_BYTES = 2
UNPROTECTED = (0x26, 0x52, 0x93, 0x95, 0x97)        # NFC-A set-up frames; those without CRC are short anyway


class Frame:
    """One frame on the air. `data` is without CRC; `fate` is 'heard', 'unheard', 'lost' or 'corrupted'."""

    __slots__ = ('number', 'at_ns', 'end_ns', 'sender', 'bitrate', 'technology', 'data', 'active', 'fate')

    def __init__(self, at_ns, sender, bitrate, data, technology='A', active=False):
        self.number = 0
        self.at_ns = at_ns
        self.end_ns = at_ns + airtime_ns(data, bitrate)
        self.sender = sender
        self.bitrate = bitrate                      # kbit/s: 106, 212 or 424
        self.technology = technology                # 'A', 'B' or 'F'
        self.data = bytes(data)
        self.active = active                        # active communication mode: the sender made a field just for it
        self.fate = 'unheard'

    def __repr__(self):
        heading = f'{self.at_ns / 1e6:.3f} ms {self.sender.name} {self.bitrate}{self.technology}'
        return f'{heading} {self.data.hex()} {self.fate}'


def airtime_ns(data, bitrate):
    """How long a frame with `data` is on the air, CRC and preamble included."""
    if bitrate == 106:
        crc = 0 if data[:1] and data[0] in UNPROTECTED and len(data) <= 2 else CRC_BYTES
        return (len(data) + crc) * BYTE_NS[106]
    return (len(data) + CRC_BYTES + NFC_F_PREAMBLE_BYTES) * BYTE_NS[bitrate]


class Rule:
    """A fault: which frames it strikes. `hits` counts, `cancel()` ends it."""

    def __init__(self, rng, predicate, probability, nth):
        self.rng = rng
        self.predicate = predicate
        self.probability = probability
        self.nth = nth
        self.seen = self.hits = 0
        self.active = True

    def strikes(self, frame):
        if not self.active or (self.predicate and not self.predicate(frame)):
            return False
        self.seen += 1
        if self.nth is not None:
            struck = self.seen == self.nth
        else:
            struck = self.probability >= 1 or self.rng.random() < self.probability
        self.hits += struck
        return struck

    def cancel(self):
        self.active = False


class Reception:
    """What one endpoint is hearing just now: one frame, or several on top of each other."""

    __slots__ = ('frames', 'end_ns', 'broken')

    def __init__(self, frame, broken):
        self.frames = [frame]
        self.end_ns = frame.end_ns
        self.broken = broken

    def add(self, frame, broken):
        first = self.frames[0]
        if (frame.at_ns, frame.data) != (first.at_ns, first.data):
            self.broken = True
        self.frames.append(frame)
        self.end_ns = max(self.end_ns, frame.end_ns)
        self.broken |= broken


class Air:
    """See the module's text. `rng` decides random faults only; without faults the air is certain."""

    def __init__(self, clock, rng):
        self.clock = clock
        self.rng = rng
        self.log = deque(maxlen=LOG_FRAMES)
        self.frames = 0                             # ever sent
        self.bytes = Counter()                      # endpoint name -> bytes of data sent
        self._near = {}                             # endpoint -> list of endpoints, in order of coupling
        self._fields = set()
        self._seen = {}                             # endpoint -> whether it was last told of a field
        self._receptions = {}
        self._losses, self._corruptions, self._delays, self._cuts = [], [], [], []

    # -- proximity ----------------------------------------------------------------------------------------------
    def couple(self, one, other):
        """Bring two endpoints within range of each other (again has no effect)."""
        if one is other:
            raise ValueError('an endpoint cannot be coupled to itself')
        if not self.coupled(one, other):
            self._near.setdefault(one, []).append(other)
            self._near.setdefault(other, []).append(one)
            if other in self._fields:
                self._disturb(one)
            if one in self._fields:
                self._disturb(other)
            self._tell_field(one)
            self._tell_field(other)

    def uncouple(self, one=None, other=None):
        """Part two endpoints, one from all others, or (no argument) everybody."""
        pairs = [(a, b) for a in self._near for b in self._near[a]
                 if {one, other} <= {None, a, b}]
        for a, b in pairs:
            if self.coupled(a, b):
                self._near[a].remove(b)
                self._near[b].remove(a)
                self._break(a, b)
                self._break(b, a)
        for endpoint, _ in pairs:
            self._tell_field(endpoint)

    def coupled(self, one, other):
        return other in self._near.get(one, ())

    def neighbours(self, endpoint):
        return list(self._near.get(endpoint, ()))

    # -- fields -------------------------------------------------------------------------------------------------
    def set_field(self, endpoint, on):
        """Switch `endpoint`'s own RF field; neighbours hear of it through `air_field(present)`."""
        if on == (endpoint in self._fields):
            return
        (self._fields.add if on else self._fields.discard)(endpoint)
        self._disturb(endpoint)
        for neighbour in self.neighbours(endpoint):
            self._disturb(neighbour)
            self._tell_field(neighbour)

    def field_at(self, endpoint):
        """Is a field of somebody else there?"""
        return any(near in self._fields for near in self._near.get(endpoint, ()))

    def _tell_field(self, endpoint):
        present = self.field_at(endpoint)
        if self._seen.get(endpoint, False) != present:
            self._seen[endpoint] = present
            endpoint.air_field(present)

    # -- frames -------------------------------------------------------------------------------------------------
    def transmit(self, sender, data, bitrate, technology='A', active=False):
        """Send `data` from `sender` now; returns the Frame, whose `end_ns` says when the air is free again.

        With its own field on `sender` is heard by every neighbour that has none; without, it modulates the field
        of its neighbours and is heard by those alone.
        """
        frame = Frame(self.clock.now_ns, sender, bitrate, data, technology, active)
        self.frames += 1
        frame.number = self.frames
        self.bytes[sender.name] += len(frame.data)
        self.log.append(frame)
        self._cut()
        delay_ns = sum(ns for rule, ns in self._delays if rule.strikes(frame))
        if delay_ns:
            frame.at_ns += delay_ns
            frame.end_ns += delay_ns
            self.clock.call_at(frame.at_ns, self._begin, frame)
        else:
            self._begin(frame)
        return frame

    def receiving(self, endpoint):
        """Is a frame on its way to `endpoint` at this moment?"""
        return endpoint in self._receptions

    def _begin(self, frame):
        if sum(rule.strikes(frame) for rule in self._losses):   # every rule counts, so no shortcut
            frame.fate = 'lost'
            return
        corrupt = sum(rule.strikes(frame) for rule in self._corruptions) > 0
        own_field = frame.sender in self._fields
        for receiver in self.neighbours(frame.sender):
            if (receiver in self._fields) != own_field:
                self._hear(receiver, frame, corrupt or self._fields_at(receiver) != 1)

    def _fields_at(self, endpoint):
        return (endpoint in self._fields) + sum(near in self._fields for near in self._near[endpoint])

    def _hear(self, receiver, frame, broken):
        reception = self._receptions.get(receiver)
        if reception:
            reception.add(frame, broken)
        else:
            self._receptions[receiver] = reception = Reception(frame, broken)
            self.clock.call_at(reception.end_ns, self._end, receiver, reception)

    def _end(self, receiver, reception):
        if reception.end_ns > self.clock.now_ns:                # a longer frame came on top
            self.clock.call_at(reception.end_ns, self._end, receiver, reception)
            return
        del self._receptions[receiver]
        for frame in reception.frames:
            if frame.fate == 'unheard':
                frame.fate = 'corrupted' if reception.broken else 'heard'
        receiver.air_receive(reception.frames, not reception.broken)

    def _disturb(self, endpoint):
        if endpoint in self._receptions:
            self._receptions[endpoint].broken = True

    def _break(self, sender, receiver):
        reception = self._receptions.get(receiver)
        if reception and any(frame.sender is sender for frame in reception.frames):
            reception.broken = True

    # -- faults -------------------------------------------------------------------------------------------------
    def lose(self, predicate=None, probability=1.0, nth=None):
        """Frames for which `predicate(frame)` holds are not heard: with `probability`, or only the `nth` (from 1)."""
        return self._rule(self._losses, predicate, probability, nth)

    def corrupt(self, predicate=None, probability=1.0, nth=None):
        """As `lose`, but the frame arrives with a bad CRC."""
        return self._rule(self._corruptions, predicate, probability, nth)

    def delay(self, delay_ns, predicate=None, probability=1.0, nth=None):
        """As `lose`, but the frame starts `delay_ns` late."""
        rule = Rule(self.rng, predicate, probability, nth)
        self._delays.append((rule, delay_ns))
        return rule

    def cut_at(self, nth, one=None, other=None):
        """Uncouple (as `uncouple(one, other)`) when the `nth` frame from now begins, so that nobody hears it."""
        self._cuts.append((self.frames + nth, one, other))

    def clear_faults(self):
        """No more losses, corruptions, delays and cuts."""
        for rules in (self._losses, self._corruptions, self._delays, self._cuts):
            rules.clear()

    def _rule(self, rules, predicate, probability, nth):
        rule = Rule(self.rng, predicate, probability, nth)
        rules.append(rule)
        return rule

    def _cut(self):
        """Parts who is due; not here and now, because a chip is in the midst of sending."""
        for cut in [cut for cut in self._cuts if cut[0] <= self.frames]:
            self._cuts.remove(cut)
            self.clock.call_later(0, self.uncouple, cut[1], cut[2])
