"""The boot loader in an ESP32-S3's ROM, and Espressif's flasher stub: what the real esptool talks to over a serial line.

From Espressif's published protocol ("Serial Protocol" of esptool's documentation): SLIP frames; a request is 00, op, length,
checksum, data; an answer 01, op, length, value, data with two (stub) or four (ROM) bytes of status. The flash chip behind
the SPI1 registers answers JEDEC ids and erases. NOR flash only clears bits. Owns nothing but the line; the flash is given.
Used by tests of `make flash` over socket://.
"""
import hashlib
import socket
import struct
import threading
import zlib

SYNC, READ_REG, WRITE_REG = 0x08, 0x0A, 0x09
FLASH_BEGIN, FLASH_DATA, FLASH_END, FLASH_DEFL_BEGIN, FLASH_DEFL_DATA, FLASH_DEFL_END = 0x02, 0x03, 0x04, 0x10, 0x11, 0x12
MEM_BEGIN, MEM_END, MEM_DATA, SPI_SET_PARAMS, CHANGE_BAUDRATE, FLASH_MD5, READ_FLASH_SLOW = 5, 6, 7, 0x0B, 0x0F, 0x13, 0x0E
SPI_ATTACH, ERASE_FLASH, ERASE_REGION, READ_FLASH = 0x0D, 0xD0, 0xD1, 0xD2
EFUSE_MAC, SPI1, CHIP_MAGIC_AT, UART_CLKDIV = 0x60007044, 0x60002000, 0x40001000, 0x60000014
SPI_CMD_USR, SPI_ADDR, SPI_USR2, SPI_W0 = SPI1, SPI1 + 4, SPI1 + 0x20, SPI1 + 0x58      # TRM, "SPI Controller"
ESP32_S3, ESP32 = 0x9, 0x00F01D83               # what lies at CHIP_MAGIC_AT
MAC = b'\x34\x85\x18\xa0\xc0\xde'             # an Espressif prefix
SECTOR = 4096
OK, CHECKSUM_WRONG, UNKNOWN = b'\0\0', b'\1\7', b'\1\5'
JEDEC_SIZES = {1 << bits: bits for bits in range(20, 26)}


class RomLoader:
    """`flash`: bytearray, its length the chip's size. `cut_after`: the cable is pulled after so many blocks of data."""

    def __init__(self, flash, magic=ESP32_S3, mac=MAC, cut_after=None):
        self.flash, self.cut_after = flash, cut_after
        self.registers = {EFUSE_MAC: int.from_bytes(mac[2:], 'big'), EFUSE_MAC + 4: int.from_bytes(mac[:2], 'big'),
                          UART_CLKDIV: 0x15B, CHIP_MAGIC_AT: magic}      # 40 MHz crystal at 115,200 baud
        self.stub = False
        self.blocks = 0
        self.streaming = None                   # (offset, length, block) that the stub is to send
        self._at = 0
        self._inflate = None
        self._starting = False

    def plugged(self):
        """The cable is in again, the chip in its loader."""
        self.stub = self._starting = False

    # ---- the flash chip
    def erase(self, start, length):
        end = -(-(start + length) // SECTOR) * SECTOR
        self.flash[start:end] = b'\xff' * (min(end, len(self.flash)) - start)

    def _program(self, data):
        if self._at + len(data) > len(self.flash):
            return False
        here = memoryview(self.flash)[self._at:self._at + len(data)]
        here[:] = bytes(map(int.__and__, here, data)) if any(byte != 0xFF for byte in here) else data
        self._at += len(data)
        self.blocks += 1
        return True

    def _spi_command(self):
        command = self.registers.get(SPI_USR2, 0) & 0xFF
        answers = {0x9F: 0xC8 | 0x40 << 8 | JEDEC_SIZES[len(self.flash)] << 16, 0x35: 2}
        if command in (0xC7, 0x60):
            self.erase(0, len(self.flash))
        elif command == 0x20:
            self.erase(self.registers.get(SPI_ADDR, 0) & ~(SECTOR - 1), SECTOR)
        self.registers[SPI_W0] = answers.get(command, 0)

    # ---- commands: each returns (status, value, body)
    def handle(self, op, data, checksum):
        """(value, status and body) of one request."""
        words = struct.unpack(f'<{len(data) // 4}I', data[:len(data) // 4 * 4])
        status, value, body = self._commands().get(op, self._unknown)(words, data, checksum)
        return value, body + (status if self.stub else status + b'\0\0')

    def _commands(self):
        common = {SYNC: self._sync, READ_REG: self._read_register, WRITE_REG: self._write_register,
                  FLASH_BEGIN: self._begin, FLASH_DATA: self._data, FLASH_DEFL_BEGIN: self._begin_deflated,
                  FLASH_DEFL_DATA: self._data_deflated, FLASH_MD5: self._md5, READ_FLASH_SLOW: self._read_slow,
                  MEM_END: self._start_stub}
        for op in (FLASH_END, FLASH_DEFL_END, MEM_BEGIN, MEM_DATA, SPI_SET_PARAMS, SPI_ATTACH, CHANGE_BAUDRATE):
            common[op] = self._fine
        if self.stub:
            common.update({ERASE_FLASH: self._erase_all, ERASE_REGION: self._erase_region, READ_FLASH: self._read_fast})
        return common

    def _unknown(self, words, data, checksum):
        return UNKNOWN, 0, b''

    def _fine(self, words, data, checksum):
        return OK, 0, b''

    def _sync(self, words, data, checksum):
        return OK, 0 if self.stub else 0x20120707, b''          # 0 says that the stub runs already

    def _read_register(self, words, data, checksum):
        return OK, self.registers.get(words[0], 0), b''

    def _write_register(self, words, data, checksum):
        for address, value, mask, _ in zip(*[iter(words)] * 4):
            self.registers[address] = self.registers.get(address, 0) & ~mask | value & mask
            if address == SPI_CMD_USR and value & 1 << 18:
                self._spi_command()
                self.registers[SPI_CMD_USR] = 0
        return OK, 0, b''

    def _begin(self, words, data, checksum):
        self.erase(words[3], words[0])
        self._at, self._inflate = words[3], None
        return OK, 0, b''

    def _begin_deflated(self, words, data, checksum):
        self._begin(words, data, checksum)
        self._inflate = zlib.decompressobj()
        return OK, 0, b''

    def _payload(self, words, data, checksum):
        payload, found = data[16:16 + words[0]], 0xEF
        for byte in payload:
            found ^= byte
        return payload if found == checksum & 0xFF else None

    def _data(self, words, data, checksum):
        payload = self._payload(words, data, checksum)
        return (OK if payload is not None and self._program(payload) else CHECKSUM_WRONG), 0, b''

    def _data_deflated(self, words, data, checksum):
        payload = self._payload(words, data, checksum)
        fine = payload is not None and self._program(self._inflate.decompress(payload))
        return (OK if fine else CHECKSUM_WRONG), 0, b''

    def _md5(self, words, data, checksum):
        digest = hashlib.md5(self.flash[words[0]:words[0] + words[1]])
        return OK, 0, digest.digest() if self.stub else digest.hexdigest().encode()

    def _read_slow(self, words, data, checksum):
        return OK, 0, bytes(self.flash[words[0]:words[0] + words[1]]).ljust(64, b'\0')

    def _start_stub(self, words, data, checksum):
        self._starting = words[0] == 0
        return OK, 0, b''

    def stub_starts(self):
        """Whether the stub takes over now, and says so."""
        starts, self._starting = self._starting, False
        self.stub = self.stub or starts
        return starts

    def _erase_all(self, words, data, checksum):
        self.erase(0, len(self.flash))
        return OK, 0, b''

    def _erase_region(self, words, data, checksum):
        self.erase(*words[:2])
        return OK, 0, b''

    def _read_fast(self, words, data, checksum):
        self.streaming = words[:3]
        return OK, 0, b''


def slip(packet):
    """One SLIP frame (RFC 1055)."""
    return b'\xc0' + packet.replace(b'\xdb', b'\xdb\xdd').replace(b'\xc0', b'\xdb\xdc') + b'\xc0'


def frames(read):
    """The packets of a stream of SLIP; `read()` gives bytes, b'' at its end."""
    packet = None
    escaped = False
    while data := read():
        for byte in data:
            if byte == 0xC0:
                if packet:
                    yield bytes(packet)
                    packet = None
                else:
                    packet = bytearray()
            elif packet is not None:
                if escaped:
                    byte = {0xDC: 0xC0, 0xDD: 0xDB}.get(byte, byte)
                escaped = byte == 0xDB and not escaped
                if not escaped:
                    packet.append(byte)


class LoaderPort:
    """A serial line on 127.0.0.1 behind which a RomLoader is; `url` is what esptool is given. A context manager."""

    def __init__(self, rom):
        self.rom = rom
        self._server = socket.create_server(('127.0.0.1', 0))
        self.url = f'socket://127.0.0.1:{self._server.getsockname()[1]}'
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join()

    def _serve(self):
        while True:
            try:
                line = self._server.accept()[0]
            except OSError:
                return
            with line:
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.rom.plugged()
                try:
                    self._talk(line)
                except OSError:
                    pass                        # the other end has gone

    def _talk(self, line):
        for packet in frames(lambda: line.recv(65536)):
            if len(packet) < 8 or packet[0] != 0:
                continue
            _, op, _, checksum = struct.unpack_from('<BBHI', packet)
            value, body = self.rom.handle(op, packet[8:], checksum)
            if self.rom.cut_after is not None and self.rom.blocks >= self.rom.cut_after:
                return
            answer = slip(struct.pack('<BBHI', 1, op, len(body), value) + body)
            line.sendall(answer * (8 if op == SYNC and not self.rom.stub else 1))       # the ROM answers it eight times
            if self.rom.stub_starts():
                line.sendall(slip(b'OHAI'))
            if self.rom.streaming:
                self._stream(line)

    def _stream(self, line):
        """What the stub sends for READ_FLASH; the acknowledgements that come meanwhile are too short to be requests."""
        start, length, block = self.rom.streaming
        self.rom.streaming = None
        data = bytes(self.rom.flash[start:start + length])
        for at in range(0, length, block):
            line.sendall(slip(data[at:at + block]))
        line.sendall(slip(hashlib.md5(data).digest()))
