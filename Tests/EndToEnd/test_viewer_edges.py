"""The viewer at its edges: one step back, empty states, wrong clocks, hostile text, live updates, the smallest window."""

from __future__ import annotations

import contextlib
import urllib.error

from support.browser import Browser, Keys
from support.viewer import Viewer, span

SESSION = "0c3a1f0e-9a4b-4b7e-8f57-2f3f0f5a7c51"
PAGE = f"/sessions/{SESSION}"
#: The year 2100, in nanoseconds.
FAR = 4_102_444_800_000_000_000


def test_escape_within_the_details_is_one_step(browser: Browser, viewer: Viewer) -> None:
    viewer.send(span("one", 1, session=SESSION, inputs={"a": 1}))
    browser.open(f"{viewer.url}{PAGE}#{1:016x}")
    browser.one(".details h2")
    browser.run("document.querySelector('.details .section summary').focus()")
    browser.press(Keys.ESCAPE)
    browser.eventually(lambda: browser.find(".details") == [], "no details")
    assert browser.driver.current_url.startswith(viewer.url + PAGE)
    browser.press(Keys.ESCAPE)
    browser.eventually(lambda: browser.texts("h1") == ["Sessions"], "the list")


def test_a_session_without_spans_says_so_and_shows_its_fields(browser: Browser, viewer: Viewer) -> None:
    viewer.post("/session/start", {"session": {"session_id": SESSION, "session_name": "n", "metadata": {"who": "me"}}})
    browser.open(viewer.url + PAGE)
    browser.eventually(lambda: "no spans yet" in browser.one_text(), "a sentence")
    assert "who" in browser.texts(".session-fields .json-name")
    assert browser.find(".axis") == []


def test_a_wrong_clock_is_marked_and_spoils_nothing(browser: Browser, viewer: Viewer) -> None:
    far = {"startTimeUnixNano": str(FAR), "endTimeUnixNano": str(FAR + 1_000_000)}
    viewer.send(
        span("root", 1, session=SESSION, duration=100),
        span("child", 2, parent=1, session=SESSION, start=10, duration=50),
        span("far", 4, parent=1, session=SESSION) | far,
    )
    viewer.send(span("early", 3, parent=1, session=SESSION, start=-20, duration=5), service="another")
    browser.open(viewer.url + PAGE)
    browser.eventually(lambda: len(browser.find(".line:not([hidden])")) == 4, "all spans")
    marks = dict(
        browser.run(
            """return [...document.querySelectorAll(".line:not([hidden])")].map((line) =>
                   [line.querySelector(".name").textContent, [...line.querySelectorAll(".mark")].map((mark) => mark.textContent)])"""
        )
    )
    assert marks == {"root": [], "child": [], "early": ["clock skew"], "far": ["wrong clock"]}
    width = browser.run(
        """return [...document.querySelectorAll(".line:not([hidden])")]
               .find((line) => line.querySelector(".name").textContent === "child").querySelector(".span-bar").offsetWidth"""
    )
    assert width > 100


def test_characters_that_reorder_text_are_shown(browser: Browser, viewer: Viewer) -> None:
    hostile = "a\u202eb\u2066c"
    viewer.send(span(hostile, 1, session=SESSION, inputs={hostile: hostile}))
    browser.open(f"{viewer.url}{PAGE}#{1:016x}")
    shown = "a\\u{202e}b\\u{2066}c"
    assert browser.one(".details h2").text == shown
    assert browser.texts(".line .name") == [shown]
    assert "\u202e" not in browser.run("return document.body.textContent")


def test_the_notice_of_refused_requests_can_be_put_away(browser: Browser, viewer: Viewer) -> None:
    def refuse() -> None:
        with contextlib.suppress(urllib.error.HTTPError):
            viewer.post("/v1/traces", {"resourceSpans": 3})

    refuse()
    browser.open(viewer.url)
    browser.one(".refusals summary").click()
    browser.one(".dismiss").click()
    browser.eventually(lambda: browser.find(".refusals") == [], "no notice")
    refuse()
    browser.eventually(lambda: browser.texts(".refusals summary") == ["1 request turned down by the collector"], "a new one")


def test_a_live_update_leaves_a_selection_and_the_focus_alone(browser: Browser, viewer: Viewer) -> None:
    viewer.send(span("kept", 1, session=SESSION))
    browser.open(viewer.url)
    browser.eventually(lambda: browser.texts(".col-session a") == ["kept"], "the session")
    browser.eventually(lambda: browser.texts("#live") == ["Live"], "a connection")
    browser.run("getSelection().selectAllChildren(document.querySelector('.col-session code'))")
    for number in range(5):
        viewer.send(span(f"new {number}", number + 10, session=f"other-{number}", trace=number + 10))
        browser.eventually(lambda: f"new {number}" in browser.texts(".col-session a"), "the new session")  # noqa: B023
    assert browser.run("return String(getSelection())") == SESSION


def test_the_smallest_window_has_a_usable_waterfall(browser: Browser, viewer: Viewer) -> None:
    viewer.send(*[span(f"s{number}", number, session=SESSION, start=number) for number in range(1, 20)])
    browser.resize(320, 256)
    browser.open(viewer.url + PAGE)
    browser.eventually(lambda: browser.run("return document.querySelector('.grid').clientHeight") >= 120, "a waterfall")
    assert browser.run("const main = document.querySelector('main'); main.scrollTop = 9999; return main.scrollTop") > 0
    assert browser.run("return document.scrollingElement.scrollWidth") <= 320
