"""Every option is documented and bounded, and what is wrong with a value is told in one line."""

import difflib
import os
import pathlib
import subprocess
import sys

import fixtures
from oslo_config import types
import testscenarios
from testtools import content
from testtools import matchers

from ciwatch import opts
from ciwatch import service
from tests import base

ROOT = pathlib.Path(__file__).parents[2]
SAMPLE = ROOT / "etc" / "ciwatch" / "ciwatch.conf.sample"
GENERATOR_CONF = ROOT / "etc" / "oslo-config-generator" / "ciwatch.conf"
CIWATCH = pathlib.Path(sys.executable).with_name("ciwatch")

load_tests = testscenarios.load_tests_apply_scenarios


def environment(**variables):
    """The environment of this process without what configures CI Watch, and with *variables*."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
    return {**clean, **variables}


class TestSample(base.TestCase):
    """etc/ciwatch/ciwatch.conf.sample."""

    def test_is_what_the_options_say_today(self):
        """It equals a fresh one, made by a user with another home on another machine."""
        fresh = self.folder / "sample"
        subprocess.run(
            [
                pathlib.Path(sys.executable).with_name("oslo-config-generator"),
                *("--config-file", GENERATOR_CONF, "--output-file", fresh),
            ],
            check=True,
            cwd=ROOT,
            env=environment(HOME="/home/elsewhere", XDG_STATE_HOME="/elsewhere/state"),
        )
        differences = list(
            difflib.unified_diff(
                SAMPLE.read_text().splitlines(),
                fresh.read_text().splitlines(),
                "the sample",
                "a fresh one",
                lineterm="",
            )
        )
        self.assertEqual([], differences, "run 'make sample'")

    def test_names_every_option(self):
        """Each group and each option stands there."""
        text = SAMPLE.read_text()
        for group, options in opts.list_opts():
            self.assertIn(f"[{group}]\n", text)
            for option in options:
                self.assertIn(f"\n#{option.name} =", text)

    def test_can_be_used_as_it_is(self):
        """It is a configuration file, and says nothing but the defaults."""
        conf = service.prepare([], config_files=[str(SAMPLE)])
        default = service.prepare([], config_files=[])
        for group, options in opts.list_opts():
            for option in options:
                self.assertEqual(value_of(default, group, option), value_of(conf, group, option))


def value_of(conf, group, option):
    """The value of *option*."""
    return getattr(conf if group == "DEFAULT" else conf[group], option.dest)


class TestOptions(base.TestCase):
    """What every option must have."""

    scenarios = [
        (f"[{group}] {option.name}", {"group": group, "option": option})
        for group, options in opts.list_opts()
        for option in options
    ]

    def test_has_help_in_sentences(self):
        """The help begins like a sentence and ends like one."""
        self.assertRegex(self.option.help, r"(?s)\A[A-Z].{20,}\.\Z")

    def test_is_bounded(self):
        """A number has bounds, and so has each string of a list."""
        kind = self.option.type
        if isinstance(kind, types.Number):
            self.assertIsNotNone(kind.min)
            self.assertIsNotNone(kind.max)
        if isinstance(kind, types.List):
            self.assertIsNotNone(kind.item_type.max_length)

    def test_default_is_allowed(self):
        """The default is a value that the option takes, or none for what need not be set."""
        value = value_of(service.prepare([], config_files=[]), self.group, self.option)
        self.assertEqual(self.option.default is None, value is None)

    def test_environment_sets_it(self):
        """The environment driver of oslo.config reaches it."""
        value, expected = self.another_value()
        name = f"OS_{self.group}__{self.option.dest}".upper()
        self.useFixture(fixtures.EnvironmentVariable(name, value))
        conf = service.prepare([], config_files=[])
        self.assertEqual(expected, value_of(conf, self.group, self.option))

    def another_value(self):
        """A value in text that is not the default, and what it is when it is read."""
        kind = self.option.type
        if isinstance(kind, types.Number):
            return str(kind.min + 1), kind.min + 1
        if isinstance(kind, types.List):
            return "first,second name", ["first", "second name"]
        if isinstance(kind, types.URI):
            return "https://gerrit.example/r", "https://gerrit.example/r"
        if isinstance(kind, types.Boolean):
            return str(not self.option.default), not self.option.default
        if getattr(kind, "choices", None):
            other = next(choice for choice in kind.choices if choice != self.option.default)
            return other, other
        return "ci.example", "ci.example"


class TestBadValue(base.TestCase):
    """A value that cannot be is told in one line which names the option and why."""

    scenarios = [
        ("no number", {"option": "[web] port", "value": "banana", "why": "'banana' is not"}),
        ("too high", {"option": "[web] port", "value": "70000", "why": "equal to 65535"}),
        ("too low", {"option": "[listener] batch_size", "value": "0", "why": "equal to 1"}),
        ("no host", {"option": "[web] host", "value": "two words", "why": "not a valid host"}),
        ("neither", {"option": "[mqtt] tls", "value": "perhaps", "why": "'perhaps'"}),
        ("no choice", {"option": "[kafka] sasl_mechanism", "value": "GUESS", "why": "SCRAM-SHA-512"}),
        ("scheme", {"option": "[gerrit] url", "value": "ftp://x", "why": "but was 'ftp'"}),
        (
            "too long",
            {"option": "[listener] ci_accounts", "value": "x" * 300, "why": "255"},
        ),
        (
            "template",
            {"option": "[database] connection", "value": "sqlite:///$nowhere/x", "why": "nowhere"},
        ),
    ]

    def error_of(self, **arguments):
        """The message of the ConfigError that prepare() raises."""
        error = self.assertRaises(service.ConfigError, service.prepare, [], **arguments)
        return str(error)

    def check(self, message):
        """*message* is one line that names the option first, and why."""
        self.assertEqual(1, len(message.splitlines()))
        self.assertThat(message, matchers.StartsWith(f"{self.option}: "))
        self.assertIn(self.why, message)

    def test_in_a_file(self):
        """Where it stands in a configuration file."""
        group, name = self.option.strip("[").split("] ")
        path = self.folder / "ciwatch.conf"
        path.write_text(f"[{group}]\n{name} = {self.value}\n")
        self.check(self.error_of(config_files=[str(path)]))

    def test_in_the_environment(self):
        """Where it stands in the environment."""
        group, name = self.option.strip("[").split("] ")
        variable = f"OS_{group}__{name}".upper()
        self.useFixture(fixtures.EnvironmentVariable(variable, self.value))
        self.check(self.error_of(config_files=[]))


class TestBadFile(base.TestCase):
    """A configuration file or folder that cannot be read."""

    def error_of(self, **arguments):
        """The message of the ConfigError that prepare() raises, which is one line."""
        message = str(self.assertRaises(service.ConfigError, service.prepare, [], **arguments))
        self.assertEqual(1, len(message.splitlines()))
        return message

    def write(self, content):
        """The path of a configuration file of *content*, bytes."""
        path = self.folder / "ciwatch.conf"
        path.write_bytes(content)
        return str(path)

    def test_missing_file(self):
        """A file that is not there is named."""
        self.assertIn("/nowhere.conf", self.error_of(config_files=["/nowhere.conf"]))

    def test_missing_folder(self):
        """A folder that is not there is named."""
        self.assertIn("/nowhere", self.error_of(config_files=[], config_dirs=["/nowhere"]))

    def test_folder_for_a_file(self):
        """A folder where a file should be."""
        self.assertIn(str(self.folder), self.error_of(config_files=[str(self.folder)]))

    def test_no_assignment(self):
        """A line that says nothing is named by its number."""
        path = self.write(b"[web]\nport 8080\n")
        self.assertIn(f"{path}:2", self.error_of(config_files=[path]))

    def test_no_section(self):
        """An option above all sections."""
        path = self.write(b"port = 8080\n")
        self.assertIn(f"{path}:1", self.error_of(config_files=[path]))

    def test_other_encoding(self):
        """A file that is no UTF-8."""
        path = self.write(b"[listener]\nci_accounts = \xc4rger CI\n")
        self.assertIn("UTF-8", self.error_of(config_files=[path]))

    def test_folder_is_read_after_files(self):
        """The *.conf files of a folder count, in the order of their names, after the file."""
        path = self.write(b"[web]\nport = 1\nthreads = 2\n")
        folder = self.folder / "conf.d"
        folder.mkdir()
        (folder / "10.conf").write_text("[web]\nport = 10\n")
        (folder / "20.conf").write_text("[web]\nport = 20\n")
        conf = service.prepare([], config_files=[path], config_dirs=[str(folder)])
        self.assertEqual((20, 2), (conf.web.port, conf.web.threads))


class TestProgramTells(base.TestCase):
    """The program says in one line what is wrong, and ends with 1."""

    def run_program(self, *arguments, **variables):
        """The completed process of ``ciwatch`` with *arguments*."""
        return subprocess.run(
            [CIWATCH, *arguments],
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env=environment(HOME=str(self.folder), XDG_STATE_HOME=str(self.folder), **variables),
        )

    def replay_nothing(self, *arguments, **variables):
        """The one line that a replay of nothing ends with."""
        done = self.run_program(*arguments, "replay", os.devnull, **variables)
        self.addDetail("stderr", content.text_content(done.stderr))
        self.assertEqual(1, done.returncode)
        self.assertEqual("", done.stdout)
        lines = done.stderr.splitlines()
        self.assertEqual(1, len(lines), lines)
        return lines[0]

    def database_line(self, url):
        """What is said of a database."""
        line = self.replay_nothing(OS_DATABASE__CONNECTION=url)
        self.assertIn("[database] connection: ", line)
        self.assertNotIn("hush", line)
        return line

    def test_value(self):
        """A misspelt value."""
        self.assertIn("[web] port: 'banana'", self.replay_nothing(OS_WEB__PORT="banana"))

    def test_missing_file(self):
        """A configuration file that is not there."""
        self.assertIn("/nowhere.conf", self.replay_nothing("--config-file", "/nowhere.conf"))

    def test_no_url(self):
        """A database URL that is none; as it may hold a password, it is not repeated."""
        self.database_line("hush")

    def test_unknown_database(self):
        """A database that SQLAlchemy has never heard of."""
        self.assertIn("pigeon", self.database_line("pigeon://someone:hush@host/name"))

    def test_missing_driver(self):
        """A driver that is not installed is named."""
        line = self.database_line("oracle+oracledb://someone:hush@host/name")
        self.assertIn("'oracledb'", line)

    def test_folder_cannot_be_made(self):
        """An SQLite file in a folder where nobody may write."""
        self.assertIn("/proc/nowhere", self.database_line("sqlite:////proc/nowhere/ciwatch.sqlite"))

    def test_folder_for_a_database(self):
        """A folder where the SQLite file should be."""
        self.assertIn(str(self.folder), self.database_line(f"sqlite:///{self.folder}"))

    def test_no_database(self):
        """A file that is something else."""
        path = self.folder / "letter.txt"
        path.write_text("Dear reader, this is no database at all.\n" * 50)
        self.assertIn("not a database", self.database_line(f"sqlite:///{path}"))

    def test_server_does_not_answer(self):
        """A server that is not there; the password is not told."""
        line = self.database_line("mysql+pymysql://someone:hush@127.0.0.1:1/name")
        self.assertIn("mysql+pymysql://someone:***@127.0.0.1:1/name", line)
        self.assertIn("refused", line)

    def test_environment_names_the_database(self):
        """The environment driver: the file that is named is the one that is made."""
        path = self.folder / "elsewhere.sqlite"
        done = self.run_program("replay", os.devnull, OS_DATABASE__CONNECTION=f"sqlite:///{path}")
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        self.assertTrue(path.exists())

    def test_default_database(self):
        """Without configuration the database is in the user's state folder."""
        done = self.run_program("replay", os.devnull)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertTrue((self.folder / "ciwatch" / "ciwatch.sqlite").exists())

    def test_wrong_usage(self):
        """Wrong usage is 2."""
        self.assertEqual(2, self.run_program("replay").returncode)
