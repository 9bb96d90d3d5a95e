"""The parser keeps the contract of CI Watch, and reads its samples: python -m unittest discover -s tests"""

import pathlib
import unittest

from ciwatch_parser_example import WeathervaneParser

from ciwatch.parsers import testing


class TestContract(testing.ContractTests, unittest.TestCase):
    """It harms nobody, whatever a comment holds."""

    parser_class = WeathervaneParser


class TestSamples(testing.SampleTests, unittest.TestCase):
    """Each file in the folder samples is a comment and what it means."""

    parser_class = WeathervaneParser
    samples_folder = pathlib.Path(__file__).parent / "samples"
