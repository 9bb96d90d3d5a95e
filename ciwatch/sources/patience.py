"""How a Gerrit that is away is tried again: later and later, not all at once, and not before it asks for."""

import tenacity

#: The longest wait between two tries, in seconds, unless Gerrit asks for more.
LONGEST_S = 300


def retrying(stop, retry_on, attempts=None, tell=None, longest_s=LONGEST_S):
    """A :class:`tenacity.Retrying`: waits between tries grow exponentially, with jitter.

    :param stop: a :class:`threading.Event` that ends it at once.
    :param retry_on: a function of an exception: whether to try again.
    :param attempts: how many tries; None for no end.
    :param tell: called with (exception, seconds until the next try) before each wait.
    :returns: an iterable of attempts; raises the last exception where all failed.
    """
    grows = tenacity.wait_random_exponential(multiplier=2, min=1, max=longest_s)

    def wait(state):
        asked = getattr(state.outcome.exception(), "retry_after_s", None)
        return grows(state) if asked is None else max(1.0, asked)

    def before_sleep(state):
        if tell:
            tell(state.outcome.exception(), state.next_action.sleep)

    ends = tenacity.stop_when_event_set(stop)
    if attempts is not None:
        ends |= tenacity.stop_after_attempt(attempts)
    return tenacity.Retrying(
        retry=tenacity.retry_if_exception(retry_on),
        wait=wait,
        stop=ends,
        sleep=tenacity.sleep_using_event(stop),
        before_sleep=before_sleep,
        reraise=True,
    )
