"""One page in the browser, in a test's words: open, click, type, read, wait, take a picture.

Clicks and keys are real input events, since browsers let a page ask for Bluetooth only upon those. What goes wrong inside the
page is kept in `complaints`, and each address it asks for in `fetched`, so that tests can say there was nothing.
"""
import base64
import json
from pathlib import Path

from tests.interop.browser.chromium import LIMIT_S, BrowserError

PHONE = {'width': 412, 'height': 915, 'deviceScaleFactor': 2, 'mobile': True}
LAPTOP = {'width': 1280, 'height': 800, 'deviceScaleFactor': 1, 'mobile': False}
LOOK_MS = 15                        # between two looks of a waiting page

# where the first visible element that fits is, once it is so for two frames
PLACE = '''(async () => {
    const frame = () => new Promise(requestAnimationFrame), end = Date.now() + 5000;
    for (let before = ''; Date.now() < end; await frame()) {
        const element = [...document.querySelectorAll(%s)].find((e) => e.checkVisibility() && !e.disabled);
        element?.scrollIntoView({ block: 'center', behavior: 'instant' });
        const box = element?.getBoundingClientRect();
        const x = box?.x + box?.width / 2, y = box?.y + box?.height / 2;
        const free = element && element.contains(document.elementFromPoint(x, y));
        if (free && before === `${x} ${y}`)
            return { x, y };
        before = free ? `${x} ${y}` : '';
    }
    return null;
})()'''


class Page:
    """A page of `browser` at `address`. `screen`: PHONE or LAPTOP; `script`: JavaScript that runs before any of the page's."""

    def __init__(self, browser, address='about:blank', screen=PHONE, script=''):
        self.browser = browser
        self.complaints = []
        self.fetched = []
        self._loaded = False
        target = browser.call('Target.createTarget', {'url': 'about:blank'})['targetId']
        self.session = browser.call('Target.attachToTarget', {'targetId': target, 'flatten': True})['sessionId']
        self._target = target
        for event, handler in (('Runtime.exceptionThrown', self._threw), ('Log.entryAdded', self._logged),
                               ('Network.requestWillBeSent', self._fetches), ('Page.loadEventFired', self._load)):
            browser.on(event, handler)
        for domain in ('Page', 'Runtime', 'Log', 'Network'):
            self.call(f'{domain}.enable')
        self.call('Emulation.setDeviceMetricsOverride', screen)
        self.call('Emulation.setScrollbarsHidden', {'hidden': True})
        self.call('Page.bringToFront')
        if script:
            self.call('Page.addScriptToEvaluateOnNewDocument', {'source': script})
        if address != 'about:blank':
            self.open(address)

    def call(self, method, parameters=None, limit_s=LIMIT_S):
        """A DevTools command to this page; see `Browser.call`."""
        return self.browser.call(method, parameters, self.session, limit_s)

    def open(self, address):
        """Go there; returns when it and its modules are loaded."""
        self._loaded = False
        self.call('Page.navigate', {'url': address})
        self.browser.wait(lambda: self._loaded, f'the page {address}')

    # ---- what the page says ----
    def evaluate(self, expression, limit_s=LIMIT_S):
        """The value of a JavaScript expression (a promise's, once it has one). Raises BrowserError with what was thrown."""
        asked = {'expression': expression, 'awaitPromise': True, 'returnByValue': True}
        answer = self.call('Runtime.evaluate', asked, limit_s)
        if 'exceptionDetails' in answer:
            details = answer['exceptionDetails']
            raise BrowserError(details.get('exception', {}).get('description') or details['text'])
        return answer['result'].get('value')

    def wait(self, expression, limit_s=LIMIT_S):
        """Wait until a JavaScript expression is true. Raises BrowserError that shows what the page says then."""
        looks = (f'new Promise((done) => {{ const end = Date.now() + {limit_s * 1000}; const look = () => {{'
                 f'if ({expression}) done(true); else if (Date.now() > end) done(false); else setTimeout(look, {LOOK_MS}); }};'
                 'look(); })')
        if not self.evaluate(looks, limit_s + LIMIT_S):
            raise BrowserError(f'{expression} is still not true after {limit_s} s; {self._state()}')

    def _state(self):
        return f'the page says: {self.text()[:900]!r}; complaints: {self.complaints}'

    def text(self, selector='body'):
        """The visible text of the first element that fits the CSS `selector`."""
        return self.evaluate(f'document.querySelector({json.dumps(selector)})?.innerText ?? ""')

    def shows(self, text, limit_s=LIMIT_S):
        """Wait until `text` stands somewhere on the page, whatever its spaces."""
        self.wait(f"document.body.innerText.replace(/\\s+/g, ' ').includes({json.dumps(text)})", limit_s)

    # ---- what a person does ----
    def click(self, selector):
        """Click the middle of the first visible element that fits the CSS `selector`, once it is there, stands still and is
        covered by nothing."""
        self.wait(f'[...document.querySelectorAll({json.dumps(selector)})].find((e) => e.checkVisibility() && !e.disabled)')
        place = self.evaluate(PLACE % json.dumps(selector))
        if place is None:
            raise BrowserError(f'{selector} does not come to rest, or something covers it; {self._state()}')
        for kind in ('mousePressed', 'mouseReleased'):
            self.call('Input.dispatchMouseEvent', {'type': kind, **place, 'button': 'left', 'clickCount': 1})

    def type(self, selector, text):
        """Put `text` in the place of what stands in a field."""
        self.click(selector)
        self.evaluate('document.activeElement.select?.()')
        self.call('Input.insertText', {'text': text})

    def press(self, key):
        """Press and release a key by its name, such as 'Enter'."""
        codes = {'Enter': 13, 'Escape': 27, 'Tab': 9}
        for kind in ('keyDown', 'keyUp'):
            self.call('Input.dispatchKeyEvent', {'type': kind, 'key': key, 'code': key, 'windowsVirtualKeyCode': codes[key],
                                                 **({'text': '\r'} if key == 'Enter' and kind == 'keyDown' else {})})

    def download(self, selector, folder):
        """Click what has the browser save a file; returns its Path in `folder`."""
        ended = []
        self.browser.on('Browser.downloadProgress', lambda progress, _: ended.append(progress['state']))
        self.browser.call('Browser.setDownloadBehavior', {'behavior': 'allow', 'downloadPath': str(folder),
                                                          'eventsEnabled': True})
        before = set(folder.iterdir())
        self.click(selector)
        try:
            self.browser.wait(lambda: 'completed' in ended, f'the file behind {selector}')
        except BrowserError as problem:
            raise BrowserError(f'{problem}; {self._state()}') from None
        return (set(folder.iterdir()) - before).pop()

    # ---- what a person sees ----
    def look(self, path):
        """Save a picture of what the window shows as a PNG."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(self.call('Page.captureScreenshot', {'format': 'png'})['data']))
        return path

    def close(self):
        self.browser.call('Target.closeTarget', {'targetId': self._target})

    # ---- what is kept ----
    def _load(self, _parameters, session):
        self._loaded = self._loaded or session == self.session

    def _threw(self, parameters, session):
        if session == self.session:
            details = parameters['exceptionDetails']
            self.complaints.append(details.get('exception', {}).get('description') or details['text'])

    def _logged(self, parameters, session):
        if session == self.session and parameters['entry']['level'] == 'error':
            self.complaints.append(parameters['entry']['text'])

    def _fetches(self, parameters, session):
        if session == self.session:
            self.fetched.append(parameters['request']['url'])
