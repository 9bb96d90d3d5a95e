"""How long an answer takes."""


def first_answer_s(patch_set, attempts):
    """Seconds from the patch set's creation to the first finished report.

    None where there is no report, where Gerrit did not tell the creation, or where a clock went backwards.

    :param attempts: those of one CI on one patch set, in the order of their times.
    """
    if not attempts or patch_set.created_at is None:
        return None
    seconds = (attempts[0].posted_at - patch_set.created_at).total_seconds()
    return seconds if seconds >= 0 else None


def recheck_answers_s(asked_at, attempts):
    """Seconds from each request for a re-run to the next finished report, for those that got one.

    Somebody who asks twice before an answer has waited since the first time.

    :param asked_at: moments, in their order.
    :param attempts: those of one CI on one patch set, in the order of their times.
    """
    found, since = [], None
    pending = list(asked_at)
    for attempt in attempts:
        while pending and pending[0] < attempt.posted_at:
            asked = pending.pop(0)
            since = asked if since is None else since
        if since is not None:
            found.append((attempt.posted_at - since).total_seconds())
            since = None
    return found
