"""The manual is complete: what a user can type, set or open is named in it."""

import functools
import importlib.metadata
import pathlib
import re

from ciwatch import opts
from ciwatch.db import models
from ciwatch.insight import explanation
from ciwatch.insight import policy
from ciwatch.insight import trend
from ciwatch.parsers import results
from ciwatch.queries import coverage
from ciwatch.web import app
from ciwatch.web import headlines
from ciwatch.web import metrics
from ciwatch.web import params
from ciwatch.web import rendering
from ciwatch.web.api import endpoints
from tests import base

ROOT = pathlib.Path(__file__).parents[2]
DOC = ROOT / "doc" / "source"

_INCLUDED = re.compile(r"^\.\. literalinclude:: (\S+)$", re.MULTILINE)
_OPTION = re.compile(r"``\[(\w+)\] (\w+)")
_SHOWN = re.compile(
    r"^ +[$#] (?:runuser -u ciwatch -- )?(?:\S*/)?ciwatch ((?!-)[a-z]\S*(?: [a-z]\S*)?)", re.MULTILINE
)
_COPIED = re.compile(r" (?:/opt/ciwatch/src|/root/ci-watch)/(\S+\.\w+)")
_SOURCE = re.compile(
    r"^\.\. _.*: https://opendev\.org/openstack/ci-watch/src/branch/master/doc/source/(.*)$", re.MULTILINE
)
_PLACEHOLDER = re.compile(r"<[^<>`]*>|\{[^{}]*\}")


@functools.cache
def page(path):
    """The text of a page of the manual, with the files that it includes."""
    text = (DOC / path).read_text()
    included = [(DOC / path).parent / name for name in _INCLUDED.findall(text)]
    return "\n".join([text, *(name.read_text() for name in included)])


def _names(group):
    return {entry.name for entry in importlib.metadata.entry_points(group=group)}


def addresses_of(text):
    """The addresses that *text* names in double backquotes, without their queries.

    What stands for a value is written ``<>``, whatever it is called.
    """
    named = re.findall(r"``(/[^`]*)``", text)
    return {_PLACEHOLDER.sub("<>", address).partition("?")[0] for address in named}


class TestManual(base.TestCase):
    """One test for each kind of thing that a user meets."""

    def test_pages_can_be_reached(self):
        """Every page stands in the table of contents of the index beside it or above it."""
        for path in DOC.rglob("*.rst"):
            if path == DOC / "index.rst":
                continue
            folder = path.parent.parent if path.name == "index.rst" else path.parent
            entry = path.relative_to(folder).with_suffix("")
            self.assertIn(f"\n   {entry}\n", (folder / "index.rst").read_text() + "\n")

    def test_options(self):
        """Every option, with its group, and the directive that prints their help."""
        text = page("configuration/index.rst")
        self.assertIn(".. show-options::\n\n   ciwatch\n", text)
        for group, options in opts.list_opts():
            section = text.partition(f"\n[{group}]\n")[2].partition("\n[")[0]
            for option in options:
                self.assertIn(f"\n#{option.name} =", section, f"[{group}] {option.name}")

    def test_sections_of_options(self):
        """Every option that the manual writes with its section is there."""
        known = {(group, option.name) for group, options in opts.list_opts() for option in options}
        for path in DOC.rglob("*.rst"):
            for group, name in _OPTION.findall(path.read_text()):
                self.assertIn((group, name), known, path.relative_to(DOC))

    def test_commands(self):
        """Every command."""
        text = page("cli/index.rst")
        entries = importlib.metadata.entry_points(group="ciwatch.cli")
        self.assertNotEqual([], list(entries))
        for entry in entries:
            self.assertIn(f":command: {entry.name.replace('_', ' ')}\n", text)

    def test_commands_that_are_shown(self):
        """Every command that the manual shows to be typed is there."""
        known = {name.replace("_", " ") for name in _names("ciwatch.cli")} | {"help", "complete"}
        for path in DOC.rglob("*.rst"):
            for words in _SHOWN.findall(path.read_text()):
                command = " ".join(words.split()[:2])
                self.assertTrue({command, words.split()[0]} & known, f"{path.relative_to(DOC)}: {words}")

    def test_files_that_are_copied(self):
        """Every file of the source that an instruction copies is there."""
        for path in (DOC / "install").glob("*.rst"):
            for name in _COPIED.findall(path.read_text()):
                self.assertTrue((ROOT / name).is_file(), f"{path.relative_to(DOC)}: {name}")

    def test_pages_for_elsewhere(self):
        """What is to stand in OpenStack's manuals leads to pages that are there, and to none by our roles."""
        for name in ("system-config-ci-dashboard.rst", "infra-manual.rst"):
            text = page(f"infra/{name}")
            self.assertNotRegex(text, r":(doc|ref|option):`")
            targets = _SOURCE.findall(text)
            self.assertNotEqual([], targets)
            for target in targets:
                self.assertTrue((DOC / target).is_file(), f"{name}: {target}")

    def test_hieradata(self):
        """The example says what the profile of the node must be told, and nothing that it does not take."""
        manifest = (ROOT / "puppet/modules/openstack_project/manifests/ci_dashboard.pp").read_text()
        taken = re.findall(r"^  [A-Z].* \$(\w+)( = .*)?,$", manifest, re.MULTILINE)
        self.assertNotEqual([], taken)
        folder = ROOT / "puppet" / "hieradata"
        text = (folder / "example.yaml").read_text()
        public = (folder / "fqdn" / "ci-dashboard.openstack.org.yaml").read_text()
        told = re.findall(r"^(?:# )?openstack_project::ci_dashboard::(\w+):", text + public, re.MULTILINE)
        self.assertLessEqual({name for name, default in taken if not default}, set(told))
        self.assertLessEqual(set(told), {name for name, _ in taken})
        self.assertNotIn("-----BEGIN", text + public)

    def test_metrics(self):
        """Every number for Prometheus, and none that is not there."""
        written = (pathlib.Path(metrics.__file__)).read_text()
        there = set(re.findall(r'"(ciwatch_\w+)"', written))
        named = set(re.findall(r"``(ciwatch_\w+)``", page("admin/watching.rst")))
        self.assertEqual(sorted(there), sorted(named))

    def test_parsers(self):
        """Every parser: the directive names them all, and says what their docstrings say."""
        self.assertIn(".. list-plugins:: ciwatch.parsers\n", page("parsers/index.rst"))
        for entry in importlib.metadata.entry_points(group="ciwatch.parsers"):
            self.assertTrue((entry.load().__doc__ or "").strip(), entry.name)

    def test_addresses(self):
        """Every page and every path of the API, and none that is not there."""
        registry = app.create_app(self.make_conf()).registry
        routes = {
            _PLACEHOLDER.sub("<>", entry["introspectable"]["pattern"])
            for entry in registry.introspector.get_category("routes")
        }
        routes = {route if route.startswith("/") else f"/{route}" for route in routes}
        routes = {route for route in routes if "*" not in route}
        self.assertEqual(sorted(routes), sorted(addresses_of(page("user/addresses.rst"))))

    def test_parameters(self):
        """Every parameter of the API and of the badge, and every word that one of them takes."""
        text = page("user/addresses.rst")
        declared = [parameter for endpoint in endpoints.ENDPOINTS for parameter in endpoint.all_parameters]
        for parameter in (*declared, params.SHOW):
            self.assertIn(f"``{parameter.name}``", text)
            if parameter.name in ("standing", "outcome", "counted", "show", "list"):
                for word in parameter.schema["enum"]:
                    self.assertIn(f"``{word}``", text, parameter.name)

    def test_tables(self):
        """Every table."""
        text = page("contributor/architecture.rst")
        for name in models.Base.metadata.tables:
            self.assertIn(f"\n``{name}`` ", text)

    def test_result_words(self):
        """Every result word, in the row of its class."""
        table = page("user/words.rst").partition("Results and their classes")[2]
        for kind in results.ResultClass:
            row = re.search(rf"^{kind.value} .*\n(?: .*\n)*", table, re.MULTILINE)
            self.assertIsNotNone(row, kind.value)
            words = {word for word, of in results.CLASS_OF_WORD.items() if of is kind}
            self.assertEqual(words, set(re.findall(r"\b[A-Z]\w*[A-Z]\b", row[0])) - {"CI"})

    def test_marks(self):
        """Every mark of a cell, beside its state."""
        for state, (mark, _) in rendering.MARKS.items():
            self.assertIn(f"\n{mark}    {state.value} ", page("user/words.rst"))

    def test_signs_of_a_ci(self):
        """Every sign by which an account is found to be a CI."""
        text = page("user/words.rst")
        for sign in models.FoundBy:
            self.assertIn(f"\n{sign.value}\n    ", text)

    def test_answers_about_a_verdict(self):
        """Every likelihood that a verdict is about the patch."""
        for likelihood in explanation.Likelihood:
            self.assertIn(f"\n{likelihood.value} ", page("user/minus-one.rst"))

    def test_rules_of_third_parties(self):
        """Every rule that is checked."""
        for name in policy.Name:
            self.assertIn(f"\n{name.value}\n    ", page("user/policy.rst"))

    def test_states_of_components(self):
        """Every way in which a component can be served."""
        for state in coverage.State:
            self.assertIn(f"\n{state.value}\n    ", page("user/coverage.rst"))

    def test_trends(self):
        """Every word about a figure now and before."""
        for word in trend.Trend:
            self.assertIn(f"\n{word.value}\n    ", page("user/upstream.rst"))

    def test_first_lines(self):
        """Every word that answers the question of a page."""
        for words, path in (
            (headlines.Upstream, "user/upstream.rst"),
            (headlines.Running, "admin/listening.rst"),
        ):
            for word in words:
                self.assertIn(f"\n{word.value}\n    ", page(path))

    def test_readme_names_its_files(self):
        """What the README points at is there."""
        text = (ROOT / "README.rst").read_text()
        for name in ("CONTRIBUTING.rst", "LICENSE", "doc/source", "etc/ciwatch/ciwatch.conf.sample"):
            self.assertIn(f"``{name}``", text)
            self.assertTrue((ROOT / name).exists(), name)

    def test_readme_shows_the_matrix(self):
        """The screenshot is there."""
        picture = re.search(r"^\.\. image:: (\S+)$", (ROOT / "README.rst").read_text(), re.MULTILINE)
        self.assertTrue((ROOT / picture[1]).exists(), picture[1])
