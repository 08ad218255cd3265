"""Every view of the page with the sample pin: it opens without a complaint, can be read, named, reached by keyboard, and fits;
what the wearer does reaches the pin, and what the pin says reaches the wearer."""
import pytest

from tests.interop.companion.page_rig import DESKTOP, PHONE, SMALL_PHONE, connect, look_of, run
from tests.interop.companion.stage import go

PLACES = ('', 'card', 'friends', 'steps', 'boards', 'designs', 'medals', 'settings', 'more', 'log')
ENOUGH = 4.5                            # contrast of text, WCAG 2.1 level AA

# Texts whose contrast with what they stand on is too low: walks up to the first opaque ground.
PALE = """
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const parts = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
        return { rgb: [r, g, b], a: a / 255 };
    };
    const over = (top, below) => top.rgb.map((value, at) => value * top.a + below[at] * (1 - top.a));
    const groundOf = (element) => {
        if (!element)
            return [255, 255, 255];
        const own = parts(getComputedStyle(element).backgroundColor);
        return own.a === 1 ? own.rgb : over(own, groundOf(element.parentElement));
    };
    const luminance = (rgb) => rgb.map((c) => (c <= 10 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
    const contrast = (one, other) => {
        const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
        return (light + 0.05) / (dark + 0.05);
    };
    const found = [];
    const unread = 'svg, :disabled, [aria-hidden]';
    for (const element of document.querySelectorAll('body *')) {
        const text = [...element.childNodes].map((node) => (node.nodeType === 3 ? node.textContent.trim() : '')).join('');
        if (!text || !element.checkVisibility({ visibilityProperty: true }) || element.closest(unread))
            continue;
        const ground = groundOf(element), ratio = contrast(over(parts(getComputedStyle(element).color), ground), ground);
        if (ratio < enough)
            found.push(`${element.className || element.tagName} ${ratio.toFixed(1)} ${text.slice(0, 30)}`);
    }
    return found;"""

# What can be used but has no name, or is too small for a finger.
NAMELESS = """
    const named = (element) => element.getAttribute('aria-label') || element.labels?.length || element.textContent.trim();
    const small = (element) => (element.closest('label, .switch') ?? element).getBoundingClientRect().height < 24;
    return [...document.querySelectorAll('a, button, input, select, textarea, [tabindex="0"]')]
        .filter((element) => element.checkVisibility() && !element.matches('.skip, p a'))
        .filter((element) => !named(element) || small(element))
        .map((element) => element.outerHTML.slice(0, 120));"""


def assert_fits(page, where):
    wide = run(page, 'return [document.documentElement.scrollWidth, innerWidth];')
    assert wide[0] <= wide[1], f'{where} scrolls sideways'
    assert run(page, NAMELESS) == [], where


@pytest.mark.parametrize('scheme, screen', [('light', PHONE), ('dark', DESKTOP), ('dark', SMALL_PHONE)])
def test_every_view_can_be_read_named_and_fits(page, scheme, screen):
    look_of(page, scheme, screen)
    assert_fits(page, 'the way in')
    assert run(page, PALE, enough=ENOUGH) == []
    connect(page)
    friend = run(page, "return [...cloudPin.store.get('friends').keys()].at(-1);")
    titles = []
    for place in (*PLACES, f'friends/{friend}'):
        page.evaluate(f'location.hash = "#/{place}"')
        page.wait("document.activeElement.tagName === 'H1' && !document.body.innerText.includes('Asking')")
        titles.append(page.text('h1'))
        assert run(page, PALE, enough=ENOUGH) == [], place
        assert_fits(page, place or 'today')
    assert len(set(titles)) == len(titles)
    assert page.complaints == []


def test_the_pin_that_is_shown_is_the_draft_until_it_is_saved(page):
    connect(page)
    go(page, 'card')
    page.type('#card-name', 'ليلى')
    page.wait("document.querySelector('.hero.preview svg')?.getAttribute('aria-label').includes('ليلى')")
    page.wait("document.querySelectorAll('.hero image').length === 2")
    page.type('#card-email', 'nonsense')
    page.click('.editor .primary')
    page.shows('An email address is like name@example.com.')
    assert run(page, 'return document.activeElement.id;') == 'card-email'
    page.type('#card-email', 'layla@example.com')
    page.click('[aria-label="Title is public"]')
    page.click('.editor .primary')
    page.shows('The card is on the pin.')
    asked = run(page, "return samplePin.asked.filter((line) => line.act === 'set' && line.do === 'profile');")
    assert len(asked) == 1 and set(asked[0]) == {'id', 'do', 'act', 'name', 'email', 'public', 'strip'}
    assert asked[0]['name'] == 'ليلى' and 'title' not in asked[0]['public'] and len(asked[0]['strip']) > 40
    assert run(page, "return document.querySelector('.hero').classList.contains('preview');") is False


def test_a_design_is_tried_on_and_a_locked_one_stays_so(page):
    connect(page)
    go(page, 'designs')
    page.click('.tile[data-design="20"]')
    page.shows('Rugby is still locked.')
    page.click('.tile[data-design="7"]')
    page.click('.actions .primary')
    page.shows('Canoe is on the pin.')
    assert run(page, 'return samplePin.chosen;') == 7
    assert run(page, "return document.querySelectorAll('.tile.locked').length;") == 33 - 9


def test_a_new_friend_comes_while_the_wearer_looks(page):
    connect(page)
    go(page, 'friends')
    page.shows('40 friends')
    page.evaluate("samplePin.event({ event: 'friend', friend: samplePin.friendAt(41), count: 41 })")
    page.shows('41 friends')
    assert page.text('#said').split('\n')[0] == 'You and Chiara Rossi 3 are friends now.'
    assert page.text('.people strong') == 'Chiara Rossi 3'
    page.wait("document.querySelector('.hero svg').getAttribute('aria-label') === 'You and Chiara Rossi 3 have met.'")
    page.type('#search', 'ake sson')
    page.shows('2 friends of 41')
    assert page.text('.people strong') == 'Søren Åkesson 2'


def test_plots_are_walked_along_with_the_arrow_keys(page):
    connect(page)
    go(page, 'steps')
    page.wait("document.querySelectorAll('.bars').length === 2")
    said = run(page, r"""
        const plot = document.querySelector('.plot-words + .bars');
        const read = () => plot.previousSibling.textContent.replace(/^([A-Z]\w\w),/, '$1'), found = [read()];
        plot.focus();
        for (const key of ['ArrowLeft', 'Home', 'ArrowLeft', 'End', 'Escape']) {
            plot.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
            found.push(read());
        }
        return found;""")
    assert said == ['Today: 7,932 steps', 'Thu 19 Nov: 7,932 steps', 'Sat 14 Nov: 8,432 steps, goal reached',
                    'Sat 14 Nov: 8,432 steps, goal reached', 'Today: 7,932 steps', 'Today: 7,932 steps']


def test_a_friend_gets_a_note_is_blocked_and_deleted_after_a_question(page):
    connect(page)
    friend = run(page, 'return samplePin.friends[3].id;')
    page.evaluate(f'location.hash = "#/friends/{friend}"')
    page.type('.note textarea', 'the one with the drum')
    page.click('.note button')
    page.shows('The note is on the pin.')
    page.click('.friend > .actions .quiet')
    page.press('Escape')
    assert run(page, 'return samplePin.blocked;') == []
    page.click('.friend > .actions .quiet')
    page.click('dialog .danger')
    page.shows('Unblock')
    page.click('.friend > .actions .danger')
    page.click('dialog .danger')
    page.shows('39 friends')
    left = run(page, 'return [samplePin.friends.length, samplePin.blocked, samplePin.asked.find((line) => line.text).text];')
    assert left == [39, [friend], 'the one with the drum']


def test_refusals_and_lost_links_are_sentences(page):
    page.evaluate("samplePin.refuse = 'Another phone is being bound. Wait a minute and try again.'")
    page.click('#connect')
    page.shows('Another phone is being bound.')
    page.evaluate('samplePin.refuse = null')
    page.click('#connect')
    page.type('.digits', '12345')
    page.press('Enter')
    page.shows('Six digits are needed')
    page.type('.digits', '111111')
    page.press('Enter')
    page.shows('Those were not the six digits')
    connect(page)
    page.evaluate("samplePin.drop('The link to the pin broke off. It comes back when the pin is near and awake.')")
    page.shows('Out of reach')
    assert 'broke off' in page.text('#warned')
