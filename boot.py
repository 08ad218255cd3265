"""Power-on: ends an update that was copied before, opens the pack with the code, and counts the start. What is done stands in
modules, since this text is compiled at each start."""
import sys

sys.path[:] = ['.frozen']
for name in ('array', 'binascii', 'hashlib', 'io', 'json', 'machine', 'os', 'struct', 'time'):
    sys.modules[name] = __import__(name)        # else looked for in the file system, each time that one is imported
sys.path.append('/lib')
import os  # noqa: E402

from pack import begin  # noqa: E402

updated = begin('/code.pack', '/code', '/next/ready')
os.chdir('/code')
from firmware.system.overlay import borrow  # noqa: E402

borrow('firmware.boards.power_on').count(updated)
os.chdir('/')                                   # where main.py is looked for
