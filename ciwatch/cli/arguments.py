"""Types of command-line arguments."""

import argparse


def positive(kind):
    """A type for argparse: a number of *kind*, int or float, above zero."""

    def convert(text):
        value = kind(text)
        if not 0 < value < 1e9:
            raise argparse.ArgumentTypeError(f"{text} is not above zero")
        return value

    convert.__name__ = kind.__name__
    return convert
