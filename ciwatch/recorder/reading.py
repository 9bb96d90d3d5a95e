"""A comment as the columns of a report: what a parser understood, and the verdict that follows."""

import datetime
import hashlib

import msgspec

from ciwatch.db.models import VerdictSource
from ciwatch.parsers import base
from ciwatch.parsers import header
from ciwatch.parsers import results
from ciwatch.parsers import shape


class Posted(msgspec.Struct, frozen=True):
    """A comment with its place and time: the unit that is stored, and stored once.

    :ivar digest: BLAKE2 of the text, which is the same whatever source told of the comment.
    :ivar log_digest: that of what Gerrit's log of the change has in its place, or None.
    """

    patch_set_id: int
    account_id: int
    posted_at: datetime.datetime
    digest: str
    comment: base.Comment
    log_digest: str | None = None

    @property
    def columns(self):
        """The columns that comments and reports share."""
        return {
            "patch_set_id": self.patch_set_id,
            "account_id": self.account_id,
            "posted_at": self.posted_at,
            "digest": self.digest,
            "log_digest": self.log_digest,
            "tag": self.comment.tag,
            # Those that the text's header does not tell.
            "votes": {
                label: value
                for label, value in self.comment.votes.items()
                if self.comment.header.votes.get(label) != value
            }
            or None,
            "text": self.comment.text,
        }


def posted(event, patch_set_id, account_id):
    """The :class:`Posted` of a comment-added *event*."""
    # Sources differ in the white space at its ends.
    text, votes = event.comment.strip(), event.votes
    if event.log_text:
        # With what was typed in its place, the header of the log is lost, and the votes in it.
        votes = {**header.read_header(event.log_text).votes, **votes}
    comment = base.Comment(text, author=event.account.key, tag=event.tag, votes=votes)
    log_digest = digest_of(event.log_text) if event.log_text else None
    return Posted(patch_set_id, account_id, event.at, digest_of(text), comment, log_digest)


def posted_of_row(row, author):
    """The :class:`Posted` of a stored row (a mapping) of the account *author*."""
    comment = base.Comment(row["text"], author=author, tag=row["tag"], votes=row["votes"] or {})
    return Posted(
        row["patch_set_id"],
        row["account_id"],
        row["posted_at"],
        row["digest"],
        comment,
        row["log_digest"],
    )


def digest_of(text):
    """The digest of a comment, without the white space at its ends."""
    return hashlib.blake2b(text.strip().encode(errors="replace"), digest_size=16).hexdigest()


def is_web_address(text):
    """Whether *text* may become a link."""
    return text is not None and text.startswith(("http://", "https://"))


def report_columns(comment, reading):
    """The columns of a report beyond those of its comment.

    :param reading: a :class:`~ciwatch.parsers.manager.Reading`, or None where no parser took it.
    """
    vote = comment.vote
    columns = {
        "kind": base.Kind.OTHER,
        "pipeline": "",
        "pipeline_source": base.PipelineSource.NONE,
        "attempt": None,
        "verdict": None,
        "verdict_source": None,
        "vote": vote,
        "headline": None,
        "parser": None,
        "parser_version": None,
        "shape": None,
    }
    if reading is None:
        columns["shape"] = shape.shape_of(comment.text)
        return columns
    report = reading.report
    columns.update(
        kind=report.kind,
        pipeline=bounded(report.pipeline, 64),
        pipeline_source=report.pipeline_source,
        headline=report.headline,
        parser=reading.parser.name,
        parser_version=reading.parser.version,
    )
    if report.kind is base.Kind.FINISHED:
        columns["verdict"], columns["verdict_source"] = _verdict(report, vote)
    return columns


def _verdict(report, vote):
    headline = report.headline
    if report.builds and headline is not results.ResultClass.PASSED:
        # It sums up jobs that do not vote, or that did not run: no failure of the attempt.
        headline = headline and results.ResultClass.NOT_RUN
    candidates = (
        (results.verdict_of(report.builds), VerdictSource.BUILDS),
        (results.verdict_of_vote(vote), VerdictSource.VOTE),
        (headline, VerdictSource.HEADLINE),
    )
    for verdict, source in candidates:
        if verdict is not None:
            return verdict, source
    return None, None


def build_columns(build, position):
    """The columns of a build, without the ids of its report and job."""
    return {
        "position": position,
        "result": bounded(build.result, 255),
        "result_class": build.result_class,
        "voting": build.voting,
        "duration_s": build.duration_s,
        # A cut address leads nowhere.
        "log_url": build.log_url if len(build.log_url or "") <= 2000 else None,
        "detail": bounded(build.detail, 1000) if build.detail else None,
    }


def bounded(text, length):
    """*text*, cut to *length* characters with an ellipsis where it is longer."""
    return text if len(text) <= length else text[: length - 1] + "…"
