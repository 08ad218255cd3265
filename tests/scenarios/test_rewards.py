"""The fifth friend opens the first design, on screen once, and never again after a power cut."""


def test_the_fifth_friend_unlocks_the_first_design(world):
    ada, ben = world.add_pin('Ada Lovelace', friends=4), world.add_pin('Ben Okafor', friends=3)
    world.run(2)
    world.bump(ada, ben)
    world.run(8)
    assert 'unlock 0' in ada.console and 'showing moment_unlock' in ada.console
    assert 'unlock' not in ben.console
    shown_before = ada.console.text.count('showing moment_unlock')
    ada.cut_power()
    world.run(1)
    ada.boot()
    world.run(5)
    assert ada.console.text.count('showing moment_unlock') == shown_before == 1


def test_power_cut_between_unlock_and_moment_shows_it_later(world):
    ada, ben = world.add_pin('Ada Lovelace', friends=4), world.add_pin('Ben Okafor')
    world.run(2)
    world.bump(ada, ben)
    assert world.run_until(lambda: 'unlock 0' in ada.console, 3, step_ms=1)
    assert 'showing moment_unlock' not in ada.console
    ada.cut_power()
    world.run(1)
    ada.boot()
    world.run(5)
    assert 'showing moment_unlock' in ada.console
