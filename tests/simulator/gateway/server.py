"""A small web server beside the world: files, answers out of the world, and WebSockets. It listens on 127.0.0.1 only.

It runs in a thread of its own; whatever touches the world is posted to the world's (`realtime`). Pages of other origins may
not open a WebSocket here. Used by `companion` and open to other pages of the simulator.
"""
import asyncio
import errno
import http
import json
import mimetypes
import re
import threading
import urllib.parse

from websockets.asyncio.server import serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Response

HOST = '127.0.0.1'
OWN_PAGES = re.compile(r'http://(127\.0\.0\.1|localhost)(:\d+)?')
LARGEST_MESSAGE = 64 * 1024
ANSWER_S = 5
TYPES = {'.js': 'text/javascript', '.html': 'text/html', '.webmanifest': 'application/manifest+json'}


class GatewayError(Exception):
    """The server can't start; the text is a sentence."""


class Server:
    """`port`: 0 for any free one.

    files: {path without the leading slash: Path}; `index.html` is what a folder shows.
    answers: {path: function(query) -> (content type, bytes)}, called in the world's thread; KeyError means not found.
    sockets: {path: function(query, send) -> session}, called in the world's thread, as are the session's `take(message)` and
    `closed()`. `send(message)` may be called from there at any time. Messages are JSON objects, what is sent may be bytes too.
    largest: bytes of a message from a page.
    """

    def __init__(self, real_time, port=0, files=None, answers=None, sockets=None, largest=LARGEST_MESSAGE):
        self.real_time = real_time
        self._largest = largest
        self._files, self._answers, self._sockets = files or {}, answers or {}, sockets or {}
        self._loop = asyncio.new_event_loop()
        try:
            self._server = self._loop.run_until_complete(self._listen(port))
        except OverflowError as problem:
            self._loop.close()
            raise GatewayError(f'a port is a number from 0 to 65535, not {port}') from problem
        except OSError as problem:
            self._loop.close()
            if problem.errno != errno.EADDRINUSE:
                raise GatewayError(f'no server can listen on port {port} here: {problem.strerror}') from problem
            raise GatewayError(f'port {port} is in use by another program; name another one with PORT={port + 1}') from problem
        self.port = self._server.sockets[0].getsockname()[1]
        self.address = f'http://{HOST}:{self.port}/'
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    async def _listen(self, port):
        return await serve(self._talk, HOST, port, process_request=self._page, origins=[None, OWN_PAGES],
                           max_size=self._largest, compression=None, server_header=None)

    async def _in_world(self, function, *arguments, limit_s=None):
        return await asyncio.wait_for(asyncio.wrap_future(self.real_time.post(function, *arguments)), limit_s)

    # ---- pages ----
    async def _page(self, _connection, request):
        """The Response to a plain request, or None where a WebSocket is asked for."""
        path, query = split(request.path)
        if path in self._sockets and 'upgrade' in request.headers.get('Connection', '').lower():
            return None
        if path in self._answers:
            try:
                return _response(http.HTTPStatus.OK, *await self._in_world(self._answers[path], query, limit_s=ANSWER_S))
            except KeyError:
                return _missing(path)
        if not path or path.endswith('/'):
            path += 'index.html'
        file = self._files.get(path)
        if file is None or not file.is_file():
            return _missing(path)
        kind = TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or 'application/octet-stream'
        return _response(http.HTTPStatus.OK, kind, file.read_bytes())

    # ---- sockets ----
    async def _talk(self, socket):
        path, query = split(socket.request.path)
        outbox = asyncio.Queue()

        def send(message):
            data = message if isinstance(message, bytes) else json.dumps(message)
            self._loop.call_soon_threadsafe(outbox.put_nowait, data)

        session = await self._in_world(self._sockets[path], query, send)
        sender = asyncio.create_task(self._send_all(socket, outbox))
        try:
            async for text in socket:
                message = _message_in(text)
                if message is None:
                    send({'type': 'error', 'reason': 'This is not a message of the simulator.'})
                else:
                    await self._in_world(session.take, message)
        except ConnectionClosed:
            pass
        finally:
            sender.cancel()
            self.real_time.post(session.closed)

    async def _send_all(self, socket, outbox):
        while True:
            await socket.send(await outbox.get())

    def close(self):
        """Close every connection and the port, and let the world see that. To be called by the world's thread."""
        self.real_time.run(asyncio.run_coroutine_threadsafe(self._stop(), self._loop).done)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(ANSWER_S)
        self._loop.close()
        self.real_time.settle()

    async def _stop(self):
        self._server.close()
        await self._server.wait_closed()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def split(address):
    """'/phone?pin=Ada' -> ('phone', {'pin': 'Ada'}); of a name that comes twice the last counts."""
    parts = urllib.parse.urlsplit(address)
    return urllib.parse.unquote(parts.path).lstrip('/'), dict(urllib.parse.parse_qsl(parts.query))


def _message_in(text):
    """The JSON object in a WebSocket's message, or None."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


def _response(status, kind, body):
    if kind.startswith('text/'):
        kind += '; charset=utf-8'
    return Response(status, status.phrase, Headers([
        ('Content-Type', kind), ('Content-Length', str(len(body))), ('Cache-Control', 'no-cache'),
        ('X-Content-Type-Options', 'nosniff'), ('Connection', 'close')]), body)


def _missing(path):
    return _response(http.HTTPStatus.NOT_FOUND, 'text/plain', f'There is no {path} here.\n'.encode())
