"""What the README shows runs as it stands, and the demo does what it promises."""
import re

from tests import demo
from tests.simulator.runtime import ROOT


def test_the_scenario_of_the_readme_runs(micropython, tmp_path, monkeypatch):
    source = re.search(r'```python\n(.*?)```', (ROOT / 'README.md').read_text(), re.S)[1]
    monkeypatch.chdir(tmp_path)
    exec(compile(source, 'README.md', 'exec'), {})     # noqa: S102  our own text
    assert (tmp_path / 'ben.png').stat().st_size > 2000


def test_the_demo_makes_friends_and_leaves_its_pictures(micropython, tmp_path):
    lines = []
    assert demo.run(7, lines.append, tmp_path), '\n'.join(lines)
    assert any('Still friends' in line for line in lines)
    assert len(list(tmp_path.iterdir())) == 11, 'five pictures of each pin, and the sheet'


def test_the_demo_fails_where_the_two_do_not_meet(micropython, tmp_path, monkeypatch):
    monkeypatch.setattr(demo.World, 'together', lambda *_: None)
    monkeypatch.setattr(demo.Demo, 'walk', lambda self: None)
    assert not demo.run(7, lambda line: None, tmp_path)
