"""A real headless Chromium as the other program: `chromium.Browser` runs it and speaks its DevTools protocol, `page.Page` is
one page in it, in a test's words. Used by the tests of pages; set-up finds or fetches the browser (tests/setup/chromium.py).
"""
