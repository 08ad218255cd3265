"""Deep sleep: which pads are held, and which inputs end it. Borrowed by `board` to fall asleep and by `assembly` at the start
after it.

In deep sleep the processor's memory and its outputs are gone: a pad that is not held floats. So the light, the NFC chip in its
hard power-down and the display's and touch panel's resets are held. ext0 is the button (low), ext1 the motion sensor's line
(high), where that is an RTC pad: on the Waveshare board without touch it is not, and only the button wakes it. MicroPython's
own pull-ups do not reach that far; the boards have one at the button, and the sensor drives its line.
"""
import esp32
import machine
from machine import Pin

HELD = (('backlight', 0), ('nfc_reset', 0), ('lcd_cs', 1), ('lcd_reset', 1), ('touch_reset', 1))
PADS = (2, 9, 10, 12, 13, 14, 21, 40)           # those of all boards, since which one this is, is found out later


def begin(board, by_motion):
    """Have `board` sleep until the button is pressed or, where `by_motion`, the sensor's line rises. Then it starts anew."""
    pins = __import__('firmware.boards.' + board.name, None, None, ('PINS',)).PINS
    board.backlight.off()
    for key, level in HELD:
        if key in pins:
            Pin(pins[key], Pin.OUT, value=level, hold=True)     # type: ignore[call-arg]
    esp32.gpio_deep_sleep_hold(True)            # a backlight on GPIO 40 is no RTC pad
    if hasattr(esp32, 'wake_on_gpio'):
        esp32.wake_on_gpio((), esp32.WAKEUP_ANY_HIGH)       # while one is set, deep sleep is refused
    esp32.wake_on_ext0(Pin(pins['button'], Pin.IN, Pin.PULL_UP), esp32.WAKEUP_ALL_LOW)
    esp32.wake_on_ext1((Pin(pins['imu_int1'], Pin.IN),) if by_motion else (), esp32.WAKEUP_ANY_HIGH)
    machine.deepsleep()


def end():
    """Let go of the pads. Until their owners come they float, the backlight dark."""
    esp32.gpio_deep_sleep_hold(False)
    for gpio in PADS:
        Pin(gpio, hold=False)                   # type: ignore[call-arg]
