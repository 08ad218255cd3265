"""The simulator's door to a browser: who gets in, what is served, and that the world is touched by its own thread alone."""
import contextlib
import json
import threading
import time
import urllib.error
import urllib.request

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.simulator.gateway.realtime import RealTime
from tests.simulator.gateway.server import GatewayError, Server
from tests.simulator.gateway.table import Table


class Still:
    """A world in which nothing happens but time."""

    seconds = 0

    def run(self, seconds):
        self.seconds += seconds


class Echo:
    """A session that says where it was called from."""

    def __init__(self, query, send):
        self.send = send
        send({'hello': query})

    def take(self, message):
        self.send({'said': message, 'thread': threading.current_thread().name})

    closings = 0

    def closed(self):
        Echo.closings += 1


class Page:
    """A browser's view of a server."""

    def __init__(self, server):
        self.server = server

    def get(self, path):
        with urllib.request.urlopen(self.server.address + path) as answer:
            return answer.headers['Content-Type'], answer.read()

    def socket(self, path, **options):
        return connect(f'ws://127.0.0.1:{self.server.port}/{path}', **options)


@pytest.fixture
def page(tmp_path):
    (tmp_path / 'start.html').write_text('<p>Hello')
    (tmp_path / 'code.js').write_text('1')
    files = {'index.html': tmp_path / 'start.html', 'pin/code.js': tmp_path / 'code.js', 'gone.js': tmp_path / 'gone.js'}
    table = Table(None, {})
    with (Server(RealTime(Still()), 0, files, {'name': lambda query: ('text/plain', query['pin'].encode()),
                                               'thread': lambda _: ('text/plain', threading.current_thread().name.encode())},
                 {'phone': Echo, 'table': table.session}) as server, stepped(server.real_time)):
        yield Page(server)


@contextlib.contextmanager
def stepped(real_time):
    """The world's thread, as long as the test takes."""
    over = threading.Event()
    thread = threading.Thread(target=real_time.run, args=(over.is_set,), name='the world')
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_files_and_answers(page):
    assert page.get('') == ('text/html; charset=utf-8', b'<p>Hello')
    assert page.get('pin/code.js?v=1')[0] == 'text/javascript; charset=utf-8'
    assert page.get('name?pin=Ada%20L')[1] == b'Ada L'
    assert page.get('thread')[1] == b'the world'


@pytest.mark.parametrize('path', ['other', '../etc/passwd', '%2e%2e/setup.py', 'gone.js', 'name', 'phone'])
def test_what_is_not_there_is_not_found(page, path):
    with pytest.raises(urllib.error.HTTPError, match='404'):
        page.get(path)


def test_a_socket_talks_to_the_world_s_thread_and_survives_nonsense(page):
    before = Echo.closings
    with page.socket('phone?pin=Ada') as socket:
        assert json.loads(socket.recv()) == {'hello': {'pin': 'Ada'}}
        for nonsense in ('{', '[1]', '[' * 5000, b'\xff\x00'):
            socket.send(nonsense)
            assert 'not a message' in json.loads(socket.recv())['reason']
        socket.send('{"a": "ä"}')
        assert json.loads(socket.recv()) == {'said': {'a': 'ä'}, 'thread': 'the world'}
    end = time.monotonic() + 10
    while Echo.closings == before and time.monotonic() < end:   # the server hears of it a moment later
        page.get('thread')
    assert Echo.closings == before + 1


def test_pages_of_other_origins_may_not_talk(page):
    for origin in ('http://example.org', 'null', 'http://127.0.0.1.example.org', 'https://127.0.0.1'):
        with pytest.raises(InvalidStatus, match='403'):
            page.socket('phone', origin=origin)
    with page.socket('phone', origin='http://localhost:8000') as socket:
        assert 'hello' in json.loads(socket.recv())


def test_a_port_in_use_or_one_that_is_none_is_a_sentence(page):
    with pytest.raises(GatewayError, match=rf'port {page.server.port} is in use .* PORT={page.server.port + 1}'):
        Server(page.server.real_time, page.server.port)
    with pytest.raises(GatewayError, match='a port is a number from 0 to 65535, not 65536'):
        Server(page.server.real_time, 65536)


def test_what_a_page_may_not_do_to_a_pin_is_said(page):
    with page.socket('table') as socket:
        for message in ({}, {'type': 'press', 'pin': 'Nobody', 'ms': 1}, {'type': 'explode'}, {'type': []}):
            socket.send(json.dumps(message))
            assert 'Nothing was done' in json.loads(socket.recv())['reason']


def test_the_world_keeps_up_but_never_leaps():
    now, world = [100.0], Still()
    real_time = RealTime(world, speed=2, now=lambda: now[0])
    real_time.step()
    assert world.seconds == 0
    now[0] += 0.05
    real_time.step()
    assert world.seconds == pytest.approx(0.1)
    now[0] += 3600
    real_time.step()
    assert world.seconds == pytest.approx(0.3)
    refused = real_time.post(lambda: 1 / 0)
    real_time.step()
    with pytest.raises(ZeroDivisionError):
        refused.result(0)
