"""An event: hundreds of people with pins, who walk, sit in sessions, meet over coffee and tap, for `make crowd`.

* `model` plans the event from its seed: who is where when, who taps whom how, whose phone looks in when, who walks how far.
  Nothing of it is firmware.
* `meeting` plays a planned meeting with two pins of a simulator's world: knock, hold, lose frames, part, try again.
* `between` has the pins of a large event: each is a flash image between its meetings, and runs only around them; `cells` has
  their flash.
* `phones` has the wearers' phones: bound to a new pin on arrival, they give it its card and fetch what is new in breaks.
* `pool` plays all of it on every core, in an order that no number of workers changes.
* `whole` has the pins and phones of a small event all the time, in one world; what `between` leaves out is checked against it.
* `energy` measures what a worn pin draws; `report`, `panels` and `plot` tell what came of it, in numbers and pictures;
  `growth` measures what more pins and fuller books cost.

What is real and what is replaced. Everything that decides who is whose friend is the whole firmware on the real MicroPython,
with the modelled chips: bump detector, rendezvous, PN532, air, LLCP, SNEP, handshake, journals, friend book, rewards, screens,
on 384 kB of heap in each BOARD_HEAP_EVERY-th meeting and 1 MB in the others, where collecting is put off (no modelled time).
So is what a phone does: a real Bluetooth stack that pairs with the digits on the panel, comes again with its bond and speaks
the companion's protocol. A pin boots from its own flash before a meeting or a visit and its power is cut after it, so each
is a restart, too. Between them nothing runs: steps come from the plan (StepDays and StepStore of the firmware, run by CPython;
the pin gets them through the RTC's memory, as after a reset), and energy from what `energy` has measured in each state. So the
pedometer, the burst budget over several meetings, the screens a wearer looks at, a phone that stays near, and upkeep of the
journals in the quiet are left to other tests.

Why: all the time a pin costs 1 core-second an hour while it lies still and dark, 29 while its display is lit, 73 while its
wearer walks (250 samples a second), 16 in such an event, so 500 pins and 8 hours would take two cores nine hours. A meeting
costs 0.15 (two starts, a tap), a visit 0.12, binding a phone 0.18, and a meeting costs no more with 1,000 friends in the books
than with none. So the cost grows with pins, hours and taps an hour, and with nothing else.
"""
from tests import simulator  # noqa: F401  what the crowd imports of the firmware needs its path and names
