"""Faults of HoneyHive's session service, while its ingestion works."""

from __future__ import annotations

from support.collector_tap import ACCEPT, Behaviour

from .fault import Round
from .sandbox import Settings
from .site import Site

#: Fits the keys' form, and is nobody's.
_KEY = "hh_fault_suite_key"


def honeyhive(site: Site) -> Settings:
    """Each invocation starts its session by a request of its own."""
    return Settings(
        {
            "HH_API_KEY": _KEY,
            "HH_API_URL": site.proxy.address.url,
            "HH_PROJECT": "faults",
            "HH_SESSION_START": "true",
            # A flush that defers spans, too, after one that deferred only session updates is a line of this level.
            "AWS_LAMBDA_LOG_LEVEL": "DEBUG",
        }
    )


def session_service(behaviour: Behaviour) -> Round:
    """The session service misbehaves; no span may wait for it."""

    def round(site: Site) -> None:
        site.invoke_several(1, 6)
        site.proxy.session_service = behaviour
        try:
            site.invoke_several(2, 30)
        finally:
            site.proxy.session_service = ACCEPT
        waited = "spans waited for the session service"
        if site.sandbox.deferred_span_count() > 0 and waited not in site.account.complaints:
            site.account.complaints.append(waited)

    return round
