"""Commands for who looks after the database."""

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
                before, now = schema.upgrade(connection)
        except sa.exc.DBAPIError as error:
            raise base.CommandError(engine.explain(error, self.app.conf)) from error
        finally:
            store.dispose()
        if before == now:
            print(f"The schema is {now} already.", file=self.app.stdout)
        else:
            print(f"The schema was {before or 'empty'} and is {now} now.", file=self.app.stdout)
