"""The CIU registers of the PN532 that hosts use; every other address is plain memory.

Owns the values and what three of them do: CIU_TxControl shows and switches the field, CIU_FIFOData reads the FIFO,
CIU_TxMode/CIU_RxMode hold the bit rate and framing of raw transfers. Source: PN532 manual and the way nfcpy and libnfc
use them. Used by `radio`, the engines and the register commands.
"""
CIU_MODE = 0x6301
CIU_TX_MODE = 0x6302
CIU_RX_MODE = 0x6303
CIU_TX_CONTROL = 0x6304
CIU_FIFO_DATA = 0x6339
CIU_FIFO_LEVEL = 0x633A

MODE_DETECT_SYNC = 0x40             # the chip adds and strips the F0 of 106 kbit/s
MODE_DETECTOR_OFF = 0x04            # AutoColl answers NFC-A only
MODE_CRC = 0x80                     # in CIU_TxMode and CIU_RxMode: the chip adds and checks the CRC
TX_CONTROL_RF = 0x03                # Tx1RFEn, Tx2RFEn
RATES = (106, 212, 424)
FRAMING = {'A': 0, 'ACTIVE': 1, 'F': 2, 'B': 3}
RESET = {CIU_MODE: 0x3B, CIU_TX_MODE: 0x00, CIU_RX_MODE: 0x00, CIU_TX_CONTROL: 0x80, 0x6305: 0x00, 0x633C: 0x10}


class Registers:
    """`read` and `write` as the commands see them; `set_rf(on)` is called when a write switches the field."""

    def __init__(self):
        self.set_rf = None
        self.fifo = bytearray()
        self.reset()

    def reset(self):
        self._values = dict(RESET)
        self.fifo.clear()

    def read(self, address):
        if address == CIU_FIFO_DATA:
            return self.fifo.pop(0) if self.fifo else 0
        if address == CIU_FIFO_LEVEL:
            return len(self.fifo)
        return self._values.get(address, 0)

    def write(self, address, value):
        if address == CIU_FIFO_DATA:
            self.fifo.append(value)
        elif address == CIU_FIFO_LEVEL:
            if value & 0x80:                                    # FlushBuffer
                self.fifo.clear()
        else:
            changed = self._values.get(address, 0) ^ value
            self._values[address] = value
            if address == CIU_TX_CONTROL and changed & TX_CONTROL_RF:
                self.set_rf(bool(value & TX_CONTROL_RF))

    def show_rf(self, on):
        """The field has been switched by a command."""
        value = self._values[CIU_TX_CONTROL] & ~TX_CONTROL_RF
        self._values[CIU_TX_CONTROL] = value | (TX_CONTROL_RF if on else 0)

    @property
    def detect_sync(self):
        return bool(self._values[CIU_MODE] & MODE_DETECT_SYNC)

    @property
    def nfc_a_only(self):
        return bool(self._values[CIU_MODE] & MODE_DETECTOR_OFF)

    def has_crc(self, address):
        """Whether the chip sees to the CRC in the direction of CIU_TxMode or CIU_RxMode (`address`)."""
        return bool(self._values[address] & MODE_CRC)

    def set_link(self, send, receive, framing):
        """After an activation: `send`, `receive` in kbit/s, `framing` a key of FRAMING."""
        for address, rate in ((CIU_TX_MODE, send), (CIU_RX_MODE, receive)):
            self._values[address] = MODE_CRC | RATES.index(rate) << 4 | FRAMING[framing]

    def link(self, address):
        """(bit rate, technology, active) that CIU_TxMode or CIU_RxMode (`address`) stands for."""
        value = self._values[address]
        rate = RATES[min(value >> 4 & 7, 2)]
        framing = value & 3
        technology = 'B' if framing == 3 else 'A' if rate == 106 else 'F'
        return rate, technology, framing == 1
