"""Bumble's virtual controller, set right: what a Bluetooth 4.2 LE controller does where Bumble 0.0.236's takes a short cut.

Owns the differences: data goes through the ether's connection events and counts as sent when it has been; a connection has the
interval that was asked for; scan responses are what was set; an attempt to connect can be given up; a disconnection is over
when the peer has heard of it. Used by `ether`.
"""
from bumble import controller, hci, ll
from bumble.core import PhysicalTransport

ADVERTISING_SLOT_S = 0.000625
FIRST_FRAGMENT, NEXT_FRAGMENT = 2, 1
LEGACY = ~(hci.LeFeatureMask.LE_EXTENDED_ADVERTISING | hci.LeFeatureMask.LE_PERIODIC_ADVERTISING)
DATA_LENGTH = 251                               # with the data length extension, which phones and the ESP32-S3 have
ACL_BUFFERS = 12                                # CONFIG_BT_CTRL_ESP32S3..., a guess for phones


class Advertiser(controller.LegacyAdvertiser):
    """Bumble's takes slots for milliseconds."""

    def _on_timer_fired(self):
        self.send_advertising_data()
        self.timer_handle = self.controller.loop.call_later(self.advertising_interval_min * ADVERTISING_SLOT_S,
                                                            self._on_timer_fired)


class Controller(controller.Controller):
    """`owner`: the Pin or Phone that it is in. `ether`: where it is heard. `address`: the public one."""

    le_features = controller.Controller.le_features & LEGACY
    le_acl_data_packet_length = DATA_LENGTH
    total_num_le_acl_data_packets = ACL_BUFFERS

    def __init__(self, owner, ether, address):
        self.owner, self.loop = owner, ether.loop
        super().__init__(owner.name, link=ether, public_address=address)
        self.le_legacy_advertiser = Advertiser(self)

    # ---- connections ----
    def create_le_connection(self, peer_address):
        super().create_le_connection(self.pending_le_connection.peer_address)

    def on_hci_le_create_connection_cancel_command(self, _command):
        pending, self.pending_le_connection = self.pending_le_connection, None
        if pending:
            self.loop.call_soon(self._tell_connection, None, hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
                                pending.peer_address, (0, 0, 0))
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def _tell_connection(self, connection, status, peer_address, parameters):
        interval, latency, timeout = parameters
        self.send_hci_packet(hci.HCI_LE_Connection_Complete_Event(
            status=status, connection_handle=connection.handle if connection else 0,
            role=connection.role if connection else hci.Role.CENTRAL, peer_address_type=peer_address.address_type,
            peer_address=peer_address, connection_interval=interval, peripheral_latency=latency,
            supervision_timeout=timeout, central_clock_accuracy=0))

    def on_le_connect_ind(self, packet):
        """A central has chosen this one, which is advertising; the ether has seen to that."""
        peer_address = packet.initiator_address
        connection = controller.Connection(
            controller=self, handle=self.allocate_connection_handle(), role=hci.Role.PERIPHERAL,
            self_address=packet.advertiser_address, peer_address=peer_address, link=self.link,
            transport=PhysicalTransport.LE, link_type=hci.HCI_Connection_Complete_Event.LinkType.ACL)
        self.le_connections[peer_address] = connection
        self._tell_connection(connection, hci.HCI_ErrorCode.SUCCESS, peer_address,
                              (packet.interval, packet.latency, packet.timeout))
        self.le_legacy_advertiser.stop()

    def on_hci_disconnect_command(self, command):
        connection = self.find_le_connection_by_handle(command.connection_handle)
        if connection is None:
            self._send_hci_command_status(hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR, command.op_code)
            return
        self._send_hci_command_status(hci.HCI_COMMAND_STATUS_PENDING, command.op_code)
        connection.send_ll_control_pdu(ll.TerminateInd(command.reason))

    def lost(self, peer_address, reason):
        """A connection is over."""
        connection = self.le_connections.get(peer_address)
        if connection:
            self.on_le_disconnected(connection, reason)

    # ---- data ----
    def on_hci_acl_data_packet(self, packet):
        connection = self.find_le_connection_by_handle(packet.connection_handle)
        if connection:
            self.link.send_data(connection, packet.pb_flag == NEXT_FRAGMENT, packet.data)

    def sent(self, peer_address):
        """A packet has left."""
        connection = self.le_connections.get(peer_address)
        if connection:
            self.send_hci_packet(hci.HCI_Number_Of_Completed_Packets_Event(
                connection_handles=[connection.handle], num_completed_packets=[1]))

    def heard(self, peer_address, more, data):
        """A packet has come; `more`: it goes on from the one before."""
        connection = self.le_connections.get(peer_address)
        if connection:
            self.send_hci_packet(hci.HCI_AclDataPacket(connection.handle, NEXT_FRAGMENT if more else FIRST_FRAGMENT, 0,
                                                       len(data), data))

    # ---- scanning ----
    def on_advertising_pdu(self, pdu):
        kinds = hci.HCI_LE_Advertising_Report_Event
        if self.le_scan_enable:
            answer = self.link.scan_response(pdu.advertiser_address) if self.le_scan_type else None
            for kind, data in ((kinds.EventType.ADV_IND, pdu.data), (kinds.EventType.SCAN_RSP, answer)):
                if data is not None:
                    self.send_hci_packet(kinds([kinds.Report(
                        event_type=kind, address_type=pdu.advertiser_address.address_type, address=pdu.advertiser_address,
                        data=data, rssi=-50)]))
        pending = self.pending_le_connection
        if pending and pending.peer_address == pdu.advertiser_address and not self.le_connections.get(pdu.advertiser_address):
            self.create_le_connection(pdu.advertiser_address)
