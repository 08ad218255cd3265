"""The companion page's sources: what they name is there and served from its own folder, what they ask is in protocol.json, and
they keep the house's rules. What the page does is tested in a browser, in tests/interop/companion."""
import json
import re

import pytest

from assets.companion import publish

PAGE = publish.PAGE
PROTOCOL = json.loads((PAGE / 'protocol.json').read_text())
KINDS = ('.js', '.css', '.html')
IMPORT = re.compile(r"^import (?:(\w+)|\{([^}]*)\}) from '([^']+)';", re.MULTILINE)
NAMED = re.compile(r"""(?:href|src)="([\w./-]+)"|url\('\.\./([^']+)'\)|'((?:medals|fonts|icons)/[\w.-]+)'""")
FORBIDDEN = (r'\b(?:inner|outer)HTML\b', r'\binsertAdjacentHTML\b', r'\beval\(', r'\bnew Function\b', r'\bdocument\.write\b',
             r'''['"`]https?://(?!www\.w3\.org/2000/svg|example\.com)''', r'\bstyle=')
ASKED = re.compile(r"\.ask\('(\w+)', '(\w+)'(?:, \{([^}]*)\})?")
LINES, COLUMNS = 450, 127


def sources():
    return {name: path.read_text() for name, path in publish.files().items()
            if path.is_relative_to(PAGE) and path.suffix in KINDS}


@pytest.mark.parametrize('name', sources())
def test_a_source_keeps_the_house_rules(name):
    text = sources()[name]
    lines = text.splitlines()
    assert len(lines) <= LINES and max(map(len, lines)) <= COLUMNS
    assert [pattern for pattern in FORBIDDEN if re.search(pattern, text)] == []
    if not name.endswith('.html'):
        assert text.startswith('/* '), 'has no words on what it is'
    for default, several, _ in IMPORT.findall(text):
        for imported in filter(None, [default, *re.findall(r'\w+', several)]):
            assert len(re.findall(rf'\b{imported}\b', text)) > 1, f'{imported} is imported and not used'


def test_all_that_the_page_names_is_served_with_it():
    """Where set-up has not run, the fonts are missing; everything else must be there."""
    served, named = publish.files(), set()
    for name, text in sources().items():
        folder = publish.PAGE / name
        named |= {(folder.parent / path).resolve().relative_to(PAGE).as_posix() for _, _, path in IMPORT.findall(text)}
        named |= {address for found in NAMED.findall(text) for address in found if address and address != './'}
    assert {'app.js', 'style/base.css', 'icons/steps.svg', 'fonts/Inter-Medium.otf', 'views/today.js'} <= named
    assert sorted(name for name in named - set(served) if not name.startswith('fonts/')) == []
    if any(name.startswith('fonts/') for name in served):
        assert named <= set(served)


def test_what_the_page_asks_and_hears_is_in_the_protocol():
    session = re.sub(r'\s+', ' ', sources()['session.js'])
    asked = ASKED.findall(session)
    assert len(asked) > 18
    for request, act, fields in asked:
        known = PROTOCOL['requests'][request]['acts'][act]['fields']
        assert {field for field in re.findall(r'(\w+)(?=[:,}]|$| \})', fields.replace(': this.#cursor', '')) if field} - {
            'id', 'friend', *known} == set(), (request, act)
    heard = set(re.findall(r"\bon\('(\w+)'", session))
    assert {'friend', 'steps', 'unlock', 'medal', 'settings'} <= heard <= set(PROTOCOL['events'])


def test_every_setting_has_its_place():
    groups = re.search(r'const GROUPS = \[(.*?)\n\];', sources()['views/settings.js'], re.DOTALL).group(1)
    placed = re.findall(r"'([a-z_]+)'", groups)
    assert sorted(placed) == sorted({row['key'] for row in PROTOCOL['settings']} - {'zone_minutes'})     # the clock sets that


def test_publishing_copies_a_page_that_needs_nothing_else(tmp_path):
    count = publish.publish(tmp_path)
    assert count == len(publish.files()) == len([path for path in tmp_path.rglob('*') if path.is_file()])
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', (tmp_path / 'index.html').read_text()).group(1)
    assert "default-src 'none'" in policy and 'unsafe' not in policy and 'https:' not in policy
    assert (tmp_path / 'designs/baseball_softball.svg').exists() and not list(tmp_path.rglob('*.py'))


def test_publishing_without_a_place_is_a_sentence(tmp_path, capsys):
    (tmp_path / 'taken').write_text('')
    assert publish.main([]) == publish.main([str(tmp_path / 'taken')]) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith('Say where the page is to go: ') and second.endswith('taken cannot take the page: File exists.')
