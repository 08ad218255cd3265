"""The companion page over the simulator's own transport: the digits are typed into the page, the rest is as with Bluetooth."""
from tests.interop.companion.stage import go
from tests.simulator.radio import digits


def test_a_page_binds_by_the_digits_that_are_typed_and_comes_back_by_its_bond(stage):
    page = stage.open('?pin=Nobody')
    say_what_is_wrong(stage, page)
    page.open(f'{stage.server.address}?pin=Ada')
    stage.begin_binding()
    page.click('#connect')
    page.wait("document.querySelector('dialog#digits')")
    shown = see_digits(stage)
    wrong = f'{(int(shown) + 1) % 1_000_000:06}'
    page.type('dialog#digits input', wrong)
    page.press('Enter')
    page.shows('it showed other digits')
    bind_now(stage, page)
    page.wait("document.body.dataset.link === 'on'")
    write_a_card(stage, page)
    page.open(f'{stage.server.address}?pin=Ada')
    page.click('#connect')                              # bound: nobody is asked for digits
    page.shows('Zoë Ångström')
    assert page.evaluate("document.querySelector('dialog') === null")
    assert page.complaints == stage.world.complaints == []


def say_what_is_wrong(stage, page):
    page.click('#connect')
    page.shows('There is no pin of that name in the simulator.')
    page.open(f'{stage.server.address}?pin=Ben')        # no phone is bound to it, so its radio is off
    page.click('#connect')
    stage.patience(30)
    page.shows('Ben does not answer. Press its button to wake it, and try again.')


def see_digits(stage):
    assert stage.world.run_until(lambda: digits.shown(stage.ada), timeout_s=5)
    return digits.shown(stage.ada)


def bind_now(stage, page):
    page.click('#connect')
    page.wait("document.querySelector('dialog#digits')")
    page.type('dialog#digits input', see_digits(stage))
    page.press('Enter')


def write_a_card(stage, page):
    go(page, 'card')
    page.type('#card-name', 'Zoë Ångström')
    page.click('.editor [type=submit]')
    page.shows('The card is on the pin.')
