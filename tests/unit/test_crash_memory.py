"""The RTC's memory, which the crash counter shares with the steps that are not on flash yet."""
from firmware.system import crash_loop


def test_the_crash_counter_and_what_others_keep_leave_each_other_alone():
    memory = crash_loop.keeping(b'', b'steps')
    for starts in (1, 2, 3):
        memory = crash_loop.starting(memory)
        assert (crash_loop.count(memory), crash_loop.kept(memory)) == (starts, b'steps')
    memory = crash_loop.keeping(memory, b'more steps')
    assert (crash_loop.count(memory), crash_loop.kept(memory)) == (3, b'more steps')
    memory = crash_loop.healthy(memory)
    assert (crash_loop.count(memory), crash_loop.kept(memory)) == (0, b'more steps')
