"""Makes the two pictures of the companion page that the README shows: `python -m tests.interop.companion.readme`.

The page is bound to a simulated pin that has seen some weeks: friends in several scripts, steps by the hour.
"""
import datetime
import hashlib
import random
import sys

from PIL import Image

from firmware.motion.step_store import VERSION, StepStore
from firmware.motion.steps import StepDays
from firmware.social.card import Card
from firmware.social.friend import Figures, Friend
from firmware.system.journal import Journal
from firmware.system.log import Log
from tests.interop.browser.page import LAPTOP, PHONE
from tests.interop.companion import emulation
from tests.interop.companion.stage import PICTURES, Stage, go
from tests.setup.step import ROOT
from tests.simulator.data import change_book
from tests.simulator.memory_storage import MemoryFiles

OUT = ROOT / 'assets/readme'
PEOPLE = (('Chiara Rossi', 'Press photographer', 'Field Desk'), ('佐藤 あかり', 'カメラマン', '東京'),
          ('Søren Åkesson', 'Sound', 'Radio Three'), ('ليلى منصور', 'Editor', 'Harbour News'),
          ('Δήμητρα Ξανθοπούλου', 'Field Engineer', 'Northwind Labs'), ('Jo', '', ''), ('Kofi Mensah', 'Producer', ''),
          ('Nguyễn Thị Minh Khai', 'Kỹ sư', 'Đà Nẵng'), ('Maximiliane von Habsburg-Lothringen', 'Chair of the board', ''),
          ('Ольга Петрова', 'Camera operator', 'Field Desk'))
DAY = (0, 0, 0, 0, 0, 12, 240, 910, 1310, 420, 260, 130, 1080, 640, 210, 330, 450, 1205, 735, 240, 60, 0, 0, 0)
CARD = {'name': 'Amina Yusuf', 'title': 'Head of Broadcast', 'organisation': 'Northwind Labs'}
TODAY = (datetime.date.today() - datetime.date(2000, 1, 1)).days         # the page sets the pin's clock
HEIGHT, GAP, PAPER = 720, 28, (255, 255, 255)


def befriend(book):
    """Three weeks of meeting people."""
    for number, (name, title, organisation) in enumerate(PEOPLE):
        identity = hashlib.sha256(name.encode()).digest()
        card = Card(name=name, title=title, organisation=organisation).to_vcard()
        told = Figures(4000 + identity[0] * 40, 1 + number % 3, 3 * number, 0)
        book.befriend(Friend(identity[:16], name, card, told, identity[:8], TODAY - 2 * (len(PEOPLE) - number - 1)))


def step_files():
    """{path: bytes} of thirty days, each a little more or less than DAY; the last is today, until the early afternoon."""
    memory, days, rng = MemoryFiles(), StepDays(), random.Random(5)
    log = Log(write_line=lambda line: None)
    store = StepStore(Journal(memory.storage(), 'steps', VERSION, log), days, log)
    for day in range(TODAY - 30, TODAY + 1):
        share = rng.uniform(0.3, 1.4)
        for hour, steps in enumerate(DAY if day < TODAY else DAY[:14]):
            days.add(day, hour, int(steps * share * rng.uniform(0.6, 1.3)))
            store.note(day, hour, 1, 0)
    store.write()
    return {path: bytes(data) for path, data in memory.files.items()}


class Worn(Stage):
    """Ada's pin has been worn for some weeks."""

    def add_ada(self):
        pin = self.world.add_pin('Ada', card=False, files=step_files(), on=False)
        change_book(pin, befriend)
        pin.boot()
        self.world.run_until(lambda: 'showing not_bound' in pin.console, timeout_s=30)      # it celebrates first
        return pin


def phones(stage, page):
    """Three views beside each other, as on a phone."""
    pictures = []
    for place in ('', 'card', 'friends'):
        go(page, place)
        if place == 'card':
            page.type('#card-name', 'أمينة يوسف')
        stage.rest(0.5)
        pictures.append(Image.open(page.look(PICTURES / f'readme-{place or "today"}.png')).convert('RGB'))
    sized = [one.resize((one.width * HEIGHT // one.height, HEIGHT), Image.Resampling.LANCZOS) for one in pictures]
    sheet = Image.new('RGB', (sum(one.width + GAP for one in sized) - GAP, HEIGHT), PAPER)
    for number, one in enumerate(sized):
        sheet.paste(one, (number * (one.width + GAP), 0))
    return sheet


def write_card(page):
    go(page, 'card')
    for field, text in CARD.items():
        page.type(f'#card-{field}', text)
    page.click('.editor [type=submit]')
    page.shows('The card is on the pin.')
    page.wait("!document.querySelector('.toast')")      # sentences come and go


def main():
    """Write both pictures."""
    with Worn() as stage:
        page = stage.open(script=emulation.SCRIPT, screen=PHONE)
        stage.begin_binding()
        stage.bluetooth(page)
        page.click('#connect')
        page.wait("document.body.dataset.link === 'on'")
        write_card(page)
        save(phones(stage, page), 'companion.png')
        page.call('Emulation.setDeviceMetricsOverride', LAPTOP)
        go(page, 'steps')
        stage.rest(0.5)
        save(Image.open(page.look(PICTURES / 'readme-steps.png')).convert('RGB'), 'companion-steps.png')


def save(picture, name):
    """As a PNG of 256 colours: a third of the bytes, and nobody sees it."""
    picture.quantize(256, dither=Image.Dither.NONE).save(OUT / name, optimize=True)
    sys.stdout.write(f'{OUT / name}: {picture.width} x {picture.height}, {(OUT / name).stat().st_size // 1024} kB\n')


if __name__ == '__main__':
    main()
