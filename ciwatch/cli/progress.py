"""How far a long command is: a bar on a terminal, elsewhere a line now and then; and how to go on."""

import sys
import time

import tqdm

#: How often a line is written where nobody looks, in seconds; so a short command writes none.
EVERY_S = 60.0


class Progress:
    """Shows it on standard error, with the rate and the time that is left; a context manager.

    On Ctrl-C it says in one line how to go on.
    """

    def __init__(self, what, units, go_on, total=None, **looks):
        """Takes what is shown.

        :param what: what is done, as words: counting figures.
        :param units: what is counted, in the plural.
        :param go_on: a sentence without its end: how to go on after an interruption.
        :param total: how much there is to do, where that is known before.
        :param looks: what else tqdm takes.
        """
        self._what = what
        self._units = units
        self._go_on = go_on
        self._begun_at = self._said_at = time.monotonic()
        self._first = 0
        options = {"unit": f" {units}", "disable": None, "file": sys.stderr, **looks}
        self._bar = tqdm.tqdm(desc=what, total=total, **options)

    def __enter__(self):
        """Begins."""
        return self

    def __exit__(self, kind, *error):
        """Ends; what the bar showed last stays."""
        if kind is KeyboardInterrupt:
            self.say(f"interrupted; {self._go_on}")
        self._bar.close()

    def go_on_after(self, done):
        """Tells what was *done* before, which took none of the time of this run."""
        self._first = self._bar.initial = self._bar.n = self._bar.last_print_n = done

    def at(self, done, total=None, note=""):
        """Shows how much is *done*.

        :param total: how much there is to do, where that is another number now.
        :param note: what else there is to say.
        """
        if total is not None:
            self._bar.total = total
        if not self._bar.disable:
            self._bar.set_postfix_str(note, refresh=False)
            self._bar.update(done - self._bar.n)
        elif time.monotonic() - self._said_at >= EVERY_S:
            self._said_at = time.monotonic()
            self.say(self._line(done, self._bar.total, note))

    def say(self, line):
        """Writes a line beside the bar."""
        self._bar.write(f"ciwatch: {line}", file=sys.stderr)

    def _line(self, done, total, note):
        rate = (done - self._first) / (time.monotonic() - self._begun_at)
        kind = ",.1f" if isinstance(done, float) else ",d"
        said = f"{self._what}: {done:{kind}}"
        if total:
            said += f" of {total:{kind}}"
        said += f" {self._units}, {rate:,.3g} a second"
        if total and rate:
            said += f", {_length(max(total - done, 0) / rate)} left"
        return f"{said}, {note}" if note else said


def _length(seconds):
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min" if minutes else f"{seconds:.0f} s"
