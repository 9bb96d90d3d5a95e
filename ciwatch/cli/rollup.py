"""``ciwatch rollup``: the figures, counted by the day."""

from cliff import command

from ciwatch.cli import base
from ciwatch.cli import progress
from ciwatch.cli import registry
from ciwatch.recorder import positions
from ciwatch.rollup import updater


def count(conf, engine, is_anew=False, go_on="'ciwatch rollup' goes on from here"):
    """Counts what waits to be counted, with a progress bar on a terminal.

    :param is_anew: whether all is to be counted anew.
    :param go_on: what to say of how to go on, if it is interrupted.
    :returns: how many steps it took.
    """
    work = updater.Updater(engine, registry.read_file(conf).current())
    goes_on = is_anew and not work.rebuild()
    done = 0
    with progress.Progress("counting figures", "steps", go_on) as shown:
        if goes_on:
            shown.say("going on with what an interrupted run threw away")
        for done, total in work.update(positions.now()):
            shown.at(done, total)
    return done


class Rollup(command.Command):
    """Count the figures of the days that were recorded since they were counted last.

    A listener does so all the time, and so do replay, backfill and reparse when they end: only after an
    interruption there is something to do. It may be interrupted, too, and goes on where it stopped.
    """

    def get_parser(self, prog_name):
        """Adds the way."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--rebuild", action="store_true", help="throw all figures away and count everything anew"
        )
        return parser

    def take_action(self, parsed_args):
        """Counts."""
        with base.database(self.app.conf) as engine:
            done = count(self.app.conf, engine, parsed_args.rebuild)
        said = f"Done in {done} steps." if done else "Nothing waits to be counted."
        print(said, file=self.app.stdout)
