"""The stage on which page and pins meet, and the page alone."""
import pytest

from tests.interop.companion import page_rig


@pytest.fixture
def stage(micropython, browser_program):
    from tests.interop.companion.stage import Stage  # here, so that the page alone needs no world

    with Stage() as made:
        yield made


@pytest.fixture(scope='session')
def lone_page(browser_program):
    with page_rig.page_alone() as made:
        yield made


@pytest.fixture
def page(lone_page):
    """The page as it is when it opens, with a sample pin that is not connected yet."""
    page_rig.reopen(lone_page)
    return lone_page
