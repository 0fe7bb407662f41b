"""What a web server counts, in Prometheus' format at /metrics. docs/metrics.md says what each figure means.

Labels have few values, whatever a client sends: https://prometheus.io/docs/practices/naming/#labels
"""

from collections.abc import Callable, Iterator
from itertools import product

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import InfoMetricFamily

from .colours import NAMES
from .identity import Identity
from .live import LABELS

# What becomes of a form, or of a user that a program sends.
OUTCOMES = ("stored", "repeated", "conflict", "invalid", "moving", "unavailable")

# Which of our hosts a request asked for: the plain host, the one of the colour that answers, or another colour's.
HOSTS = ("plain", "own", "other")


class Metrics:
    """The figures of one application. Those to alert on begin with 0, since Prometheus overlooks a first increase."""

    def __init__(self, identity: Callable[[], Identity]) -> None:
        self.registry = registry = CollectorRegistry()
        self.in_flight = 0  # requests; a plain number, as one process has one thread
        self.requests = Counter(
            "pii_demo_requests", "Requests answered", ["method", "route", "status"], registry=registry
        )
        self.routed = Counter(
            "pii_demo_edge_requests", "Requests that an edge sent here", ["host", "live"], registry=registry
        )
        self.seconds = Histogram("pii_demo_request_seconds", "Time to answer", ["route"], registry=registry)
        self.forms = Counter("pii_demo_forms", "Forms, by what became of them", ["outcome"], registry=registry)
        self.waits = Histogram(
            "pii_demo_database_wait_seconds", "Waits for a free connection to the database", ["lane"], registry=registry
        )
        self.refusals = Counter(
            "pii_demo_database_refusals",
            "Refusals to use a database that is not our colour's",
            ["colour", "marker"],
            registry=registry,
        )
        Gauge("pii_demo_requests_in_flight", "Requests being answered", registry=registry).set_function(
            lambda: self.in_flight
        )
        registry.register(_Info(identity))
        for outcome in OUTCOMES:
            self.forms.labels(outcome)
        for host, live in product(HOSTS, LABELS):
            self.routed.labels(host, live)
        for colour, marker in product(NAMES, NAMES):
            self.refusals.labels(colour, marker)

    def refused(self, colour: str, marker: str | None) -> None:
        """Count the refusal of a database whose marker is that of another colour, or none that we know."""
        self.refusals.labels(colour, marker if marker in NAMES else "none").inc()


class _Info:
    """Who this is, as of now: a pod's labels can change."""

    def __init__(self, identity: Callable[[], Identity]) -> None:
        self._identity = identity

    def collect(self) -> Iterator[InfoMetricFamily]:
        """One figure, always 1, with the identity as its labels."""
        identity = self._identity()
        labels = {"colour": identity.colour_name, "version": identity.version or "none", "pod": identity.pod}
        yield InfoMetricFamily("pii_demo", "Colour, version and pod of this web server", value=labels)
