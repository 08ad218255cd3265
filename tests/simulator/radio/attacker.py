"""What a hostile central does with a link: raw ATT and SMP, every handle, floods. What it offers in pairing are the phone's
options (`sc=False`: legacy, `io='none', mitm=False`: just works, `private=True`: another address each time).

Owns nothing; works on a Link whose client it goes past.
"""
from bumble import att, smp
from bumble.gatt import GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR as CONFIGURATION

from tests.simulator.radio.phone import Refused


class Attacker:
    """`link`: a Link, discovered or not."""

    def __init__(self, link):
        self.link = link

    # ---- packets ----
    def send(self, pdu):
        """Bytes on the ATT channel, whatever they are; nobody waits for an answer."""
        self.link.phone.world.loop.enter(self.link.connection.send_l2cap_pdu, att.ATT_CID, bytes(pdu))

    def send_pairing(self, pdu):
        """Bytes on the SMP channel."""
        self.link.phone.world.loop.enter(self.link.connection.send_l2cap_pdu, smp.SMP_CID, bytes(pdu))

    async def request(self, pdu):
        """The answer to an att.ATT_PDU. Raises Refused."""
        answer = await self.link.attempt(self.link.peer.gatt_client.send_request(pdu))
        if answer.op_code == att.Opcode.ATT_ERROR_RESPONSE:
            raise Refused('att', answer.error_code, att.ErrorCode(answer.error_code).name)
        return answer

    # ---- tries ----
    async def read_all(self, first=1, last=96):
        """{handle: bytes, or the code of the refusal} of each handle that there is."""
        found = {}
        for handle in range(first, last + 1):
            try:
                answer = await self.request(att.ATT_Read_Request(attribute_handle=handle))
                found[handle] = bytes(answer.attribute_value)
            except Refused as refused:
                if refused.code != att.ATT_INVALID_HANDLE_ERROR:
                    found[handle] = refused.code
        return found

    async def subscribe_all(self):
        """Subscribe to whatever can be subscribed to; what comes then is in `link.notified`."""
        for uuid, characteristic in self.link.characteristics.items():
            await self.link.attempt(characteristic.discover_descriptors())
            if characteristic.get_descriptor(CONFIGURATION):
                await self.link.subscribe(uuid)

    async def prepare(self, handle, offset, data):
        """Queue a part of a long write."""
        await self.request(att.ATT_Prepare_Write_Request(attribute_handle=handle, value_offset=offset,
                                                         part_attribute_value=data))

    async def execute(self, commit=True):
        """Write what was queued, or drop it."""
        await self.request(att.ATT_Execute_Write_Request(flags=int(commit)))

    async def flood(self, uuid, data, count):
        """Write commands as fast as the link takes them."""
        for _ in range(count):
            await self.link.write(uuid, data, response=False)
