"""Every kind of page that the site has: the one list that tests go by, and whom it shows of a world."""

import dataclasses
import functools
import urllib.parse


@dataclasses.dataclass(frozen=True)
class Page:
    """A page to look at.

    :ivar name: of its pictures.
    :ivar path: its address on a server, with the fields of :class:`Cast` in braces, and ``{at}``, which asks
        for the time in which the world's story ends, and ``{and_at}``, the same behind other questions.
    :ivar status: what it must answer.
    :ivar audited: the same with less in it, for axe-core, where the page repeats one thing thousands of
        times: it would look for a minute at what it finds in seconds.
    """

    name: str
    path: str
    status: int = 200
    audited: str = ""

    def address(self, world, path=None):
        """Where it is, or another path, in a world."""
        fields = {name: _quote(value) for name, value in dataclasses.asdict(cast(world)).items()}
        until = world.until
        at, and_at = (f"?{until}", f"&{until}") if until else ("", "")
        return world.address + (path or self.path).format(at=at, and_at=and_at, **fields)


def _matrix(name, path):
    return Page(name, path, audited=f"{path}&columns=12")


ALL = (
    Page("home", "/{at}"),
    Page("search", "/search?q={word}"),
    Page("search-nothing", "/search?q=nobody-is-called-so"),
    _matrix("project", "/project/{project}?window=7d{and_at}"),
    _matrix("project-30d", "/project/{project}?window=30d{and_at}"),
    _matrix("project-compact", "/project/{project}?density=compact{and_at}"),
    Page("project-empty", "/project/{project}?window=24h&until=2001-02-03"),
    Page("ci-list", "/ci{at}"),
    Page("ci", "/ci/{ci}{at}"),
    Page("ci-gate", "/ci/{gate}{at}"),
    Page("ci-missed", "/ci/{ci}/missed{at}"),
    Page("ci-trust", "/ci/{ci}/trust{at}"),
    Page("ci-policy", "/ci/{ci}/policy{at}"),
    Page("job", "/ci/{ci}/job/{job}{at}"),
    Page("change", "/change/{change}"),
    Page("coverage", "/coverage{at}"),
    Page("coverage-project", "/coverage?project={project}{and_at}"),
    Page("upstream", "/upstream{at}"),
    Page("status", "/status"),
    Page("about", "/about"),
    Page("not-found", "/project/nobody/knows/this", 404),
    Page("bad-request", "/project/{project}?window=soon", 400),
)


@dataclasses.dataclass(frozen=True)
class Cast:
    """Whom the pages of a world are about: those of whom there is most to show."""

    project: str
    gate: str
    ci: str
    job: str
    change: int
    branch: str
    word: str


_REPORTS = (
    " FROM reports r JOIN accounts a ON a.id = r.account_id JOIN ci_systems s ON s.id = a.ci_system_id"
    " JOIN patch_sets p ON p.id = r.patch_set_id JOIN changes c ON c.id = p.change_id"
    " JOIN projects j ON j.id = c.project_id WHERE r.kind = 'finished'"
)


@functools.cache
def cast(world):
    """The :class:`Cast` of a world."""

    def most(what, condition="", *values):
        found = world.rows(
            f"SELECT {what}, count(*){_REPORTS}{condition} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1", *values
        )
        return found[0][0] if found else None

    project = most("j.name")
    ci = most("s.name", " AND NOT s.is_gate AND j.name = ?", project)
    jobs = world.rows(
        "SELECT b.name FROM jobs b JOIN ci_systems s ON s.id = b.ci_system_id"
        " JOIN builds u ON u.job_id = b.id"
        " WHERE s.name = ? GROUP BY 1 ORDER BY sum(u.result_class = 'failed') DESC, 1 LIMIT 1",
        ci,
    )
    return Cast(
        project=project,
        gate=most("s.name", " AND s.is_gate") or ci,
        ci=ci,
        job=jobs[0][0],
        change=most("c.number", " AND r.verdict = 'failed' AND j.name = ?", project),
        branch=most("c.branch", " AND j.name = ?", project),
        word=project.partition("/")[0],
    )


def _quote(value):
    return urllib.parse.quote(str(value), safe="/~")
