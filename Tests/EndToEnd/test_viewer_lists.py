"""Many sessions and much in one: pages, orders, filters, the search in spans, formatted messages, and what axe-core says."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from selenium.webdriver.support.select import Select
from support import chat_session
from support.browser import Browser, Keys
from support.viewer import Viewer, span

SESSION = "0c3a1f0e-9a4b-4b7e-8f57-2f3f0f5a7c52"
PAGE = f"/sessions/{SESSION}"
SESSION_COUNT = 230
MARKDOWN = """## Findings

The **parcel** is *late*; see `scan 3`.

1. Leipzig
2. Berlin
   - Mitte

> Sorry for the delay.

```swift
let answer = 42
```

| Place | Hours |
|---|---|
| Leipzig | 7 |

[The map](https://maps.example/) [not a link](javascript:alert(1)) <img src=x onerror=alert(1)>
"""


def names(browser: Browser) -> list[str]:
    return browser.texts(".col-session a")


def rows(browser: Browser) -> list[str]:
    return browser.run(
        """return [...document.querySelectorAll(".line:not([hidden])")]
               .sort((one, other) => one.dataset.place - other.dataset.place)
               .map((line) => line.querySelector(".name").textContent)"""
    )


def send_many(viewer: Viewer) -> None:
    """Sends sessions of one span each; the n-th begins after n milliseconds and is longer the earlier it is."""
    viewer.send(*(
        span(f"session {number:03}", number, trace=number, session=f"many-{number}", start=number, duration=1_000 - number)
        for number in range(1, SESSION_COUNT + 1)
    ))  # fmt: skip


class TestPages:
    def test_all_sessions_are_counted_and_can_be_reached(self, browser: Browser, viewer: Viewer) -> None:
        send_many(viewer)
        browser.open(viewer.url)
        browser.eventually(lambda: browser.texts(".page-head .found") == ["230 sessions"], "the true count")
        assert len(names(browser)) == 100
        assert browser.texts(".pages span") == ["1–100 of 230"]
        assert names(browser)[0] == "session 230"
        previous, following = browser.find(".pages button")
        assert not previous.is_enabled()
        following.click()
        browser.eventually(lambda: browser.texts(".pages span") == ["101–200 of 230"], "the second page")
        browser.find(".pages button")[1].click()
        browser.eventually(lambda: browser.texts(".pages span") == ["201–230 of 230"], "the third page")
        assert names(browser)[-1] == "session 001"
        assert not browser.find(".pages button")[1].is_enabled()
        # The page is in the address.
        browser.driver.refresh()
        browser.eventually(lambda: browser.texts(".pages span") == ["201–230 of 230"], "the third page again")

    def test_a_page_beyond_the_end_leads_to_the_last_one(self, browser: Browser, viewer: Viewer) -> None:
        send_many(viewer)
        browser.open(f"{viewer.url}/?page=99")
        browser.eventually(lambda: browser.texts(".pages span") == ["201–230 of 230"], "the last page")

    def test_a_head_sorts_by_its_column(self, browser: Browser, viewer: Viewer) -> None:
        send_many(viewer)
        browser.open(viewer.url)
        browser.eventually(lambda: names(browser)[:1] == ["session 230"], "the latest first")

        def choose(head: str) -> None:
            next(button for button in browser.find(".sort") if button.text.startswith(head)).click()

        choose("Duration")
        browser.eventually(lambda: names(browser)[0] == "session 001", "the longest first")
        assert browser.driver.current_url.endswith("?sort=duration")
        assert browser.run("return document.querySelector('[aria-sort]').getAttribute('aria-sort')") == "descending"
        choose("Duration")
        browser.eventually(lambda: names(browser)[0] == "session 230", "the shortest first")
        choose("Session")
        browser.eventually(lambda: names(browser)[:2] == ["session 001", "session 002"], "by name")
        choose("Started")
        browser.eventually(lambda: names(browser)[0] == "session 230", "the latest first")

    def test_the_way_back_keeps_filters_and_place(self, browser: Browser, viewer: Viewer) -> None:
        send_many(viewer)
        browser.open(f"{viewer.url}/?sort=name&ascending=1")
        browser.eventually(lambda: names(browser)[:1] == ["session 001"], "the list")
        for leave in ("escape", "back", "crumb"):
            browser.run("document.querySelector('main').scrollTop = 900")
            browser.eventually(lambda: browser.run("return document.querySelector('main').scrollTop") == 900, "a place")
            browser.run("document.querySelectorAll('.col-session a')[20].click()")
            browser.eventually(lambda: rows(browser) == ["session 021"], "the session")
            if leave == "escape":
                browser.press(Keys.ESCAPE)
            elif leave == "back":
                browser.driver.back()
            else:
                browser.one("#crumbs a").click()
            browser.eventually(lambda: names(browser)[:1] == ["session 001"], "the list again")
            assert browser.driver.current_url.endswith("/?sort=name&ascending=1")
            browser.eventually(lambda: browser.run("return document.querySelector('main').scrollTop") == 900, leave)


class TestFilters:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("user=alice", ["one"]),
            ("user=ali", []),
            ("tag=beta", ["one", "two"]),
            ("attribute=gen_ai.request.model", ["one", "two"]),
            ("attribute=gen_ai.request.model=gpt-4o", ["one"]),
            ("attribute=retries=3", ["two"]),
            ("attribute=gpt-4o", []),
            ("error=TIMED%20out", ["two"]),
            ("longer=500", ["two"]),
            ("longer=5000", []),
            ("tag=beta&longer=500", ["two"]),
        ],
    )
    def test_more_filters_are_in_the_address(
        self, browser: Browser, viewer: Viewer, query: str, expected: list[str]
    ) -> None:
        tags = {"metadata": {"tags": ["beta", "eu"]}}
        viewer.send(
            span("one", 1, trace=1, session="first", start=20, duration=100, **tags,
                 attributes={"user.id": "alice", "gen_ai.request.model": "gpt-4o"}),
            span("two", 2, trace=2, session="second", duration=900, error="timed out after 0.4 s", **tags,
                 attributes={"user.id": "bob", "gen_ai.request.model": "gpt-4o-mini", "retries": 3}),
            span("three", 3, trace=3, session="third", start=40, duration=100),
        )  # fmt: skip
        browser.open(f"{viewer.url}/?{query}")
        if expected:
            browser.eventually(lambda: names(browser) == expected, f"{expected}")
            assert browser.find(".more-filters[open]")
        else:
            browser.eventually(lambda: browser.texts(".notice") == ["No session matches."], "nothing to be found")

    def test_a_filter_is_typed(self, browser: Browser, viewer: Viewer) -> None:
        viewer.send(
            span("one", 1, trace=1, session="first", attributes={"user.id": "alice"}),
            span("two", 2, trace=2, session="second", attributes={"user.id": "bob"}),
        )
        browser.open(viewer.url)
        browser.eventually(lambda: len(names(browser)) == 2, "both")
        browser.one(".more-filters summary").click()
        browser.find(".more-filters input")[0].send_keys("bob")
        browser.eventually(lambda: names(browser) == ["two"], "one session")
        browser.eventually(lambda: browser.driver.current_url.endswith("/?user=bob"), "the address")

    def test_a_search_in_a_session_reads_content_and_filters_the_tree(self, browser: Browser, viewer: Viewer) -> None:
        viewer.send(
            span("root", 1, session=SESSION, duration=100),
            span("branch", 2, parent=1, session=SESSION, start=10),
            span("leaf", 3, parent=2, session=SESSION, start=12, outputs={"answer": "The parcel is in LEIPZIG."}),
            span("other", 4, parent=1, session=SESSION, start=30, attributes={"city": "Halle"}),
        )
        browser.open(viewer.url + PAGE)
        browser.eventually(lambda: len(rows(browser)) == 4, "all spans")
        search = browser.one("[data-search]")
        search.send_keys("leipzig")
        browser.eventually(lambda: rows(browser) == ["root", "branch", "leaf"], "what has it, and what is above")
        assert browser.texts(".tools .found") == ["1 span"]
        search.send_keys(Keys.BACKSPACE * len("leipzig") + "halle")
        browser.eventually(lambda: rows(browser) == ["root", "other"], "an attribute")
        search.send_keys(Keys.BACKSPACE * len("halle") + "nowhere")
        browser.eventually(lambda: browser.texts(".tools .found") == ["none"], "nothing")
        search.send_keys(Keys.BACKSPACE * len("nowhere"))
        browser.eventually(lambda: len(rows(browser)) == 4, "all again")


class TestDetails:
    def test_a_wide_page_opens_the_first_span(self, browser: Browser, viewer: Viewer) -> None:
        viewer.send(span("root", 1, session=SESSION), span("child", 2, parent=1, session=SESSION))
        browser.resize(1_600, 900)
        browser.open(viewer.url + PAGE)
        browser.eventually(lambda: browser.texts(".details h2") == ["root"], "the first span's details")
        assert browser.driver.current_url.endswith(PAGE)
        browser.resize(1_024, 768)
        browser.open(viewer.url + PAGE)
        browser.eventually(lambda: len(rows(browser)) == 2, "the spans")
        assert browser.find(".details") == []

    def test_messages_are_formatted_and_stay_text(self, browser: Browser, viewer: Viewer) -> None:
        viewer.send(
            span("model", 1, session=SESSION, type="model",
                 inputs={"chat_history": [{"role": "user", "content": "Where is *it*?"}]},
                 outputs={"role": "assistant", "content": MARKDOWN}),
        )  # fmt: skip
        browser.open(f"{viewer.url}{PAGE}#{1:016x}")
        browser.one(".role-assistant .formatted")
        assert browser.texts(".role-user em") == ["it"]
        answer = ".role-assistant .formatted"
        assert browser.texts(f"{answer} .heading") == ["Findings"]
        assert browser.texts(f"{answer} strong") == ["parcel"]
        assert browser.texts(f"{answer} p > code") == ["scan 3"]
        assert browser.texts(f"{answer} ol > li > p") == ["Leipzig", "Berlin"]
        assert browser.texts(f"{answer} ul > li > p") == ["Mitte"]
        assert browser.texts(f"{answer} blockquote") == ["Sorry for the delay."]
        assert browser.texts(f"{answer} pre") == ["let answer = 42"]
        assert browser.texts(f"{answer} td") == ["Leipzig", "7"]
        links = browser.run("return [...document.querySelectorAll('.formatted a')].map((link) => [link.href, link.rel])")
        assert links == [["https://maps.example/", "noopener noreferrer"]]
        assert browser.run("return document.querySelectorAll('.details img, .details script').length") == 0
        assert "[not a link](javascript:alert(1)) <img src=x onerror=alert(1)>" in browser.one_text()
        browser.one(".role-assistant .as-written").click()
        browser.eventually(lambda: browser.find(answer) == [], "as written")
        assert MARKDOWN.strip() in browser.run("return document.querySelector('.role-assistant .message-text').textContent")


class TestComparison:
    def test_two_sessions_stand_side_by_side(self, browser: Browser, viewer: Viewer) -> None:
        other = SESSION.replace("0c3a", "1c3a")
        viewer.send(
            span("ask", 1, session=SESSION, duration=100, inputs={"question": "why?"}, outputs={"answer": "old"}),
            span("search", 2, parent=1, session=SESSION, duration=40, error="no index"),
        )
        viewer.send(
            span("ask", 3, trace=2, session=other, duration=60, inputs={"question": "why?"}, outputs={"answer": "new"}),
            span("search", 4, trace=2, parent=3, session=other, duration=10),
            span("search", 5, trace=2, parent=3, session=other, duration=20),
        )
        browser.open(viewer.url + f"/sessions/{other}")
        browser.one(".actions a[href^='/compare']").click()
        choice = Select(browser.one("select[aria-label=Before]"))
        choice.select_by_value(SESSION)
        browser.eventually(lambda: browser.find(".groups tbody tr"), "the comparison")
        assert browser.driver.current_url.endswith(f"/compare?before={SESSION}&after={other}")
        totals = browser.table(".totals")
        assert totals["Duration"] == ["100 ms", "60.0 ms", "−40.0 ms"]
        assert totals["Spans"] == ["2", "3", "+1"] and totals["Failed spans"] == ["1", "0", "−1"]
        groups = browser.table(".groups")
        assert groups["askanswer"] == ["1 × 100 ms", "1 × 60.0 ms", "−40.0 ms"]
        assert groups["searchanswer"] == ["1 × 40.0 ms 1 failed", "2 × 15.0 ms", "−10.0 ms"]
        before, after = browser.texts(".side")
        assert "answer: old" in before and "answer: new" in after

    def test_the_id_is_copied(self, browser: Browser, viewer: Viewer) -> None:
        viewer.send(span("one", 1, session=SESSION))
        browser.driver.execute_cdp_cmd(
            "Browser.grantPermissions",
            {"origin": viewer.url, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]},
        )
        browser.open(viewer.url + PAGE)
        browser.one(".session-title .id button").click()
        browser.one(".session-title .id button.done")
        copied = browser.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
        assert copied == SESSION


class TestAccessibility:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("page", ["empty", "list", "filters", "session", "details", "narrow", "runs", "invocations", "compare"])
    def test_axe_core_has_nothing_to_say(self, browser: Browser, viewer: Viewer, page: str, scheme: str) -> None:
        browser.prefer(scheme)
        if page != "empty":
            chat_session.send(viewer)
            viewer.send(span("marked", 70, trace=7, session=SESSION, type="model",
                             inputs={"chat_history": [{"role": "user", "content": MARKDOWN}]}, duration=900))  # fmt: skip
        address, is_there = _pages(browser)[page]
        if page == "narrow":
            browser.resize(320, 512)
        browser.open(viewer.url + address)
        browser.eventually(is_there, page)
        # A row that has just arrived is lit for a moment.
        browser.eventually(lambda: browser.run("return document.getAnimations().length") == 0, "a page at rest")
        assert browser.violations() == [], json.dumps(browser.violations(), indent=2)


def _pages(browser: Browser) -> dict[str, tuple[str, Callable[[], Any]]]:
    chat = f"/sessions/{chat_session.SESSION}"
    return {
        "empty": ("/", lambda: "No session yet" in browser.one_text()),
        "list": ("/", lambda: len(names(browser)) == 3),
        "filters": ("/?user=nobody", lambda: browser.texts(".notice") == ["No session matches."]),
        "session": (chat, lambda: len(rows(browser)) == 13),
        "details": (f"{PAGE}#{70:016x}", lambda: browser.find(".formatted table")),
        "narrow": (f"{chat}#{10:016x}", lambda: browser.find(".details h2")),
        "runs": ("/runs", lambda: browser.texts("h1") != []),
        "compare": (
            f"/compare?before={chat_session.SESSION}&after={SESSION}", lambda: browser.find(".groups tbody tr")
        ),
        "invocations": ("/invocations", lambda: "No invocation yet" in browser.one_text()),
    }
