"""Every registered parser keeps the contract and reads its samples: with the kit that strangers use, too.

Each file below tests/data/comments/PARSER is a comment and what it means: the specification of the parser.
"""

import importlib.metadata
import pathlib

from ciwatch.parsers import manager
from ciwatch.parsers import testing
from tests import base

SAMPLES = pathlib.Path(__file__).parents[2] / "data" / "comments"


def make_tests(name, parser_class):
    """The two test classes of one parser."""
    camel = name.title().replace("_", "")
    contract = type(
        f"TestContractOf{camel}",
        (testing.ContractTests, base.TestCase),
        {"parser_class": parser_class, "__module__": __name__},
    )
    samples = type(
        f"TestSamplesOf{camel}",
        (testing.SampleTests, base.TestCase),
        {"parser_class": parser_class, "samples_folder": SAMPLES / name, "__module__": __name__},
    )
    return contract, samples


for _entry in importlib.metadata.entry_points(group=manager.NAMESPACE):
    if _entry.value.startswith("ciwatch."):
        for _made in make_tests(_entry.name, _entry.load()):
            globals()[_made.__name__] = _made
del _made


class TestFolders(base.TestCase):
    """The folders of samples are those of parsers."""

    def test_no_orphans(self):
        """A sample whose parser is gone would never be read."""
        names = {parser.name for parser in manager.ParserManager().parsers}
        self.assertEqual(set(), {path.name for path in SAMPLES.iterdir()} - names)
