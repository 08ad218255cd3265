"""The instruments of one pin: what went over its buses and the air, what lies on its heap and flash, what it has drawn.

Owns nothing; reads counters that chips and buses keep anyway, so that watching changes nothing. Used by `play`.
"""


def of(pin):
    """{group: [[title, text]]} for the page, in the order in which it is shown."""
    board, wiring = pin.board, pin.wiring
    display, nfc = board.spi[wiring.lcd_sck], board.spi[wiring.nfc_sck]
    buses = [['SPI, display', transfers(display)], ['SPI, NFC', transfers(nfc)], ['I²C', transfers(board.i2c)]]
    if board.uart.calls:
        buses.append(['UART, NFC', transfers(board.uart)])
    return {
        'Energy': energy(pin),
        'Buses': buses,
        'Radio': [['NFC sent', size(pin.world.air.bytes[pin.name])], *bluetooth(pin)],
        'Display': [['Pixels sent', f'{pin.panel.pixels_sent:,}'], ['of them changed', f'{pin.panel.pixels_changed:,}'],
                    ['Windows', f'{pin.panel.windows:,}']],
        'Heap': [['Limit', pin.heap_limit.replace('k', ' kB')], *heap(pin)],
        'Flash': [['Written', size(pin.flash.bytes_programmed)], ['Erased blocks', f'{sum(pin.flash.erases.values()):,}']],
        'Processor': [['Boots', str(pin.boots)], ['Wakes', f'{pin.wakes:,}' if pin.on else 'off'],
                      ['Clock', f'{board.frequency_mhz} MHz' if pin.on else 'off']],
        'Complaints': [[str(number + 1), text] for number, text in enumerate(pin.complaints[-5:])],
    }


def energy(pin):
    """The ledger since the pin came to the table, the largest part first, and how much of it rests on little."""
    ledger = pin.energy
    total = ledger.total_mah
    hours = (pin.world.clock.now_ns - ledger.begun_ns) / 3.6e12
    mean = f'{total / hours:.1f} mA' if hours else 'no time yet'
    unsure = [['of it by one report or a guess', f'{ledger.uncertain_mah() / total:.0%}']] if total else []
    return [['Drawn', f'{total:.3f} mAh'], *unsure, ['Mean', mean],
            *[[title(part), f'{share:.3f} mAh · {share / total:.0%}'] for part, share in ledger.consumers() if total]]


def title(part):
    return 'NFC' if part == 'nfc' else part.capitalize()


def bluetooth(pin):
    if 'radio' not in vars(pin):
        return [['Bluetooth', 'never on']]
    links = len(pin.radio.peers)
    said = f'on, {links} {"link" if links == 1 else "links"}' if pin.radio_on else 'off'
    counted = pin.radio.bytes
    return [['Bluetooth', said], ['Bluetooth received', size(counted['received'])], ['Bluetooth sent', size(counted['sent'])],
            ['Bluetooth events', f'{len(pin.radio_log):,}']]


def heap(pin):
    """Nothing before the first measurement, which the page asks for: to measure wakes the pin."""
    if not pin.heap_live:
        return []
    return [['Live', size(pin.heap_live)], ['Free', size(pin.heap_free)], ['Highest', size(pin.heap_peak)]]


def transfers(bus):
    return f'{bus.calls:,} × · {size(bus.bytes)}'


def size(count):
    return f'{count:,} B' if count < 10_000 else f'{count / 1000:,.0f} kB'
