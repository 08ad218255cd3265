"""Bumble's pairing, set right, for pins and phones; and the bonds that a pin's program keeps, as Bumble's key store.

Owns what Bumble 0.0.236 gets wrong: a session that has ended poisons the next one on the same link, nothing ends one that
hangs, and passkey 0 counts as none. All random numbers come from the world's seed.
"""
import asyncio
import struct

from bumble import crypto, hci, smp
from bumble.keys import KeyStore, PairingKeys
from bumble.pairing import PairingDelegate

from tests.simulator.radio.events import Action
from tests.simulator.radio.stack import OURS, PEERS

TIMEOUT_S = 30                                  # Core Vol 3 Part H 3.4
GROUP_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551     # of P-256
# struct ble_store_value_sec: peer's type and address, key size, ediv and rand (random in legacy pairing, else zero), LTK, the
# identity key that goes with it, whether there is one, authenticated and secure connections as bits
BOND = struct.Struct('<7sBH6x8s16sx16s?17xB')
AUTHENTICATED, SECURE_CONNECTIONS = 1, 2
BOND_BYTES = 80                                 # of the recorded build; a C structure, opaque to the program


class _Seeded:
    """Bumble's cryptography, but its random numbers are the world's."""

    def __getattr__(self, name):
        return getattr(crypto, name)

    @staticmethod
    def r():
        return asyncio.get_running_loop().rng.randbytes(16)


smp.crypto = _Seeded()


class Digits(int):
    """A passkey: 000000 is one too."""

    def __bool__(self):
        return True


def seed(device, rng):
    """Give a Bumble device its key pair and identity key from the world's random numbers."""
    device.irk = rng.randbytes(16)
    renew_key(device, rng)


def private_address(irk, rng):
    """A resolvable private address (Core Vol 6 Part B 1.3.2.2)."""
    draw = rng.randbytes(3)
    draw = draw[:2] + bytes([draw[2] & 0x3f | 0x40])
    return hci.Address(crypto.ah(irk, draw) + draw, hci.Address.RANDOM_DEVICE_ADDRESS)


def renew_key(device, rng):
    secret = rng.randrange(1, GROUP_ORDER).to_bytes(32, 'big')
    device.smp_manager._ecc_key = crypto.EccKey.from_private_key_bytes(secret)


class Session(smp.Session):
    """A pairing that ends: forgotten when it is over, given up after 30 s of silence. The secret shared over P-256 takes the
    device's `shared_secret_s`."""

    def __init__(self, *arguments, **options):
        self._timer = None
        self._over = False
        super().__init__(*arguments, **options)
        self._alive()

    def _alive(self):
        if self._timer:
            self._timer.cancel()
        self._timer = self.manager.device.world_loop.call_later(TIMEOUT_S, self._hangs)

    def _hangs(self):
        if not self.completed:
            self.on_pairing_failure(smp.ErrorCode.UNSPECIFIED_REASON)

    def on_smp_command(self, command):
        self._alive()
        if isinstance(command, smp.SMP_Pairing_Public_Key_Command):
            self.manager.device.world_loop.call_later(self.manager.device.shared_secret_s, self._go_on, command)
        else:
            super().on_smp_command(command)

    def _go_on(self, command):
        if not self._over:
            super().on_smp_command(command)

    async def on_smp_pairing_request_command_async(self, command):
        try:
            await super().on_smp_pairing_request_command_async(command)
        except (KeyError, ValueError):          # an input or output that there is not
            self.send_pairing_failed(smp.ErrorCode.INVALID_PARAMETERS)

    def on_disconnection(self, reason):
        if not self._over:
            self._over = True
            self._timer.cancel()
            super().on_disconnection(reason)

    def on_pairing_failure(self, reason):
        over = self.completed
        super().on_pairing_failure(reason)
        if not over:
            self.manager.device.world_loop.call_soon(self.on_disconnection, 0)

    async def on_pairing(self):
        await super().on_pairing()
        self.on_disconnection(0)


def key_of(address):
    """An hci.Address as NimBLE's keys have it: type, then address, least significant byte first."""
    return bytes([1 if address.is_random else 0]) + bytes(address)[:6]


class Bonds(KeyStore):
    """The key store of a pin's Bumble device: asks the program, as NimBLE does."""

    def __init__(self, stack):
        self.stack = stack
        self.authenticated = {}                 # {key: of the bond that was asked for last}
        self._new = []

    @staticmethod
    def _key(name):
        return key_of(hci.Address(name))

    async def get(self, name):
        key = self._key(name)
        value = await self.stack.get_secret(OURS, key)
        if value is None or len(value) != BOND_BYTES:
            return None
        *_, ltk, _, _, bits = BOND.unpack_from(value)
        authenticated = bool(bits & AUTHENTICATED)
        self.authenticated[key] = authenticated
        return PairingKeys(ltk=PairingKeys.Key(ltk, authenticated))

    async def update(self, name, keys):
        """A pairing has ended well; the peripheral says when the bond is to be offered."""
        key, ltk = self._key(name), keys.ltk or keys.ltk_central        # legacy: the key that was given out
        irk = keys.irk.value if keys.irk else None
        ediv, rand = 0, bytes(8)
        if not keys.ltk:                        # in legacy pairing NimBLE draws them; Bumble gives out zeros
            ediv, rand = self.stack.rng.randrange(1, 1 << 16), self.stack.rng.randbytes(8)
        self._new = []
        for kind, identity in ((OURS, self.stack.irk), (PEERS, irk)):
            bits = AUTHENTICATED * ltk.authenticated | SECURE_CONNECTIONS * bool(keys.ltk)
            bond = BOND.pack(key, 16, ediv, rand, ltk.value, identity or bytes(16),
                             identity is not None, bits)
            self._new.append((kind, key, bond.ljust(BOND_BYTES, b'\0')))

    async def offer(self):
        """Hand the new bond to the program, whose answer does not matter: the event says bonded anyway."""
        new, self._new = self._new, []
        for secret in new:
            await self.stack.set_secret(*secret)

    def drop(self):
        self._new = []

    async def get_resolving_keys(self):
        """[(IRK, identity)] of the controller's resolving list."""
        found = []
        for value in self.stack.known.values():
            if len(value) == BOND_BYTES:
                key, *_, irk, has_irk, _ = BOND.unpack_from(value)
                if has_irk:
                    found.append((irk, hci.Address(key[1:], hci.AddressType(key[0]))))
        return found


class Wearer(PairingDelegate):
    """The pin's side of a pairing: what the program says to PASSKEY_ACTION."""

    def __init__(self, stack, peer):
        super().__init__(PairingDelegate.IoCapability(stack.settings['io']))
        self.stack, self.peer = stack, peer

    async def accept(self):
        """A peer that has a bond and pairs anew has lost it: NimBLE deletes ours, and looks again."""
        if await self.stack.get_secret(PEERS, self.peer.key) is not None:
            await self.stack.delete_bond(self.peer.key)
            await self.stack.get_secret(PEERS, self.peer.key)
        return True

    async def generate_passkey(self):
        return Digits(await self.stack.ask_passkey(self.peer, Action.DISPLAY))

    async def get_number(self):
        return Digits(await self.stack.ask_passkey(self.peer, Action.INPUT))

    async def compare_numbers(self, number, digits):
        return bool(await self.stack.ask_passkey(self.peer, Action.COMPARE, number))
