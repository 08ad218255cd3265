"""What the README shows runs as it stands, and the demo does what it promises."""
import re

from tests import demo
from tests.simulator.runtime import ROOT


def test_the_scenario_of_the_readme_runs(micropython, tmp_path, monkeypatch):
    source = re.search(r'```python\n(.*?)```', (ROOT / 'README.md').read_text(), re.S)[1]
    monkeypatch.chdir(tmp_path)
    exec(compile(source, 'README.md', 'exec'), {})     # noqa: S102  our own text
    assert (tmp_path / 'ben.png').stat().st_size > 2000


def test_the_demo_makes_friends_and_says_the_same_each_time(micropython, tmp_path, monkeypatch):
    outputs = []
    for run in range(2):
        lines = []
        out = tmp_path / str(run)
        assert demo.run(7, lines.append, out), '\n'.join(lines)
        outputs.append((lines, {path.name: path.read_bytes() for path in out.iterdir()}))
    assert outputs[0] == outputs[1]
    assert len(outputs[0][1]) == 11, 'five pictures of each pin, and the sheet'


def test_the_demo_fails_where_the_two_do_not_meet(micropython, tmp_path, monkeypatch):
    monkeypatch.setattr(demo.World, 'together', lambda *_: None)
    monkeypatch.setattr(demo.Demo, 'walk', lambda self: None)
    assert not demo.run(7, lambda line: None, tmp_path)
