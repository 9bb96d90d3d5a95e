"""How the collecting does, in the text format of Prometheus.

Source of the format: the Prometheus documentation, "Exposition formats".
"""

import prometheus_client
from prometheus_client import core

CONTENT_TYPE = "text/plain; version=0.0.4"

_OUTCOMES = ("recorded", "duplicate", "ignored", "rejected")


def write(collection, waiting):
    """The text, UTF-8.

    :param collection: a :class:`~ciwatch.queries.status.Collection`.
    :param waiting: what waits on this machine, a list of :class:`~ciwatch.listener.spool.Waiting`.
    """
    registry = prometheus_client.CollectorRegistry()
    registry.register(_Collector(collection, waiting))
    return prometheus_client.generate_latest(registry)


class _Collector:
    """Gives the metrics of one moment."""

    def __init__(self, collection, waiting):
        self._collection = collection
        self._waiting = waiting

    def collect(self):
        """All of them."""
        collection = self._collection
        newest = core.GaugeMetricFamily(
            "ciwatch_newest_event_timestamp_seconds", "When the newest recorded event happened."
        )
        if collection.newest:
            newest.add_metric([], collection.newest.timestamp())
        yield newest
        yield core.GaugeMetricFamily(
            "ciwatch_gaps_open", "Stretches of time that are still to be asked for.", collection.open_gaps
        )
        yield core.GaugeMetricFamily(
            "ciwatch_uncounted_days",
            "Days of projects' branches whose figures are still to be counted.",
            collection.uncounted_days,
        )
        yield core.GaugeMetricFamily(
            "ciwatch_rejected_events", "Rejected lines that are kept.", collection.rejected
        )
        yield from self._listeners()
        events = core.GaugeMetricFamily(
            "ciwatch_spool_events", "Events that wait for the database.", labels=["listener"]
        )
        size = core.GaugeMetricFamily("ciwatch_spool_bytes", "Their length.", labels=["listener"])
        spools = {each.name: (each.spooled, each.spool_bytes) for each in collection.listeners}
        # What is on the disk is newer than what could be written of it.
        spools |= {each.listener: (each.events, each.bytes) for each in self._waiting}
        for name, (count, length) in sorted(spools.items()):
            events.add_metric([name], count)
            size.add_metric([name], length)
        yield events
        yield size

    def _listeners(self):
        """Those with a label for the listener."""
        names = ["listener", "source"]
        up = core.GaugeMetricFamily(
            "ciwatch_listener_listening", "1 while it hears Gerrit, as far as it last said.", labels=names
        )
        seen = core.GaugeMetricFamily(
            "ciwatch_listener_seen_timestamp_seconds", "When it last said how it does.", labels=names
        )
        heard = core.GaugeMetricFamily(
            "ciwatch_listener_heard_timestamp_seconds", "When its last event came.", labels=names
        )
        asked = core.GaugeMetricFamily(
            "ciwatch_listener_caught_up_timestamp_seconds",
            "When Gerrit last told it what was missed.",
            labels=names,
        )
        rate = core.GaugeMetricFamily(
            "ciwatch_listener_events_per_minute", "Events of the last minutes.", labels=names
        )
        limit = core.GaugeMetricFamily(
            "ciwatch_spool_limit_bytes", "What may wait for the database.", labels=["listener"]
        )
        events = core.CounterMetricFamily(
            "ciwatch_events", "Events since the listener was started.", labels=[*names, "outcome"]
        )
        for each in self._collection.listeners:
            labels = [each.name, each.source]
            up.add_metric(labels, each.state == "listening")
            seen.add_metric(labels, each.seen_at.timestamp())
            for metric, moment in ((heard, each.heard_at), (asked, each.caught_up_at)):
                if moment:
                    metric.add_metric(labels, moment.timestamp())
            rate.add_metric(labels, each.per_minute)
            limit.add_metric([each.name], each.spool_limit)
            for outcome in _OUTCOMES:
                events.add_metric([*labels, outcome], getattr(each, outcome))
        yield from (up, seen, heard, asked, rate, limit, events)
