"""An asyncio loop whose time is the world's: what is ready runs at once, timers are calls of the clock.

Owns the queue of ready callbacks. The pins' stacks, Bumble and the phones' coroutines run on it; nothing in it waits for real
time, so a run repeats to the bit. It may be stepped from within another loop (a gateway that serves sockets), whose place
as the running one it takes meanwhile.
"""
import asyncio
import contextvars
from collections import deque

SECOND = 1_000_000_000


class Handle:
    """A callback that is to run; a timer's has the clock's Timer behind it."""

    def __init__(self, callback, arguments, context):
        self.callback, self.arguments = callback, arguments
        self.context = context or contextvars.copy_context()
        self.timer = None
        self._cancelled = False

    def cancel(self):
        self._cancelled = True
        if self.timer:
            self.timer.cancel()

    def cancelled(self):
        return self._cancelled

    def run(self):
        if not self._cancelled:
            self.context.run(self.callback, *self.arguments)


class WorldLoop(asyncio.AbstractEventLoop):
    """`clock`: the world's Clock; `rng`: random numbers for all that runs here. `errors` collects what no task or callback has
    caught."""

    def __init__(self, clock, rng):
        self._clock = clock
        self.rng = rng
        self._ready = deque()
        self._running = False
        self._due = False
        self._tasks = set()
        self.errors = []

    # ---- what asyncio asks of a loop ----
    def time(self):
        return self._clock.now_ns / SECOND

    def get_debug(self):
        return False

    def is_running(self):
        return self._running

    def is_closed(self):
        return False

    def create_future(self):
        return asyncio.Future(loop=self)

    def create_task(self, coroutine, *, name=None, context=None):
        task = asyncio.Task(coroutine, loop=self, name=name)
        self._tasks.add(task)                   # asyncio holds weak references only
        task.add_done_callback(self._tasks.discard)
        return task

    def call_soon(self, callback, *arguments, context=None):
        handle = Handle(callback, arguments, context)
        self._ready.append(handle)
        if not self._running and not self._due:
            self._due = True
            self._clock.call_at(self._clock.now_ns, self.run_ready)
        return handle

    def call_at(self, when, callback, *arguments, context=None):
        return self.call_at_ns(round(when * SECOND), callback, *arguments, context=context)

    def call_later(self, delay, callback, *arguments, context=None):
        return self.call_at_ns(self._clock.now_ns + round(delay * SECOND), callback, *arguments, context=context)

    def call_exception_handler(self, context):
        self.errors.append(context.get('exception') or context.get('message'))

    # ---- what the simulator uses ----
    def call_at_ns(self, at_ns, callback, *arguments, context=None):
        handle = Handle(callback, arguments, context)
        handle.timer = self._clock.call_at(at_ns, self._timer, handle)
        return handle

    def _timer(self, handle):
        self._ready.append(handle)
        self.run_ready()

    def run_ready(self):
        """Run all that is ready in this instant, and what becomes so. Does nothing where it is running already."""
        self._due = False
        if self._running:
            return
        self._running, before = True, self._step_in()
        try:
            while self._ready:
                try:
                    self._ready.popleft().run()
                except Exception as error:      # noqa: BLE001  a callback's; as asyncio does, the others still run
                    self.errors.append(error)
        finally:
            self._step_out(*before)
            self._running = False

    def enter(self, function, *arguments):
        """Call a plain function as if from a callback of this loop, then run what is ready; returns its result."""
        before = self._step_in()
        try:
            return function(*arguments)
        finally:
            self._step_out(*before)
            self.run_ready()

    def _step_in(self):
        """Be the running loop; returns what `_step_out` needs: which was it before, and the task that it was running."""
        loop = asyncio._get_running_loop()
        task = asyncio.current_task(loop) if loop not in (None, self) else None
        if task:
            asyncio.tasks._leave_task(loop, task)
        asyncio._set_running_loop(self)
        return loop, task

    @staticmethod
    def _step_out(loop, task):
        asyncio._set_running_loop(loop)
        if task:
            asyncio.tasks._enter_task(loop, task)

    def spawn(self, coroutine):
        """Start a coroutine; an exception of its own goes to `errors`."""
        task = self.create_task(coroutine)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task):
        if not task.cancelled() and task.exception():
            self.errors.append(task.exception())

    def run_until_complete(self, future, timeout_s=None):
        """Let the world's time pass until a coroutine or future is done, and return its result.

        Raises TimeoutError with a sentence after `timeout_s` of modelled time; the coroutine is cancelled then.
        """
        task = self.create_task(future) if asyncio.iscoroutine(future) else future
        end_ns = None if timeout_s is None else self._clock.now_ns + int(timeout_s * SECOND)
        self.run_ready()
        while not task.done():
            due_ns = self._clock.next_due_ns()
            if due_ns is None or end_ns is not None and due_ns > end_ns:
                if end_ns is not None:
                    self._clock.advance_to(end_ns)
                task.cancel()
                self.run_ready()
                raise TimeoutError(f'nothing came of it in {timeout_s} s' if timeout_s else 'nothing will ever come of it')
            self._clock.run_next()
        return task.result()
