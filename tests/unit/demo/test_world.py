"""The story as a whole: the same each time, in order, and in Gerrit's shape."""

import collections
import datetime
import json
import os
import subprocess
import sys

import testtools

from ciwatch.demo import characters
from ciwatch.demo import people
from ciwatch.demo import world
from tests.unit.demo import stories

_TELL = """
import datetime, hashlib, itertools, json, random
from ciwatch.demo import world
random.seed({noise})
until = datetime.datetime(2026, 11, 23, 15, 0, tzinfo=datetime.UTC)
play = world.World(seed={seed}, days=3, changes=40, until=until, keep_truth={keep_truth})
events = itertools.chain(play.history(), itertools.islice(play.live(), 500))
print(hashlib.sha256("".join(json.dumps(event) for event in events).encode()).hexdigest())
"""


def tell(seed=3, hash_seed="0", noise=0, keep_truth=True):
    """The digest of a short story, told by another process."""
    code = _TELL.format(seed=seed, noise=noise, keep_truth=keep_truth)
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=True,
        text=True,
    )
    return result.stdout.strip()


class TestSameStory(testtools.TestCase):
    """The same arguments tell the same story."""

    def test_another_process_tells_it_to_the_byte(self):
        """Whatever Python's hashes, the global random numbers, and whether the truth is kept."""
        expected = tell()
        self.assertEqual(64, len(expected))
        self.assertEqual(expected, tell(hash_seed="12345", noise=99))
        self.assertEqual(expected, tell(hash_seed="54321", keep_truth=False))

    def test_another_seed_tells_another(self):
        """The seed is not ignored."""
        self.assertNotEqual(tell(seed=3), tell(seed=4))

    def test_one_character_does_not_change_the_luck_of_another(self):
        """Without CIs that people react to, the first results of the rest stay what they were."""
        steady = next(ci for ci in characters.CAST if ci.trait == "steady")
        mistral = next(ci for ci in characters.CAST if ci.style == "vote")
        texts = []
        for cast in ((characters.GATE, steady), (characters.GATE, mistral, steady)):
            play = world.World(seed=2, days=1, changes=1, until=stories.UNTIL, cast=cast)
            event = next(iter(stories.results_of(steady.username, play.history())), None)
            texts.append(event and event["comment"].split("\n- ")[0].split("buildset")[1])
        self.assertIsNotNone(texts[0])
        self.assertEqual(texts[0], texts[1])


class TestEvents(testtools.TestCase):
    """The events of a fortnight."""

    def setUp(self):
        """Tells the story."""
        super().setUp()
        self.play, self.events = stories.story()

    def test_numbers(self):
        """As many changes as asked for, and a believable number of events for each."""
        changes = {event["change"]["number"] for event in self.events}
        self.assertEqual(400, len(changes))
        self.assertGreaterEqual(min(changes), 900000)
        self.assertTrue(60 <= len(self.events) / 400 <= 75, len(self.events))
        projects = collections.Counter(
            event["project"]
            for event in self.events
            if event["type"] == "patchset-created" and event["patchSet"]["number"] == 1
        )
        self.assertEqual({characters.MAIN_PROJECT, *characters.SIDE_PROJECTS}, set(projects))
        self.assertTrue(0.6 < projects[characters.MAIN_PROJECT] / 400 < 0.8, projects)

    def test_order(self):
        """Times never go back, and lie in the fortnight."""
        times = [event["eventCreatedOn"] for event in self.events]
        self.assertEqual(sorted(times), times)
        self.assertGreaterEqual(times[0], stories.END - 14 * stories.DAY_S)
        self.assertLessEqual(times[-1], stories.END)

    def test_shape(self):
        """The keys of each kind of event are Gerrit's."""
        common = {"type", "change", "patchSet", "project", "eventCreatedOn"}
        more = {
            "patchset-created": {"uploader"},
            "comment-added": {"author", "comment"},
            "change-merged": {"submitter", "newRev"},
            "change-abandoned": {"abandoner", "reason"},
            "change-restored": {"restorer", "reason"},
        }
        seen = set()
        for event in self.events:
            seen.add(event["type"])
            self.assertEqual(common | more[event["type"]], set(event) - {"approvals"}, event)
            change, patch_set = event["change"], event["patchSet"]
            self.assertEqual(
                {"project", "branch", "id", "number", "subject", "owner", "url", "status"},
                set(change) - {"topic"},
            )
            self.assertEqual({"number", "revision", "ref", "uploader", "createdOn", "kind"}, set(patch_set))
            self.assertEqual({"name", "username"}, set(change["owner"]))
            self.assertIs(int, type(change["number"]))
            self.assertIs(int, type(event["eventCreatedOn"]))
            self.assertIs(int, type(patch_set["createdOn"]))
            self.assertLessEqual(patch_set["createdOn"], event["eventCreatedOn"])
            number = change["number"]
            self.assertEqual(
                f"refs/changes/{number % 100:02d}/{number}/{patch_set['number']}", patch_set["ref"]
            )
            self.assertRegex(change["id"], "^I[0-9a-f]{40}$")
            self.assertRegex(patch_set["revision"], "^[0-9a-f]{40}$")
            self.assertEqual(event, json.loads(json.dumps(event)))
        self.assertEqual(set(more), seen)

    def test_comments_begin_with_the_header(self):
        """Each names its patch set, and the same votes as the approvals beside it."""
        labels = collections.Counter()
        for event in self.events:
            if event["type"] != "comment-added":
                self.assertNotIn("approvals", event)
                continue
            head = event["comment"].split("\n")[0]
            votes = event.get("approvals", [])
            stated = [
                f"{vote['type']}{int(vote['value']):+d}" if vote["value"] != "0" else f"-{vote['type']}"
                for vote in votes
            ]
            labels.update(vote["type"] for vote in votes)
            expected = f"Patch Set {event['patchSet']['number']}:" + "".join(f" {vote}" for vote in stated)
            self.assertEqual(expected, head)
        self.assertEqual({"Verified", "Code-Review", "Workflow"}, set(labels))

    def test_only_invented_hosts(self):
        """Every address is of a host that cannot exist (RFC 2606)."""
        text = json.dumps(self.events)
        for address in set(part.split("/")[0] for part in text.split("://")[1:]):
            self.assertTrue(address.endswith(".example"), address)

    def test_life_of_a_change(self):
        """Patch sets count up; the status is that of the time; only the gate merges, after it passed."""
        last, status, gate = {}, {}, {}
        for event in self.events:
            number, patch_set = stories.key(event)
            kind = event["type"]
            if kind == "patchset-created":
                self.assertEqual(last.get(number, 0) + 1, patch_set)
                last[number] = patch_set
                status.setdefault(number, "NEW")
            elif kind == "change-abandoned":
                status[number] = "ABANDONED"
            elif kind == "change-restored":
                self.assertEqual("ABANDONED", status[number])
                status[number] = "NEW"
            elif kind == "change-merged":
                self.assertEqual("zuul", event["submitter"]["username"])
                self.assertEqual(2, gate.get((number, patch_set)))
                self.assertEqual(last[number], patch_set)
                status[number] = "MERGED"
            elif event["author"]["username"] == "zuul" and stories.vote_of(event) is not None:
                gate[number, patch_set] = stories.vote_of(event)
            self.assertEqual(status[number], event["change"]["status"])
        self.assertTrue(2 < max(last.values()) <= 6)
        self.assertTrue(200 < list(status.values()).count("MERGED") < 400)

    def test_kinds(self):
        """Most patch sets are new work; third parties do not test a mere commit message."""
        uploads = [event for event in self.events if event["type"] == "patchset-created"]
        kinds = collections.Counter(event["patchSet"]["kind"] for event in uploads)
        self.assertEqual({"REWORK", "TRIVIAL_REBASE", "NO_CODE_CHANGE"}, set(kinds))
        self.assertGreater(kinds["REWORK"], len(uploads) * 0.7)
        messages = {stories.key(event) for event in uploads if event["patchSet"]["kind"] == "NO_CODE_CHANGE"}
        tested = {stories.key(event) for event in stories.results_of("fjord-disk-ci", self.events)}
        rechecked = {(recheck.change, recheck.patch_set) for recheck in self.play.truth.rechecks}
        self.assertEqual(set(), messages & tested - rechecked)
        self.assertNotEqual(
            set(), messages & {stories.key(e) for e in stories.results_of("zuul", self.events)}
        )

    def test_rhythm(self):
        """Nights and weekends are quiet."""
        hours, weekdays = collections.Counter(), collections.Counter()
        for event in self.events:
            if event["type"] == "patchset-created":
                moment = datetime.datetime.fromtimestamp(event["eventCreatedOn"], datetime.UTC)
                hours[moment.hour // 6] += 1
                weekdays[moment.weekday() >= 5] += 1
        self.assertGreater(hours[2], hours[0] * 2)
        self.assertGreater(weekdays[False] / 5, weekdays[True] / 2 * 2)

    def test_people(self):
        """They review, vote, ask for re-runs, approve, and one pastes what a CI wrote."""
        usernames = {person["username"] for person in people.PEOPLE}
        pasted, words = [], collections.Counter()
        for event in self.events:
            if event["type"] != "comment-added" or event["author"]["username"] not in usernames:
                continue
            head, _, body = event["comment"].partition("\n\n")
            words[head.partition(": ")[2]] += 1
            words[body] += 1
            if stories.job_lines(body):
                pasted.append(event)
        for expected in (
            "recheck",
            "run-iris-ci",
            "Code-Review+2 Workflow+1",
            "Code-Review-1",
            "(1 comment)",
        ):
            self.assertGreater(words[expected], 5, expected)
        self.assertGreaterEqual(len(pasted), 3)
        self.assertEqual({people.PASTER["username"]}, {event["author"]["username"] for event in pasted})
        total = len(stories.comments_of(people.PASTER["username"], self.events))
        # Else it would behave like a CI.
        self.assertLess(len(pasted), total / 3)


class TestArguments(testtools.TestCase):
    """What a world is asked for."""

    def test_days_and_changes(self):
        """Both are kept to."""
        events = list(world.World(seed=5, days=2.5, changes=30, until=stories.UNTIL).history())
        self.assertEqual(30, len({event["change"]["number"] for event in events}))
        self.assertGreaterEqual(events[0]["eventCreatedOn"], stories.END - 2.5 * stories.DAY_S)

    def test_until_is_a_whole_second_in_utc(self):
        """Wherever the clock that was asked."""
        zone = datetime.timezone(datetime.timedelta(hours=5))
        until = stories.UNTIL.astimezone(zone).replace(microsecond=5)
        self.assertEqual(stories.UNTIL, world.World(changes=1, until=until).until)
        now = world.World(changes=1).until
        self.assertEqual(0, now.microsecond)
        self.assertLess(abs(datetime.datetime.now(datetime.UTC) - now), datetime.timedelta(seconds=60))

    def test_nonsense(self):
        """A naive time and an empty story are refused."""
        self.assertRaises(ValueError, world.World, until=datetime.datetime(2026, 1, 1))
        self.assertRaises(ValueError, world.World, changes=0)
        self.assertRaises(ValueError, world.World, days=0)

    def test_cast(self):
        """Nobody else speaks."""
        wanted = ("gate", "steady", "always green")
        cast = [ci for ci in characters.CAST if ci.trait in wanted]
        play = world.World(seed=1, days=2, changes=20, until=stories.UNTIL, cast=cast)
        authors = {event["author"]["username"] for event in play.history() if "author" in event}
        usernames = {person["username"] for person in people.PEOPLE}
        self.assertEqual({ci.username for ci in cast}, authors - usernames)

    def test_without_truth(self):
        """Nothing is kept that grows."""
        play = world.World(seed=1, days=2, changes=20, until=stories.UNTIL, keep_truth=False)
        self.assertGreater(len(list(play.history())), 500)
        truth = play.truth
        for kept in (truth.attempts, truth.patch_sets, truth.unanswered, truth.rechecks):
            self.assertEqual(0, len(kept))
