"""Set-up: what it decides on machines other than this one, that it does nothing twice, and that its pins are complete.

The parts that need a network are run for real by `make test` itself, which sets up before it tests.
"""
import base64
import hashlib
import importlib.metadata
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

import pytest

from tests.setup import assets, chromium, debian, python_env, step, wasm
from tests.setup import micropython as setup
from tests.simulator import runtime

ROOT = step.ROOT


def choose(*sources):
    archive = debian.choose_archive(sources)
    return archive.family, archive.address, archive.suite


def test_the_archive_is_the_distribution_s_own():
    others = [('http://a/security', 'bookworm-security', 'Debian'), ('http://b/linux/debian', 'bookworm', 'Docker')]
    assert choose(*others, ('http://m/mirror', 'bookworm', 'Debian')) == ('debian', 'http://m/mirror', 'trixie')
    assert choose(('http://u/ubuntu', 'noble-updates', 'Ubuntu'), ('http://u/ubuntu', 'noble', 'Ubuntu'))[2] == 'noble'


def test_the_archive_is_found_where_no_lists_were_fetched():
    assert choose(('http://x/tools', 'stable', ''), ('http://m/debian/', 'trixie', ''))[0] == 'debian'


def test_no_archive_is_a_sentence():
    with pytest.raises(step.SetupError, match='names no Debian or Ubuntu archive'):
        choose(('http://x/tools', 'stable', ''))


@pytest.mark.parametrize('family, native, expected', [
    ('debian', 'amd64', ['i386', 'amd64']),
    ('debian', 'i386', ['i386']),
    ('debian', 'arm64', ['arm64']),
    ('ubuntu', 'amd64', ['amd64']),
])
def test_32_bit_is_tried_first_where_it_can_be_had(family, native, expected):
    assert setup.candidates(debian.Archive(family, 'http://m', 'noble'), native) == expected


def test_private_apt_keeps_the_proxy_and_drops_the_rest_of_the_host():
    text = debian.apt_configuration('/w', 'i386', 'Acquire::http::Proxy "http://p:1";\nAcquire::IndexTargets::x "1";')
    assert 'Acquire::http::Proxy "http://p:1";' in text
    assert 'IndexTargets' not in text
    assert 'Dir::State::status "/w/status";' in text


@pytest.fixture
def build(tmp_path, monkeypatch):
    monkeypatch.setattr(step, 'BUILD', tmp_path)
    return tmp_path


def counted_step(build, inputs, made, **keywords):
    def make(product):
        made.append(inputs)
        product.write_text('made')
    return step.Step('thing', 'a thing', build / 'thing', inputs, make, **keywords)


def test_a_step_runs_once_and_again_when_its_inputs_or_its_product_go(build, capsys):
    made = []
    for inputs in (['a'], ['a'], ['b']):
        step.perform(counted_step(build, inputs, made))
    assert made == [['a'], ['b']]
    (build / 'thing').unlink()
    step.perform(counted_step(build, ['b'], made))
    assert made == [['a'], ['b'], ['b']]
    assert capsys.readouterr().out.count('set-up: a thing ... ') == 3


def test_a_failed_step_stops_set_up_unless_it_is_optional_and_is_tried_again(build, capsys):
    def fail(_product):
        raise step.SetupError('no network')
    with pytest.raises(step.SetupError, match='no network'):
        step.perform(step.Step('thing', 'a thing', build / 'thing', [], fail))
    optional = step.Step('thing', 'a thing', build / 'thing', [], fail, optional=True)
    step.perform(optional)
    assert 'not possible\n        no network\n' in capsys.readouterr().out
    assert not optional.is_done()


def test_a_command_that_fails_is_a_sentence_with_its_last_words():
    with pytest.raises(step.SetupError, match=r'(?s)it broke:.*last words'):
        step.run([sys.executable, '-c', 'import sys; sys.exit("last words")'], 'it broke')
    with pytest.raises(step.SetupError, match="it broke: .*'no-such-program'"):
        step.run(['no-such-program'], 'it broke')


def test_an_archive_of_npm_is_unpacked_if_it_is_what_was_published(tmp_path):
    archive, product = tmp_path / 'a.tgz', tmp_path / 'product'
    (tmp_path / 'package').mkdir()
    (tmp_path / 'package/module.mjs').write_text('1')
    with tarfile.open(archive, 'w:gz') as files:
        files.add(tmp_path / 'package', 'package')
    with pytest.raises(step.SetupError, match='a.tgz is not what its makers published'):
        wasm.unpack(archive, product)
    wasm.unpack(archive, product, base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode())
    assert [path.name for path in product.iterdir()] == ['module.mjs']


def test_without_node_the_board_s_micropython_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv('PATH', str(tmp_path))
    with pytest.raises(step.SetupError, match='node is not on this machine'):
        wasm.make_wasm(tmp_path / 'wasm/micropython.mjs')


def test_the_packages_of_a_plan_are_named():
    planned = "'http://m/liba1_1%3a2-3_amd64.deb' liba1_1%3a2-3_amd64.deb 76 SHA256:0\nReading\n'http://b' b_1_all.deb 7 "
    assert debian.named_in(planned) == ['liba1', 'b']


@pytest.fixture
def browser(tmp_path, monkeypatch):
    """`make(installed)`: what set-up says with a Chromium on the PATH that does as the shell text `installed` says."""
    def fetch(_packages, product, without):
        raise step.SetupError(f'nothing can be fetched, not even without {", ".join(without)}')
    monkeypatch.setattr(chromium, 'fetch', fetch)

    def make(installed):
        program = tmp_path / 'installed'
        program.write_text(f'#!/bin/sh\n{installed}\n')
        program.chmod(0o755)
        monkeypatch.setattr(chromium, 'installed', lambda: str(program))
        return chromium.make_chromium(tmp_path / 'chromium')
    return make


def test_a_browser_on_the_path_is_taken_with_our_fonts(browser, tmp_path):
    said = browser('echo "$@" "$FONTCONFIG_FILE" >> "$(dirname "$0")/said"; echo "<html>42 Mozilla Chrome/1.2.3.4"')
    assert said == '1.2.3.4, as it is installed'
    subprocess.run([tmp_path / 'chromium/bin/chromium', 'about:blank'], check=True, capture_output=True)
    assert (tmp_path / 'said').read_text().endswith(f'{chromium.FLAGS} about:blank {tmp_path}/chromium/fonts.conf\n')


@pytest.mark.parametrize('installed', ['echo "install the snap first" >&2; exit 1', 'echo nothing of use', 'kill -9 $$'])
def test_a_browser_that_does_not_run_is_not_taken(browser, installed):
    with pytest.raises(step.SetupError, match='nothing can be fetched, not even without libllvm19'):
        browser(installed)


def test_a_program_is_started_by_the_loader_that_is_named(tmp_path):
    program = tmp_path / 'true'
    shutil.copy(shutil.which('true'), program)
    chromium.name_loader(program, 'lib/loader')
    with pytest.raises(FileNotFoundError):
        subprocess.run([program], cwd='/')
    (tmp_path / 'lib').mkdir()
    loaders = [path for root in ('/lib64', '/lib') for path in pathlib.Path(root).glob('ld-linux*')]
    (tmp_path / 'lib/loader').symlink_to(loaders[0])
    assert subprocess.run([program], cwd=tmp_path).returncode == 0
    with pytest.raises(step.SetupError, match='names no loader'):
        chromium.name_loader(tmp_path / 'lib/loader', 'x')


def test_font_packages_are_read_without_running_the_recipe(tmp_path, monkeypatch):
    recipe = tmp_path / 'recipe.py'
    monkeypatch.setattr(assets, 'RECIPE', recipe)
    recipe.write_text("import not_installed\nDEBIAN_PACKAGES = ('fonts-b', 'fonts-a')\n")
    assert assets.font_packages() == ['fonts-a', 'fonts-b']


def pins():
    lines = python_env.group('dev') + python_env.CONSTRAINTS.read_text().splitlines()
    return dict(re.fullmatch(r'([\w.-]+)==([\w.]+)', line).groups() for line in lines if line[:1] not in ('', '#'))


def plain(name):
    return name.lower().replace('_', '-')


@pytest.mark.skipif(pathlib.Path(sys.prefix) != step.VENV, reason='not run by the project\'s own .venv')
def test_everything_in_the_environment_is_pinned():
    pinned = {plain(name): version for name, version in pins().items()}
    installed = {plain(found.metadata['Name']): found.version for found in importlib.metadata.distributions()}
    for tool in ('pip', 'setuptools'):                 # ensurepip's own
        installed.pop(tool, None)
    assert {name: version for name, version in installed.items() if pinned.get(name) != version} == {}


def test_make_without_a_target_lists_every_target():
    listed = subprocess.run(['make', '--no-print-directory'], cwd=ROOT, capture_output=True, text=True).stdout
    targets = re.search(r'^\.PHONY: (.*)$', (ROOT / 'Makefile').read_text(), re.M).group(1).split()
    assert [line.split()[1] for line in listed.splitlines()] == targets


def test_a_script_runs_on_real_micropython(micropython):
    assert micropython.version in runtime.run_script('import sys; print(sys.version)')
    with pytest.raises(runtime.ScriptFailed, match=r'(?s)said first.*ZeroDivisionError'):
        runtime.run_script('print("said first"); 1 / 0')


def test_the_heap_limit_holds(micropython):
    with pytest.raises(runtime.ScriptFailed, match='MemoryError'):
        runtime.run_script('bytearray(128 * 1024)', heap='100k')
    assert runtime.run_script('print(len(bytearray(128 * 1024)))', heap='200k') == '131072\n'


def test_a_missing_micropython_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(runtime, 'WHICH', tmp_path / 'which.json')
    runtime.micropython.cache_clear()
    try:
        with pytest.raises(runtime.RuntimeMissing, match="'make setup'"):
            runtime.micropython()
        (tmp_path / 'which.json').write_text('{"arch": null, "reason": "no network"}')
        with pytest.raises(runtime.RuntimeMissing, match='could not be set up: no network'):
            runtime.micropython()
    finally:
        runtime.micropython.cache_clear()


CLOCK = '''
typedef long long i64;
static volatile i64 total = 123456789012345678LL;
struct timespec { long s, ns; };
int clock_gettime(int id, struct timespec *t)
{
    t->s = (long)((double)(total / 7) / 1e9);
    t->ns = (long)(total / 7 % 1000000000LL);
    return 0;
}
'''


def test_the_preload_is_compiled_with_nothing_of_the_host(micropython, tmp_path):
    source, product = tmp_path / 'clock.c', tmp_path / 'clock.so'
    source.write_text(CLOCK)
    setup.compile_preload(micropython.arch, source, product)
    printed = runtime.run_script('import time; print(time.ticks_us())', preload=product)
    assert int(printed) == 123456789012345678 // 7 // 1000 % 2**30
