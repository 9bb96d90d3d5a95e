"""Lines in batches: whole ones from a file, timely ones from a stream."""

import itertools
import queue
import threading
import time

#: How long a line of a stream may wait for others to share its transaction, in seconds.
PATIENCE_S = 1.0

_END = object()


def full(lines, size):
    """Lists of *size* lines; the last may be shorter."""
    lines = iter(lines)
    while batch := list(itertools.islice(lines, size)):
        yield batch


def timely(lines, size, patience_s=PATIENCE_S):
    """Lists of at most *size* lines, none of which waits much longer than *patience_s* for the others.

    The lines are read in a thread of their own, since reading a pipe blocks until there is something.

    :raises Exception: whatever *lines* raises, after the lines before it.
    """
    waiting = queue.Queue(maxsize=size)

    def read():
        try:
            for line in lines:
                waiting.put((line, None))
        except Exception as error:
            waiting.put((_END, error))
        else:
            waiting.put((_END, None))

    threading.Thread(target=read, daemon=True).start()
    batch, deadline = [], None
    while True:
        try:
            line, error = waiting.get(timeout=max(0.0, deadline - time.monotonic()) if batch else None)
        except queue.Empty:
            yield batch
            batch = []
            continue
        if line is _END:
            break
        if not batch:
            deadline = time.monotonic() + patience_s
        batch.append(line)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
    if error:
        raise error
