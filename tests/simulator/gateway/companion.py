"""The companion page with simulated pins: at / the page (with ?pin=NAME for a pin of the simulator), at /table/ the pins.

Used by `make companion-page`, and by tests, which step the world themselves.
"""
from pathlib import Path

from assets.companion import publish
from tests.simulator.gateway.phone import PhoneSession
from tests.simulator.gateway.realtime import RealTime
from tests.simulator.gateway.server import Server
from tests.simulator.gateway.table import Table

HERE = Path(__file__).parent


def files():
    """{address: Path} of the page, with the look at the pins beside it."""
    return {**publish.files(), 'table/index.html': HERE / 'table.html'}


def serve(world, phone, port=0, speed=1.0):
    """Serve the page for all pins of `world`, whose owner is `phone`. Returns the Server; its `real_time` moves the world on.
    Raises GatewayError with a sentence."""
    pins = {pin.name: pin for pin in world.pins}
    table = Table(world, pins)
    return Server(RealTime(world, speed), port, files(),
                  answers={'table/picture': table.picture, 'table/names': table.names},
                  sockets={'table': table.session,
                           'phone': lambda query, send: PhoneSession(phone, pins.get(query.get('pin')), send)})
