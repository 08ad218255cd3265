"""The Bluetooth world: what answers a pin's `bluetooth`, the ether between it and phones, and the phones.

    ada = world.add_pin('Ada')
    phone = world.add_phone('Ben')
    world.run(2)
    link = phone.do(phone.connect(ada))
    phone.do(link.pair(123456))
    assert phone.do(link.read('2a19')) == b'\\x50'

`stack` (what MicroPython's binding and NimBLE do) needs nothing foreign; `peripheral`, `ether`, `controller` and `phone` stand
on Bumble, which is only imported where a world has a phone. Facts come from a recorded log of MicroPython's own NimBLE
(golden.json) and from sources named beside the figures; what nobody has measured is called a guess.
"""
