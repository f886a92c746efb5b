"""The collector's answer precedes the response, so that no span is lost in a freeze."""

from __future__ import annotations

from typing import Any

import pytest

from support.bench import Bench
from support.collector_tap import Forward
from support.dialect import Dialect
from support.events import hello


@pytest.mark.parametrize("collector_delay_seconds", [0, 0.3])
@pytest.mark.parametrize(
    ("event", "post_kind"), [(hello(), "response"), (hello("fail"), "error")], ids=["success", "error"]
)
def test_all_spans_are_delivered_before_the_answer_is_posted(
    bench: Bench, event: dict[str, Any], post_kind: str, collector_delay_seconds: float
) -> None:
    tap = bench.tap(Forward(collector_delay_seconds), collector=bench.rotel())
    emulator = bench.emulator(Dialect.PROTOBUF.environment(tap.address), "HelloSession", taps_runtime_api=True)

    for _ in range(3):
        emulator.invoke(event)

    posts = emulator.posts(post_kind)
    assert len(posts) == len(tap.exports) == 3
    for post, export in zip(posts, tap.exports, strict=True):
        assert export.status == 200
        assert export.answered_at < post.received_at, "the answer was posted before the collector had answered"
        assert (post.received_at - export.received_at) / 1e9 >= collector_delay_seconds
    assert len(tap.delivered) == 9
