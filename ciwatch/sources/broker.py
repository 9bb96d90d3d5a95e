"""What the sources have in common that hear a broker, which keeps events until they are kept here."""

import abc
import importlib
import os

from ciwatch import service
from ciwatch.sources import base


class BrokerError(Exception):
    """The broker does not give what it is asked for; the message says who, why, and what to do."""


class BrokerSource(base.LiveSource):
    """A source whose events a broker hands over again until they are acknowledged.

    Its library comes with the extra of its name: ``pip install 'ciwatch[kafka]'``.
    """

    can_wait = True

    #: The module of its library, and the package that has it.
    module: str
    package: str

    @classmethod
    def library(cls):
        """Its library.

        :raises ciwatch.service.ConfigError: where it is not installed.
        """
        try:
            return importlib.import_module(cls.module)
        except ImportError as error:
            raise service.ConfigError(
                f"the source {cls.name} needs {cls.package}: pip install 'ciwatch[{cls.name}]'"
            ) from error

    @classmethod
    @abc.abstractmethod
    def probe(cls, conf):
        """Asks the broker for what listening needs; returns a sentence that says what is there.

        :raises BrokerError: where something is missing.
        :raises ciwatch.service.ConfigError: where the configuration lacks something.
        """


def one_line(payload):
    """What a broker keeps of an event, bytes or None, as a line of a stream; empty where that is nothing.

    Between the parts of a JSON value a line end is as good as a space; within them there is none.
    """
    return b" ".join((payload or b"").split(b"\n")).replace(b"\r", b" ").strip()


def files_of(conf, group):
    """The paths of ca_file, cert_file and key_file of a group of options; None for those that are not set.

    :raises ciwatch.service.ConfigError: where one cannot be read.
    """
    return [_readable(group, option, conf[group][option]) for option in ("ca_file", "cert_file", "key_file")]


def _readable(group, option, name):
    if not name:
        return None
    path = os.path.expanduser(name)
    try:
        with open(path, "rb"):
            return path
    except OSError as error:
        raise service.ConfigError(f"[{group}] {option}: {path}: {error.strerror}") from error
