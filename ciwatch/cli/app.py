"""The program ``ciwatch``: global options, the commands, and what an error looks like."""

from importlib import metadata
import sys

from cliff import app
from cliff import commandmanager
import pbr.version

import ciwatch
from ciwatch import service


class Commands(commandmanager.CommandManager):
    """All commands, of which only the one that is run is imported: cliff's own manager imports every one."""

    def load_commands(self, namespace):
        """Finds those of a *namespace* of entry points."""
        self.group_list.append(namespace)
        for found in metadata.entry_points(group=namespace):
            self.commands[found.name.replace("_", " ")] = found


class CIWatch(app.App):
    """The program; ``conf`` is its configuration, read when a command first asks for it."""

    # Warnings only; -v tells more.
    DEFAULT_VERBOSE_LEVEL = 0

    def __init__(self):
        """Finds the commands."""
        super().__init__(
            description=ciwatch.__doc__ + " 'ciwatch help COMMAND' tells more of each command.",
            version=pbr.version.VersionInfo("ciwatch").version_string(),
            command_manager=Commands("ciwatch.cli"),
            deferred_help=True,
        )
        self._conf = None

    def build_option_parser(self, description, version, argparse_kwargs=None):
        """Adds the global options for configuration."""
        parser = super().build_option_parser(description, version, argparse_kwargs)
        parser.add_argument(
            "--config-file",
            metavar="FILE",
            action="append",
            help=f"a configuration file; may be given again, the last one wins (default:"
            f" {service.SYSTEM_CONFIG_FILE} where it exists)",
        )
        parser.add_argument(
            "--config-dir",
            metavar="DIR",
            action="append",
            help="a folder whose .conf files are read after the configuration files",
        )
        return parser

    @property
    def conf(self):
        """The configuration.

        :raises ciwatch.service.ConfigError: where it cannot be used.
        """
        if self._conf is None:
            self._conf = service.prepare(
                config_files=self.options.config_file, config_dirs=self.options.config_dir
            )
        return self._conf


def main(argv=None):
    """Runs the program; returns its exit code: 0 fine, 1 the work failed, 2 wrong usage."""
    try:
        return CIWatch().run(sys.argv[1:] if argv is None else argv)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
