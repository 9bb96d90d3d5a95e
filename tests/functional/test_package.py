"""The package as users get it: a wheel and an sdist, installed into an environment of their own."""

import os
import pathlib
import shutil
import site
import subprocess
import sys
import tarfile
import venv
import zipfile

from tests import base

ROOT = pathlib.Path(__file__).parents[2]

# Where the project is no checkout of git, any version will do.
_VERSION = {} if (ROOT / ".git").exists() else {"PBR_VERSION": os.environ.get("PBR_VERSION", "0.0.0")}

_BUILD = "import sys; from pbr import build; getattr(build, sys.argv[1])(sys.argv[2])"

# What no import would miss until a page is asked for, or a database made.
_FOLDERS = ("ciwatch/web/templates", "ciwatch/web/static", "ciwatch/db/migrations")
_SAMPLES = ("etc/ciwatch/ciwatch.conf.sample", "etc/ciwatch/systems.yaml.sample")

_PAGES = """
import webtest
from ciwatch.wsgi import application
site = webtest.TestApp(application)
for address in ("/", "/ci", "/about", "/status", "/static/ciwatch.css", "/healthz"):
    print(address, site.get(address).status_int)
import ciwatch
print(ciwatch.__file__)
"""


class TestPackage(base.TestCase):
    """Each is made of a copy, so that nothing is left in the checkout."""

    def run_python(self, python, *words, folder=None, **more):
        """What a python prints."""
        environment = {**os.environ, "HOME": str(self.folder), **_VERSION, **more}
        environment.pop("PYTHONPATH", None)
        result = subprocess.run(
            [python, *words],
            cwd=folder or self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        self.assertEqual(0, result.returncode, result.stdout + result.stderr)
        return result.stdout

    def copy(self):
        """A copy of what git knows, with the history that tells the version; of all where there is none."""
        source = self.folder / "source"
        if _VERSION:
            ignored = shutil.ignore_patterns(".venv", ".tox", ".browser", ".gerrit")
            shutil.copytree(ROOT, source, ignore=ignored)
        else:
            subprocess.run(["git", "clone", "--quiet", ROOT, source], check=True, timeout=60)
        return source

    def build(self, what, source):
        """The path of the one file that is built of a folder."""
        built = self.folder / what
        built.mkdir()
        self.run_python(sys.executable, "-c", _BUILD, what, str(built), folder=source)
        (found,) = (path for path in built.iterdir() if path.name.endswith((".whl", ".tar.gz")))
        return found

    def files_of(self, source):
        """The files of the package that are no modules, by their names in the package."""
        return {
            str(path.relative_to(source))
            for folder in _FOLDERS
            for path in (source / folder).rglob("*")
            if path.is_file() and path.suffix != ".pyc"
        }

    def test_sdist(self):
        """It has all that the wheel is made of, and a wheel that is made of it has it, too; that one runs."""
        source = self.copy()
        sdist = self.build("build_sdist", source)
        with tarfile.open(sdist) as archive:
            archive.extractall(self.folder / "unpacked", filter="data")
        (unpacked,) = (self.folder / "unpacked").iterdir()
        self.assertEqual(self.files_of(source), self.files_of(unpacked))
        for name in ("LICENSE", "README.rst", "tox.ini", "puppet", "doc/source/index.rst", *_SAMPLES):
            self.assertTrue((unpacked / name).exists(), name)
        wheel = self.build("build_wheel", unpacked)
        with zipfile.ZipFile(wheel) as archive:
            names = set(archive.namelist())
            (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
            told = archive.read(metadata).decode()
        self.assertEqual(set(), self.files_of(source) - names)
        self.assertEqual([], [name for name in names if name.startswith(("tests", "benchmarks", "doc"))])
        for extra, driver in (("postgresql", "psycopg"), ("mysql", "PyMySQL")):
            lines = [line for line in told.splitlines() if line.startswith(f"Requires-Dist: {driver}")]
            self.assertEqual(1, len(lines), extra)
            self.assertIn(f'extra == "{extra}"', lines[0])
        self.assert_runs(wheel)

    def assert_runs(self, wheel):
        """Installs a wheel, makes a database by its migrations and asks for pages by its templates."""
        home = self.folder / "venv"
        venv.create(home, with_pip=False)
        python = home / "bin" / "python"
        (own,) = (home / "lib").glob("python*/site-packages")
        self.run_python(
            sys.executable,
            "-m",
            "pip",
            *("--python", str(python), "install", "--quiet", "--no-deps", "--no-index", str(wheel)),
        )
        # What it needs is there already; of the .pth files there, which lead to the checkout, none is read.
        (own / "needed.pth").write_text("".join(f"{path}\n" for path in site.getsitepackages()))
        for name in _SAMPLES:
            self.assertTrue((home / name).exists(), name)
        database = {"OS_DATABASE__CONNECTION": f"sqlite:///{self.folder / 'watched.sqlite'}"}
        program = str(home / "bin" / "ciwatch")
        self.assertIn("is 0", self.run_python(python, program, "db", "upgrade", **database))
        told = self.run_python(python, "-c", _PAGES, **database)
        self.assertEqual(6, told.count(" 200\n"), told)
        self.assertIn(str(own), told)
