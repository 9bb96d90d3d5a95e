"""What is old is deleted, beside whoever records, and what was counted of it stays."""

import dataclasses
import datetime
import math
import signal
import time

import sqlalchemy as sa
import webtest

from ciwatch.db import models
from ciwatch.demo import characters
from ciwatch.demo import world
from ciwatch.parsers import manager
from ciwatch.recorder import horizon
from ciwatch.recorder import identity
from ciwatch.recorder import reparse
from ciwatch.registry import model as registry_model
from ciwatch.rollup import pruning
from ciwatch.rollup import updater
from ciwatch.web import app
from tests import base
from tests.functional import test_listen
from tests.functional import test_rollup

UNTIL = test_rollup.UNTIL
#: The first day of which all is kept.
DAY = UNTIL.date() - datetime.timedelta(days=55)
FIRST_KEPT = datetime.datetime.combine(DAY, datetime.time(), datetime.UTC)
OLD, THEN, NOW = "until=2026-01-20T12:00", "until=2026-02-25T12:00", f"until={UNTIL:%Y-%m-%dT%H:%M}"

RAW = (models.Build, models.Report, models.Comment, models.Recheck, models.PatchSet, models.Change)


def cast():
    """The gate, and CIs that are sick, or silent, since before that day, and until after it."""
    known = {character.username: character for character in characters.CAST}
    return (
        characters.GATE,
        dataclasses.replace(known["basalt-array-ci"], sick=((66, 6, 30), (30, 6, 40))),
        known["delta-filer-ci"],
        dataclasses.replace(known["fjord-disk-ci"], sick=((60, 6, 24 * 45),)),
        dataclasses.replace(known["cobalt-flash-ci"], silent=((60, math.inf),)),
        dataclasses.replace(known["iris-nvme-ci"], silent=((58, 45),)),
    )


def lines(until=UNTIL, days=70, changes=240):
    """The events of a world."""
    play = world.World(seed=8, days=days, changes=changes, until=until, cast=cast())
    return [base.line(event) for event in play.history()]


class PruneTestCase(test_rollup.RollupTestCase):
    """A world of seventy days."""

    def setUp(self):
        """Records it, and counts."""
        super().setUp()
        self.lines = lines()
        self.recorder.record(self.lines)
        self.update(UNTIL)

    def figures(self, *models_, store=None):
        """Table -> its rows; without the comments that broke a rule, which are deleted."""
        found, store = {}, store or self.store
        with store.connect() as connection:
            for model in models_ or test_rollup.DERIVED:
                table = model.__table__
                columns = [column for column in table.c if column.name not in ("id", "broken")]
                rows = connection.execute(sa.select(*columns)).all()
                found[table.name] = sorted(repr(tuple(row)) for row in rows)
        return found

    def prune(self, day=DAY):
        """Deletes what is from before a day; says how many patch sets these were."""
        work = pruning.Pruner(self.store, manager.ParserManager(), day)
        work.begin()
        return list(work.run())[-1][0]

    def counts(self):
        """Table -> its number of rows, of those that are deleted from."""
        with self.store.connect() as connection:
            return {
                model.__tablename__: connection.scalar(sa.select(sa.func.count()).select_from(model))
                for model in RAW
            }

    def assert_same(self, before, after):
        """Compares table by table, so that a difference is a short list."""
        for name, rows in before.items():
            self.assertEqual([], [row for row in rows if row not in set(after[name])], name)
            self.assertEqual([], [row for row in after[name] if row not in set(rows)], name)


class TestFigures(PruneTestCase):
    """What was counted."""

    def test_kept(self):
        """Each figure, spell and status word stays, also for who throws all away and counts anew."""
        before = self.figures()
        self.assertGreater(self.prune(), 50)
        self.assert_same(before, self.figures())
        self.update(UNTIL)
        self.assert_same(before, self.figures())
        self.updater.rebuild()
        self.assertNotEqual(before, self.figures())
        self.update(UNTIL)
        self.assert_same(before, self.figures())
        with self.store.connect() as connection:
            self.assertGreaterEqual(
                connection.scalar(sa.select(sa.func.min(models.PatchSet.seen_at))), FIRST_KEPT
            )
            self.assertLess(connection.scalar(sa.select(sa.func.min(models.DailySystem.day))), DAY)
            lasting = sa.select(models.Spell.kind).where(
                models.Spell.started_at < FIRST_KEPT, models.Spell.ended_at.is_(None)
            )
            self.assertEqual(["silent"], connection.scalars(lasting).all())

    def test_old_events(self):
        """What comes of a patch set that is deleted, by whatever way, is ignored, and changes no figure."""
        before = self.figures()
        gone = self.prune()
        kept = self.counts()
        counts = self.recorder.record(self.lines)
        self.assertEqual(0, counts.recorded)
        self.assertGreater(counts.pruned, gone)
        self.assertEqual(counts.ignored + counts.duplicate, counts.read)
        # A comment of today on the first patch set of all.
        first = base.read_line(self.lines[0])
        late = {
            **first,
            "type": "comment-added",
            "comment": "Patch Set 1: Verified-1\n\nBuild failed.\n\n- a http://x.example/1 : FAILURE in 1s",
            "author": {"username": "basalt-array-ci", "name": "Basalt Array CI"},
            "eventCreatedOn": int(UNTIL.timestamp()) - 60,
        }
        self.assertEqual(1, self.make_recorder(self.store).record([base.line(late)]).pruned)
        self.assertEqual(kept, self.counts())
        self.update(UNTIL)
        self.assert_same(before, self.figures())

    def test_read_again(self):
        """Parsers that read all again find the same CIs, and take no figure away."""
        before, parsers = self.figures(), manager.ParserManager()
        self.prune()
        rules = identity.Identity(gate_accounts=("zuul",))
        work = reparse.Reparser(self.store, parsers, rules)
        list(work.run())
        self.assertEqual({}, work.became)
        self.update(UNTIL)
        self.assert_same(before, self.figures())

    def test_other_registry(self):
        """Who counts all anew since the registry says something else counts what is there."""
        before = self.figures()
        self.prune()
        with self.store.begin() as connection:
            connection.execute(
                sa.update(models.TaskPosition)
                .where(models.TaskPosition.task == "rollup")
                .values(fingerprint="another")
            )
        self.update(UNTIL)
        self.assert_same(before, self.figures())

    def test_uncounted(self):
        """Nothing is deleted that was not counted."""
        with self.store.begin() as connection:
            row = {"project_id": 1, "branch": "master", "day": DAY - datetime.timedelta(days=3)}
            connection.execute(sa.insert(models.DirtyDay), {**row, "is_fresh": False})
        self.assertRaises(pruning.UncountedError, self.prune)
        with self.store.connect() as connection:
            self.assertEqual(horizon.NEVER, horizon.read(connection))

    def test_later(self):
        """What comes afterwards is counted as if nothing had been deleted, and so it is on the next day."""
        whole = self.make_engine("whole.sqlite")
        self.count(whole, self.lines[:6000], UNTIL)
        store = self.store = self.make_engine("pruned.sqlite")
        self.count(store, self.lines[:6000], UNTIL - datetime.timedelta(days=20))
        self.prune(DAY - datetime.timedelta(days=20))
        self.count(store, self.lines[6000:7000], UNTIL - datetime.timedelta(days=9))
        self.count(whole, self.lines[6000:], UNTIL)
        self.prune()
        self.count(store, self.lines[7000:], UNTIL)
        self.assert_same(self.figures(store=whole), self.figures())

    def count(self, store, lines, as_of):
        """Records lines, and counts as of a moment."""
        self.make_recorder(store).record(lines)
        for _ in updater.Updater(store, registry_model.Registry()).update(as_of):
            pass


class TestParts(PruneTestCase):
    """Who is interrupted."""

    def said(self):
        """Patch set -> how many reports and builds are of it."""
        statement = (
            sa.select(models.PatchSet.id, sa.func.count(models.Report.id), sa.func.count(models.Build.id))
            .outerjoin(models.Report, models.Report.patch_set_id == models.PatchSet.id)
            .outerjoin(models.Build, models.Build.report_id == models.Report.id)
            .group_by(models.PatchSet.id)
        )
        with self.store.connect() as connection:
            return {row[0]: row[1:] for row in connection.execute(statement)}

    def test_parts(self):
        """No patch set is half deleted, a recorder that goes on in between is not disturbed, and it ends."""
        self.patch_chunks(7)
        before, figures, rounds = self.said(), self.figures(), 0
        while True:
            work = pruning.Pruner(self.store, manager.ParserManager(), DAY)
            work.begin()
            parts = work.run()
            next(parts)
            if next(parts, None) is None:
                break
            parts.close()
            rounds += 1
            left = self.said()
            self.assertEqual({key: before[key] for key in left}, left)
            again = self.recorder.record(self.lines[-200:])
            self.assertEqual((200, 0), (again.duplicate + again.ignored, again.recorded))
        self.assertGreater(rounds, 5)
        self.update(UNTIL)
        self.assert_same(figures, self.figures())

    def patch_chunks(self, size):
        """Has fewer patch sets deleted at once."""
        self.patch(pruning, "_PATCH_SETS_AT_ONCE", size)


class TestPages(PruneTestCase):
    """What is shown of old days."""

    def setUp(self):
        """Makes a site."""
        super().setUp()
        self.site = webtest.TestApp(app.create_app(self.make_conf_of(self.store), engine=self.store))

    def make_conf_of(self, store):
        """A configuration without a registry."""
        conf = self.make_conf("other.sqlite")
        self.assertIsNotNone(store)
        return conf

    def answers(self):
        """What the API says of figures, of days before and after."""
        found = {}
        for name in ("basalt-array-ci", "delta-filer-ci", "iris-nvme-ci", "zuul"):
            for query in (NOW, THEN):
                path = f"/api/v1/ci/{name}?{query}&window=90d"
                told = self.site.get(path).json
                found[path] = {key: told[key] for key in ("figures", "days", "status", "statuses")}
                # Where what it said last is deleted, the day is known.
                self.assertIsNotNone(told["last_report_at"])
            told = self.site.get(f"/api/v1/ci/{name}/policy?{NOW}&window=90d").json
            found[name] = [(rule["name"], rule["kept"], rule["breach_count"]) for rule in told["rules"]]
        return found

    def test_pages(self):
        """Figures as before; a sentence where lists are empty; nowhere a fault."""
        listed = self.site.get(f"/api/v1/ci/delta-filer-ci/patchsets?{OLD}").json["items"]
        self.assertTrue(listed)
        before = self.answers()
        self.prune()
        after = self.answers()
        for path, told in before.items():
            self.assertEqual(told, after[path], path)
        sentence = f"Of patch sets from before {DAY} only what was counted is kept"
        project = self.project()
        for path in (
            "/",
            "/ci/delta-filer-ci",
            "/ci/delta-filer-ci/patchsets",
            "/ci/delta-filer-ci/missed",
            "/ci/delta-filer-ci/trust",
            "/ci/delta-filer-ci/policy",
            "/ci/delta-filer-ci/job/delta-cifs-tempest",
            f"/project/{project}",
            "/upstream",
        ):
            self.assertIn(sentence, self.site.get(f"{path}?{OLD}").text, path)
            self.assertNotIn(sentence, self.site.get(f"{path}?{NOW}").text, path)
        for path in ("/ci", "/coverage", f"/coverage?project={project}&{OLD}", "/status", f"/ci?{OLD}"):
            self.site.get(path)
        self.assertIn("Silent since", self.site.get(f"/ci/cobalt-flash-ci?{NOW}").text)
        self.assertNotIn("has not reported", self.site.get(f"/ci/cobalt-flash-ci?{NOW}").text)
        gone = self.site.get(f"/change/{listed[0]['change']}", status=404).text
        self.assertIn(f"it is from before {DAY}", gone)
        self.assertEqual([], self.site.get(f"/api/v1/ci/delta-filer-ci/patchsets?{OLD}").json["items"])
        self.assertEqual(str(DAY), self.site.get("/api/v1/status").json["kept_from"])

    def project(self):
        """The name of the main project."""
        with self.store.connect() as connection:
            return connection.scalar(sa.select(models.Project.name).order_by(models.Project.id).limit(1))


class TestCommand(test_listen.ListenTestCase):
    """``ciwatch prune --older-than``, as a user types it."""

    def setUp(self):
        """Replays a world that ends now."""
        super().setUp()
        self.environment |= {"OS_LISTENER__ARCHIVE_DIR": ""}
        path = self.write("events.jsonl", *lines(test_listen.now(), days=90, changes=300))
        code, _, err = self.ciwatch("replay", path)
        self.assertEqual((0, ""), (code, err))

    def old(self):
        """How many patch sets are old."""
        before = str(test_listen.now().date() - datetime.timedelta(days=65))
        return self.query("SELECT count(*) FROM patch_sets WHERE seen_at < ?", before)[0][0]

    def figures(self):
        """What is counted of old days."""
        today = str(test_listen.now().date() - datetime.timedelta(days=1))
        return self.query(
            "SELECT ci_system_id, project_id, branch, day, reported, passed, failed, missed"
            " FROM daily_systems WHERE day < ? ORDER BY ci_system_id, project_id, branch, day",
            today,
        )

    def result(self, number):
        """A line of the stream: the result of a CI on a patch set of today."""
        event = base.read_line(test_listen.result(number))
        event["patchSet"]["createdOn"] = event["eventCreatedOn"]
        return base.line(event) + b"\n"

    def test_command(self):
        """A dry run tells what a run deletes; killed beside a listener, a second run ends it."""
        old, figures = self.old(), self.figures()
        self.assertGreater(old, 40)
        code, out, err = self.ciwatch("prune", "--older-than", "65d", "--dry-run")
        self.assertEqual((0, ""), (code, err))
        self.assertRegex(out, rf"\| patch_sets +\| +{old} \| +\d+ \|")
        self.assertEqual(old, self.old())
        listener = self.listen()
        process = self.start("prune", "--older-than", "65d")
        number = 5000000
        while process.poll() is None and self.old() == old:
            self.ssh.send(self.result(number))
            time.sleep(0.05)
            number += 1
        process.send_signal(signal.SIGKILL)
        process.communicate()
        code, out, err = self.ciwatch("prune", "--older-than", "65d")
        self.assertEqual((0, ""), (code, err))
        self.assertIn("what was counted of these days is kept", out)
        self.assertEqual((0, figures), (self.old(), self.figures()))
        self.wait_for(
            lambda: self.query("SELECT count(*) FROM changes WHERE number >= 5000000")[0][0]
            == number - 5000000
        )
        self.end(listener)
        code, out, err = self.ciwatch("replay", self.folder / "events.jsonl")
        self.assertEqual(0, code)
        self.assertIn("recorded 0", out)
        self.assertIn("events were ignored: they are of patch sets from before", err)
        self.assertEqual(0, self.old())

    def test_wrong(self):
        """What cannot be is said in one line."""
        for words, said in (
            (("--older-than", "10d"), "say 60d, or more"),
            (("--dry-run",), "--dry-run needs --older-than"),
        ):
            code, _, err = self.ciwatch("prune", *words)
            self.assertEqual((1, 1), (code, len(err.splitlines())))
            self.assertIn(said, err)
        self.assertEqual(2, self.ciwatch("prune", "--older-than", "yesterday")[0])
