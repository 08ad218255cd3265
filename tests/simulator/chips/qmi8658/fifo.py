"""The sample FIFO of the QMI8658: modes, watermark, read mode, overflow. Owned by the chip model, which drives the
line."""
from collections import deque

from tests.simulator.chips.qmi8658.registers import BYPASS, FIFO, READ_MODE


class SampleFifo:
    """Samples are bytes objects of one size; `read(n)` pops bytes, oldest sample first."""

    def __init__(self):
        self.dropped_while_read = 0
        self.lost = 0
        self.configure(0, 0)

    def configure(self, control, watermark):
        """FIFO_CTRL or FIFO_WTM_TH was written. A change of mode or size empties it."""
        mode, size = control & 3, 16 << (control >> 2 & 3)
        if (mode, size) != (getattr(self, 'mode', None), getattr(self, 'size', None)):
            self.mode, self.size = mode, size
            self.clear()
        self.reading = bool(control & READ_MODE)
        self.watermark = watermark
        self._update()

    def clear(self):
        """CTRL_CMD_RST_FIFO: nothing is in it and nothing was lost."""
        self._samples = deque()
        self._rest = b''
        self.overflowed = False
        self.interrupt = False

    def _update(self):
        """The watermark interrupt is a level: up at the mark, down once below it with read mode cleared."""
        if self.watermark and self.mode != BYPASS and len(self._samples) >= self.watermark:
            self.interrupt = True
        elif not self.reading:
            self.interrupt = False

    def push(self, sample):
        if self.mode == BYPASS:
            return
        if self.reading:
            self.dropped_while_read += 1
            return
        if len(self._samples) >= self.size:
            self.overflowed = True
            self.lost += 1
            if self.mode == FIFO:
                return
            self._samples.popleft()
        self._samples.append(sample)
        self._update()

    def missing(self):
        """Samples until the watermark interrupt rises; 0 where it is up or cannot rise."""
        if not self.watermark or self.mode == BYPASS or self.interrupt or self.reading or self.watermark > self.size:
            return 0
        return self.watermark - len(self._samples)

    def lose(self, count):
        """`count` samples came and went while nobody looked."""
        if self.mode != BYPASS and not self.reading:
            self.lost += count
            self.overflowed = True

    def __len__(self):
        return len(self._samples)

    def read(self, length):
        """Pop `length` bytes; returns fewer where it runs dry."""
        data = self._rest
        while len(data) < length and self._samples:
            data += self._samples.popleft()
        data, self._rest = data[:length], data[length:]
        self._update()
        return data

    def words(self):
        """FIFO_SMPL_CNT with its upper bits: 2-byte words that wait."""
        return (sum(map(len, self._samples)) + len(self._rest)) // 2

    def status(self):
        """FIFO_STATUS."""
        count = len(self._samples)
        bits = (count >= self.size) << 7 | bool(self.watermark and count >= self.watermark) << 6
        return bits | self.overflowed << 5 | bool(count or self._rest) << 4 | self.words() >> 8 & 3
