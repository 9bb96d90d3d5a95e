"""Commands for who describes the CI systems."""

import pathlib
import sys

from cliff import command
import yaml

from ciwatch.cli import base
from ciwatch.registry import cinder
from ciwatch.registry import file
from ciwatch.registry import reader


def read_file(conf):
    """The :class:`~ciwatch.registry.file.RegistryFile` of a configuration, which can be used.

    :raises ciwatch.cli.base.CommandError: where it cannot.
    """
    found = file.RegistryFile.of_conf(conf)
    try:
        found.read()
    except reader.RegistryError as error:
        raise base.CommandError(f"{found.OPTION}: {error}; 'ciwatch registry validate' tells all") from error
    return found


class RegistryValidate(command.Command):
    """Tell whether a registry can be used: what is in it, or all that is wrong, each with its line."""

    def get_parser(self, prog_name):
        """Adds the file."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "file",
            metavar="FILE",
            nargs="?",
            help="the registry; '-' is standard input (default: [insight] registry_file)",
        )
        return parser

    def take_action(self, parsed_args):
        """Reads it, and prints; the exit code is 1 where something is wrong."""
        path = parsed_args.file or self.app.conf.insight.registry_file
        if not path:
            raise base.CommandError(f"{file.RegistryFile.OPTION} is empty, and no FILE is named")
        try:
            if path == "-":
                found = reader.read_bytes(sys.stdin.buffer.read(reader.LARGEST + 1), "standard input")
            else:
                found = reader.read(path)
        except reader.RegistryError as error:
            for line in error.lines:
                print(line, file=self.app.stderr)
            return 1
        self._tell(path, found)
        return 0

    def _tell(self, path, found):
        components = [component for project in found.projects.values() for component in project.components]
        without = sum(not component.systems for component in components)
        counts = (
            _count(len(found.systems), "system"),
            _count(sum(len(system.accounts or (name,)) for name, system in found.systems.items()), "account"),
            _count(len(found.projects), "project"),
            _count(len(components), "component"),
        )
        print(f"{path}: {', '.join(counts)}, {without} of them without a CI", file=self.app.stdout)


class RegistryImportCinder(command.Command):
    """Print a registry made of what a checkout of cinder says of its drivers.

    The constant CI_WIKI_NAME of each driver's class tells which CI tests it. The files are parsed, and never
    executed. Accounts, contacts and what else cinder does not say are to be added by hand.
    """

    def get_parser(self, prog_name):
        """Adds the folder."""
        parser = super().get_parser(prog_name)
        parser.add_argument("folder", metavar="DIR", help="the checkout, in which cinder/volume/drivers is")
        return parser

    def take_action(self, parsed_args):
        """Reads the drivers, and prints the registry."""
        root = pathlib.Path(parsed_args.folder)
        if not root.is_dir():
            raise base.CommandError(f"{root}: there is no such folder")
        drivers, skipped = cinder.find_drivers(root)
        for sentence in skipped:
            print(f"ciwatch: {sentence}", file=self.app.stderr)
        if not drivers:
            raise base.CommandError(
                f"{root}: no driver found: looked for classes with {cinder.CONSTANT}, or that are"
                f" registered as a volumedriver, in {', '.join(cinder.FOLDERS)}"
            )
        registry = cinder.registry_of(drivers)
        print(
            yaml.safe_dump(registry, sort_keys=False, allow_unicode=True, width=100),
            file=self.app.stdout,
            end="",
        )
        without = sum(driver.ci is None for driver in drivers)
        print(
            f"ciwatch: {_count(len(drivers), 'driver')}, {_count(len(registry['systems']), 'CI')};"
            f" {without} without one",
            file=self.app.stderr,
        )


def _count(number, what):
    return f"{number} {what}{'' if number == 1 else 's'}"
