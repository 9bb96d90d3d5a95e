"""Commands for who looks after the database."""

import sys

from cliff import command
import sqlalchemy as sa

from ciwatch.cli import base
from ciwatch.db import engine
from ciwatch.db import schema


class DbUpgrade(command.Command):
    """Bring the database's schema up to what this version needs."""

    def take_action(self, parsed_args):
        """Migrates, and prints from what to what."""
        store = engine.create_engine(self.app.conf)
        try:
            with store.begin() as connection:
                before, now = schema.upgrade(connection, self._tell)
        except KeyboardInterrupt:
            print("ciwatch: interrupted; 'ciwatch db upgrade' does the rest, or all of it", file=sys.stderr)
            raise
        except sa.exc.DBAPIError as error:
            raise base.CommandError(engine.explain(error, self.app.conf)) from error
        finally:
            store.dispose()
        if before == now:
            print(f"The schema is {now} already.", file=self.app.stdout)
        else:
            print(f"The schema was {before or 'empty'} and is {now} now.", file=self.app.stdout)

    def _tell(self, revision, about):
        print(f"{revision}: {about}", file=self.app.stdout, flush=True)
