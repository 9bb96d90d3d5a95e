"""Each file below tests/data/comments/PARSER is a comment and what it means: the specification of the parser.

A comment whose report is null is one that the parser leaves to others.
"""

import json
import pathlib

import testscenarios
from testtools import content

from ciwatch.parsers import base as parsers_base
from ciwatch.parsers import manager
from tests import base

SAMPLES = pathlib.Path(__file__).parents[2] / "data" / "comments"


def find_samples():
    """One scenario a file."""
    return [
        (f"{path.parent.name}/{path.stem}", {"parser_name": path.parent.name, "path": path})
        for path in sorted(SAMPLES.glob("*/*.json"))
    ]


def meaning(report):
    """A report as the samples write it: what has its default is left out."""
    if report is None:
        return None
    found = {"kind": str(report.kind)}
    if report.pipeline:
        found.update(pipeline=report.pipeline, pipeline_source=str(report.pipeline_source))
    if report.headline:
        found["headline"] = str(report.headline)
    if report.builds:
        found["builds"] = [_meaning_of_build(build) for build in report.builds]
    return found


def _meaning_of_build(build):
    found = {"job": build.job, "result": build.result}
    if not build.voting:
        found["voting"] = False
    for name in ("duration_s", "log_url", "detail"):
        if getattr(build, name) is not None:
            found[name] = getattr(build, name)
    usual = parsers_base.Build(build.job, build.result)
    if build.result_class != usual.result_class:
        found["result_class"] = str(build.result_class)
    elif build.result_class == "unknown":
        found["result_class"] = "unknown"
    return found


class TestSamples(testscenarios.WithScenarios, base.TestCase):
    """Every parser reads its samples as they say."""

    scenarios = find_samples()

    def test_meaning(self):
        """The report is exactly the one that the sample names."""
        sample = json.loads(self.path.read_text())
        self.addDetail("comment", content.text_content(sample["comment"]["text"]))
        parsers = {parser.name: parser for parser in manager.ParserManager().parsers}
        report = parsers[self.parser_name].parse(parsers_base.Comment(**sample["comment"]))
        self.assertEqual(sample["report"], meaning(report))


class TestEveryParser(base.TestCase):
    """What holds for each registered parser."""

    def test_has_samples(self):
        """No parser without a specification, of what it takes and of what it does not."""
        for parser in manager.ParserManager().parsers:
            reports = [
                json.loads(path.read_text())["report"] for path in (SAMPLES / parser.name).glob("*.json")
            ]
            self.assertTrue(any(report for report in reports), parser.name)
            self.assertTrue(any(report is None for report in reports), parser.name)

    def test_contract(self):
        """Each has its attributes and survives anything."""
        odd = [
            "",
            "\n",
            "x",
            "Patch Set 1:",
            "Patch Set 99999999999999:\n\nx",
            "- : SUCCESS",
            "\0",
            "é" * 9000,
        ]
        odd += [
            "Build failed.\n\n" + "- " * 30000,
            "Build Failed \n\n" + "http://x : " * 6000,
            "(1 comment)\n" * 5000,
        ]
        odd += [
            "Patch Set 1: " + "Verified+1 " * 6000,
            "Build succeeded.\n\n- a b : SUCCESS in " + "9" * 60000 + "s",
        ]
        for parser in manager.ParserManager().parsers:
            self.assertIsInstance(parser, parsers_base.Parser)
            self.assertIsInstance(parser.version, int)
            self.assertTrue(parser.__doc__, parser.name)
            for text in odd:
                report = parser.parse(parsers_base.Comment(text))
                self.assertTrue(report is None or isinstance(report, parsers_base.Report))
