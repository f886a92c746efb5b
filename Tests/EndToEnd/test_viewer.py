"""The viewer in a real browser, with a real collector and its database."""

from __future__ import annotations


import pytest
from support import chat_session
from support.browser import Browser, Keys
from support.chat_session import ANSWER, EARLIER, SESSION
from support.viewer import Viewer, span

PAGE = f"/sessions/{SESSION}"
COMPOSE_ANSWER = f"{1:032x}-{17:016x}"
#: The limit of lines with elements, however many spans a session has: those that are visible, and some above and below.
LINE_LIMIT_COUNT = 100
#: Describes the waterfall: the elements of lines, the spans of the shown ones, and whether these fill the grid.
SEEN = """
    const seen = () => {
        const grid = document.querySelector(".grid");
        const shown = [...grid.querySelectorAll(".line:not([hidden])")];
        const [top, bottom] = [grid.getBoundingClientRect().top, grid.getBoundingClientRect().top + grid.clientHeight];
        const edges = shown.map((line) => line.getBoundingClientRect());
        return {
            rows: Number(grid.getAttribute("aria-rowcount")),
            elements: document.querySelectorAll(".line").length,
            places: shown.map((line) => Number(line.dataset.place)).sort((one, other) => one - other),
            bars: shown.filter((line) => line.querySelector(".span-bar")).length,
            fills: Math.min(...edges.map((edge) => edge.top)) <= top && Math.max(...edges.map((edge) => edge.bottom)) >= bottom,
        };
    };"""
MEGABYTE = 1_000_000


def rows(browser: Browser) -> list[str]:
    """The names of the visible spans, from top to bottom."""
    return browser.run(
        """return [...document.querySelectorAll(".line:not([hidden])")]
               .sort((one, other) => one.dataset.place - other.dataset.place)
               .map((line) => line.querySelector(".name").textContent)"""
    )


def chosen(browser: Browser) -> str | None:
    return browser.run("return document.querySelector('.line.chosen:not([hidden]) .name')?.textContent ?? null")


def luminance(browser: Browser) -> float:
    """The luminance of the page's background: 0 is black, 255 is white."""
    colour = browser.run("return getComputedStyle(document.body).backgroundColor")
    red, green, blue = (int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(","))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


class TestSessions:
    def test_the_latest_stands_first_with_what_it_is_about(self, browser: Browser, viewer: Viewer) -> None:
        chat_session.send(viewer)
        browser.open(viewer.url)
        names = browser.eventually(lambda: browser.texts(".col-session a"), "sessions")
        assert names == ["Where is my order?", "nightly index"]
        row = browser.find("[data-session]")[0]
        assert SESSION in row.text
        assert "1 failed" in row.text
        assert "1 unfinished" in row.text
        assert browser.texts(".col-services .service")[:3] == ["answer", "chat-api", "notifier"]
        assert "13" in browser.texts(".col-spans")[0]
        assert "970 tokens" in browser.texts(".col-spans")[0]

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("search=order", ["Where is my order?"]),
            # A part of a span's inputs in another case; a percent sign is not a wildcard.
            ("search=VAN%2C%20SO", ["Where is my order?"]),
            ("search=100%25", []),
            (f"search={EARLIER[:8]}", ["nightly index"]),
            ("function=indexer", ["nightly index"]),
            ("function=answer&errors=1", ["Where is my order?"]),
            ("function=indexer&errors=1", []),
            ("time=1h", ["Where is my order?", "nightly index"]),
        ],
    )
    def test_filters_are_in_the_address(
        self, browser: Browser, viewer: Viewer, query: str, expected: list[str]
    ) -> None:
        chat_session.send(viewer)
        browser.open(f"{viewer.url}/?{query}")
        if expected:
            browser.eventually(lambda: browser.texts(".col-session a") == expected, f"{expected}")
        else:
            browser.eventually(lambda: browser.texts(".notice") == ["No session matches."], "nothing to be found")

    def test_a_search_is_made_while_one_types(self, browser: Browser, viewer: Viewer) -> None:
        chat_session.send(viewer)
        browser.open(viewer.url)
        browser.eventually(lambda: len(browser.texts(".col-session a")) == 2, "both sessions")
        browser.press("/")
        browser.press(*"nightly")
        browser.eventually(lambda: browser.texts(".col-session a") == ["nightly index"], "one session")
        browser.eventually(lambda: browser.driver.current_url.endswith("/?search=nightly"), "the whole word in the address")

    def test_a_session_appears_when_its_first_span_comes(self, browser: Browser, viewer: Viewer) -> None:
        browser.open(viewer.url)
        browser.eventually(lambda: "No session yet" in browser.one_text(), "the empty page")
        browser.eventually(lambda: browser.texts("#live") == ["Live"], "a connection")
        viewer.send(span("first", 1, session="conversation-42"))
        browser.eventually(lambda: browser.texts(".col-session a") == ["first"], "the session")


class TestWaterfall:
    def test_bars_stand_where_the_stored_times_say(self, browser: Browser, viewer: Viewer) -> None:
        chat_session.send(viewer)
        stored = {
            name: (start, finish)
            for name, start, finish in viewer.stored(
                f"SELECT name, start, finish FROM span WHERE session_id = '{SESSION}'"
            )
        }
        browser.open(viewer.url + PAGE)
        browser.eventually(lambda: len(rows(browser)) == len(stored), "all spans")
        bars = browser.run(
            """return [...document.querySelectorAll(".line:not([hidden])")].map((line) => {
                   const bar = line.querySelector(".span-bar").getBoundingClientRect();
                   return [line.querySelector(".name").textContent, bar.left, bar.width, bar.top];
               })"""
        )
        boxes = {name: (left, width) for name, left, width, _ in bars}
        begin, end = stored["POST /chat"]
        pixels = boxes["POST /chat"][1] / (end - begin)
        assert boxes["POST /chat"][1] > 300
        for name, (start, finish) in stored.items():
            left, width = boxes[name]
            assert left - boxes["POST /chat"][0] == pytest.approx((start - begin) * pixels, abs=1.5), name
            # A span too short to be visible is two pixels wide; an unfinished one is ten, because it fades out.
            least = 10 if name == "remember turn" else 2
            assert width == pytest.approx(max((finish - start) * pixels, least), abs=1.5), name

    def test_spans_of_all_services_stand_under_their_parents(self, browser: Browser, viewer: Viewer) -> None:
        chat_session.send(viewer)
        browser.open(viewer.url + PAGE)
        expected = [
            "POST /chat", "moderate", "invoke answer", "answer", "retrieve", "embed question", "search help pages",
            "search orders", "choose tool", "find_order", "compose answer", "remember turn", "follow-up",
        ]  # fmt: skip
        browser.eventually(lambda: rows(browser) == expected, f"{expected}")
        levels = browser.run(
            """return [...document.querySelectorAll(".line:not([hidden])")]
                   .sort((one, other) => one.dataset.place - other.dataset.place)
                   .map((line) => Number(line.getAttribute("aria-level")))"""
        )
        assert levels == [1, 2, 2, 3, 4, 5, 5, 5, 4, 4, 4, 4, 1]

    def test_what_sets_spans_apart_is_marked(self, browser: Browser, viewer: Viewer) -> None:
        chat_session.send(viewer)
        viewer.send(
            span("lost parent", 40, parent=41, trace=4, session=SESSION),
            span("library call", 50, parent=10, session=None, type=None),
        )
        browser.open(viewer.url + PAGE)

        def marks(name: str) -> list[str]:
            return browser.run(
                """const line = [...document.querySelectorAll(".line:not([hidden])")]
                       .find((line) => line.querySelector(".name").textContent === arguments[0]);
                   const marks = line ? [...line.querySelectorAll(".mark, .gap")] : [];
                   return marks.map((mark) => mark.textContent || mark.title)""",
                name,
            )

        browser.eventually(lambda: "library call" in rows(browser), "the spans")
        assert marks("search help pages") == ["error"]
        assert marks("remember turn") == ["unfinished"]
        assert marks("follow-up") == ["by session"]
        assert marks("lost parent") == ["parent elsewhere"]
        assert marks("library call") == ["no session id"]
        cold, links, start, flush = marks("answer")
        assert (cold, links, start) == ("cold start", "1 link", "cold start and network: 174 ms")
        assert flush.startswith("flush: ")

    def test_a_span_appears_when_it_comes(self, browser: Browser, viewer: Viewer) -> None:
        viewer.send(span("root", 1, session=SESSION, duration=100))
        browser.open(viewer.url + PAGE)
        browser.eventually(lambda: rows(browser) == ["root"], "the root")
        browser.eventually(lambda: browser.texts("#live") == ["Live"], "a connection")
        viewer.send(span("child", 2, parent=1, session=SESSION, start=20))
        browser.eventually(lambda: rows(browser) == ["root", "child"], "the child")
        # A span without a session, until a later span of its trace names one.
        viewer.send(span("stray", 5, trace=6, session=None))
        viewer.send(span("its parent", 6, trace=6, session=SESSION, start=50))
        browser.eventually(lambda: sorted(rows(browser)) == ["child", "its parent", "root", "stray"], "all four")

    def test_a_link_may_be_followed_before_its_span_has_come(self, chromium: Browser, viewer: Viewer) -> None:
        chromium.reset()
        chromium.open(f"{viewer.url}{PAGE}#{2:016x}")
        chromium.eventually(lambda: "Nothing to show" in chromium.one_text(), "no session yet")
        viewer.send(span("root", 1, session=SESSION, duration=100))
        chromium.eventually(lambda: rows(chromium) == ["root"], "the session")
        viewer.send(span("child", 2, parent=1, session=SESSION, start=20))
        chromium.eventually(lambda: chromium.texts(".details h2") == ["child"], "the span's details")

    def test_an_unfinished_span_ends_when_its_end_comes(self, browser: Browser, viewer: Viewer) -> None:
        open_span = span("slow", 1, session=SESSION) | {"endTimeUnixNano": "0"}
        viewer.send(open_span)
        browser.open(viewer.url + PAGE)
        browser.eventually(lambda: browser.texts(".mark-open") == ["unfinished"], "the mark")
        viewer.send(span("slow", 1, session=SESSION, duration=250))
        browser.eventually(lambda: browser.texts(".span-time") == ["250 ms"], "its end")
        assert browser.texts(".mark-open") == []

    def test_ten_thousand_spans_are_painted_at_once_and_scroll(self, browser: Browser, viewer: Viewer) -> None:
        spans = [
            span(f"step {number}", number, session=SESSION, parent=number // 8 or (1 if number > 1 else None),
                 start=number, duration=20)
            for number in range(1, 10_001)
        ]  # fmt: skip
        for first in range(0, len(spans), 1_000):
            viewer.send(*spans[first : first + 1_000])
        # What the frame after the first line shows: nothing else is painted later, however long it takes.
        watch = SEEN + """
            const look = () => document.querySelector(".line:not([hidden]) .span-bar")
                ? requestAnimationFrame(() => setTimeout(() => { window.painted = seen(); }))
                : requestAnimationFrame(look);
            requestAnimationFrame(look);"""
        script = browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": watch})
        try:
            browser.open(viewer.url + PAGE)
            painted = browser.eventually(lambda: browser.run("return window.painted"), "the first line")
        finally:
            browser.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
        assert painted["rows"] == 10_000
        assert painted["fills"]
        assert painted["places"] == list(range(len(painted["places"])))
        assert painted["bars"] == len(painted["places"])
        assert painted["elements"] < LINE_LIMIT_COUNT
        steps = browser.run(
            SEEN
            + """
            const grid = document.querySelector(".grid");
            return (async () => {
                const steps = [];
                for (let step = 1; step <= 60; step += 1) {
                    grid.scrollTop += 400;
                    // The first frame tells the page of the scrolling; the page paints in it, or in the second.
                    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
                    steps.push(seen());
                }
                return steps;
            })()"""
        )
        firsts = [step["places"][0] for step in steps]
        assert firsts == sorted(set(firsts)), "each step shows later lines"
        assert firsts[-1] > 60 * 400 // 50
        assert all(step["fills"] and step["elements"] < LINE_LIMIT_COUNT for step in steps)
        browser.run("document.querySelector('.grid').focus()")
        browser.press(Keys.END)
        browser.eventually(lambda: chosen(browser) == rows(browser)[-1], "the last line")
        assert (
            browser.run("return Number(document.querySelector('.line.chosen').getAttribute('aria-rowindex'))") == 10_000
        )


class TestDetails:
    def test_a_model_call_is_a_conversation(self, browser: Browser, viewer: Viewer) -> None:
        chat_session.send(viewer)
        browser.open(f"{viewer.url}{PAGE}#{COMPOSE_ANSWER}")
        messages = browser.eventually(lambda: browser.find(".message"), "messages")
        assert [message.find_element("tag name", "h4").text for message in messages] == [
            "System", "User", "Assistant", "Tool", "Assistant",
        ]  # fmt: skip
        assert chat_session.CHAT[1]["content"] in messages[1].text
        assert "find_order" in messages[2].text
        assert '"order_id": 4417' in messages[2].text
        assert messages[4].find_element("css selector", ".message-text").get_attribute("textContent") == ANSWER
        tiles = dict(zip(browser.texts(".tiles dt"), browser.texts(".tiles dd"), strict=True))
        assert tiles["model"] == "gpt-4o"
        assert (tiles["tokens in"], tiles["tokens out"]) == ("462", "85")
        assert tiles["time_to_first_token_ms"] == "212.5"

    @pytest.mark.parametrize(
        "attributes",
        [
            {"gen_ai.input.messages": '[{"role": "user", "parts": [{"type": "text", "content": "hi"}]}]',
             "gen_ai.output.messages": '[{"role": "assistant", "parts": [{"type": "text", "content": "ho"}]}]'},
            {"gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "hi",
             "gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.content": "ho"},
            {"llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.content": "hi",
             "llm.output_messages.0.message.role": "assistant", "llm.output_messages.0.message.content": "ho"},
            {"honeyhive_inputs.messages": '[{"role": "user", "content": "hi"}]',
             "honeyhive_outputs.role": "assistant", "honeyhive_outputs.content": "ho"},
        ],
        ids=["GenAI", "GenAI, earlier", "OpenInference", "HoneyHive, as text"],
    )  # fmt: skip
    def test_other_senders_messages_are_read_too(
        self, browser: Browser, viewer: Viewer, attributes: dict[str, str]
    ) -> None:
        viewer.send(span("chat", 7, session=SESSION, type="model", attributes=attributes))
        browser.open(f"{viewer.url}{PAGE}#{7:016x}")
        browser.eventually(lambda: browser.texts(".message h4") == ["User", "Assistant"], "two messages")
        assert browser.texts(".message-text") == ["hi", "ho"]

    def test_an_error_has_its_stack(self, browser: Browser, viewer: Viewer) -> None:
        chat_session.send(viewer)
        browser.open(f"{viewer.url}{PAGE}#{13:016x}")
        box = browser.one(".error-box")
        assert "SearchError.timedOut(after: 0.4 seconds)" in box.text
        assert box.find_element("tag name", "pre").get_attribute("textContent") == chat_session.STACK

    def test_flat_fields_are_documents_again_and_close(self, browser: Browser, viewer: Viewer) -> None:
        chat_session.send(viewer)
        browser.open(f"{viewer.url}{PAGE}#{10:016x}")
        toggle = browser.eventually(
            lambda: [found for found in browser.find(".json-toggle") if found.text.startswith("history")], "the history"
        )[0]
        names = browser.texts(".section .json-name")
        assert names[:5] == ["question", "history", "turns", "languages", "0"]
        toggle.click()
        assert toggle.get_attribute("aria-expanded") == "false"
        assert "turns" not in browser.texts(".section .json-name")

    def test_a_link_leads_to_the_other_session(self, browser: Browser, viewer: Viewer) -> None:
        chat_session.send(viewer)
        browser.open(f"{viewer.url}{PAGE}#{10:016x}")
        browser.one(".links a").click()
        browser.eventually(lambda: browser.texts("h1") == ["nightly index"], "the other session")
        browser.eventually(lambda: browser.texts(".details h2") == ["nightly index"], "its span's details")
        assert browser.driver.current_url.endswith(f"/sessions/{EARLIER}#{9:032x}-{90:016x}")
        browser.driver.back()
        browser.eventually(lambda: browser.texts("h1") == ["Where is my order?"], "the first session")

    def test_numbers_keep_all_their_digits(self, browser: Browser, viewer: Viewer) -> None:
        viewer.send(span("count", 7, session=SESSION, outputs={"big": 9_007_199_254_740_993, "small": 0.1}))
        browser.open(f"{viewer.url}{PAGE}#{7:016x}")
        browser.eventually(lambda: browser.texts(".json-number")[:2] == ["9007199254740993", "0.1"], "the numbers")


class TestForm:
    def test_dark_is_the_systems_choice_until_it_is_turned(self, browser: Browser, viewer: Viewer) -> None:
        browser.open(viewer.url)
        browser.one("#theme")
        assert luminance(browser) > 220
        browser.prefer("dark")
        browser.open(viewer.url)
        browser.one("#theme")
        assert luminance(browser) < 40
        browser.one("#theme").click()
        assert luminance(browser) > 220
        browser.open(viewer.url)
        browser.one("#theme")
        assert luminance(browser) > 220, "the choice is remembered"

    @pytest.mark.parametrize("path", ["/", PAGE, f"{PAGE}#{COMPOSE_ANSWER}", f"{PAGE}#{13:016x}"])
    def test_all_fits_into_320_pixels(self, browser: Browser, viewer: Viewer, path: str) -> None:
        chat_session.send(viewer)
        browser.resize(320, 640)
        browser.open(viewer.url + path)
        browser.one(".details h2" if "#" in path else "h1")
        overflowing = browser.run(
            """const kinds = ["auto", "scroll", "hidden"];
               const scrolls = (element) => element
                   && (kinds.includes(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
               return [...document.querySelectorAll("body *")]
                   .filter((element) => element.getBoundingClientRect().right > 320.5)
                   .filter((element) => !scrolls(element.parentElement))
                   .map((element) => element.className || element.tagName)"""
        )
        assert overflowing == []
        assert browser.run("return document.scrollingElement.scrollWidth") <= 320
        assert browser.run("return document.querySelector('main').scrollWidth") <= 320

    def test_contrast_of_text_is_enough_in_both_themes(self, browser: Browser, viewer: Viewer) -> None:
        chat_session.send(viewer)
        for scheme in ["light", "dark"]:
            browser.prefer(scheme)
            browser.open(viewer.url)
            ratios = browser.run(
                """const style = getComputedStyle(document.documentElement);
                   const value = (name) => {
                       const probe = document.body.appendChild(document.createElement("i"));
                       probe.style.color = style.getPropertyValue(name);
                       const parts = getComputedStyle(probe).color.match(/[0-9.]+/g).slice(0, 3).map(Number);
                       probe.remove();
                       const linear = parts.map((part) => part / 255)
                           .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
                       return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
                   };
                   const ratio = ([one, other]) => {
                       const [low, high] = [value(one), value(other)].sort((a, b) => a - b);
                       return [one, other, (high + 0.05) / (low + 0.05)];
                   };
                   const grounds = ["--surface", "--page", "--hover", "--chosen"];
                   return [
                       ...["--text", "--muted", "--accent", "--bad"]
                           .flatMap((name) => grounds.map((ground) => [name, ground])),
                       ["--notable", "--surface"], ["--notable", "--notable-surface"], ["--bad", "--bad-surface"],
                       ...["--model", "--tool", "--chain", "--span"].map((name) => ["--surface", name]),
                   ].map(ratio)"""
            )
            assert [found for found in ratios if found[2] < 4.5] == [], scheme

    def test_the_keyboard_reaches_everything(self, browser: Browser, viewer: Viewer) -> None:
        chat_session.send(viewer)
        browser.open(viewer.url)
        browser.eventually(lambda: browser.texts(".col-session a"), "sessions")
        browser.press(Keys.ARROW_DOWN)
        browser.press(Keys.ENTER)
        browser.eventually(lambda: len(rows(browser)) == 13, "the waterfall")
        browser.press(Keys.ARROW_DOWN, "j", Keys.ARROW_DOWN)
        assert chosen(browser) == "invoke answer"
        browser.press(Keys.ARROW_RIGHT)
        assert chosen(browser) == "answer"
        browser.press(Keys.ARROW_LEFT)
        assert rows(browser) == ["POST /chat", "moderate", "invoke answer", "answer", "follow-up"]
        browser.press(Keys.ARROW_RIGHT, "e")
        assert chosen(browser) == "search help pages"
        browser.press(Keys.ENTER)
        browser.eventually(lambda: browser.texts(".details h2") == ["search help pages"], "the details")
        browser.press(Keys.ESCAPE)
        browser.eventually(lambda: browser.find(".details") == [], "no details")
        browser.press("?")
        assert "Keyboard" in browser.one("dialog").text
        browser.press(Keys.ESCAPE)
        browser.press("/")
        browser.press(*"choose tool")
        browser.eventually(lambda: browser.texts(".found") == ["1 span"], "one match")
        browser.press(Keys.ESCAPE, Keys.ESCAPE)
        browser.eventually(lambda: browser.texts("h1") == ["Sessions"], "the list")

    def test_the_tree_tells_assistive_technology_what_it_is(self, browser: Browser, viewer: Viewer) -> None:
        chat_session.send(viewer)
        browser.open(f"{viewer.url}{PAGE}#{10:016x}")
        browser.eventually(lambda: chosen(browser) == "answer", "the span")
        active = browser.run(
            """const grid = document.querySelector("[role=treegrid]");
               const row = document.getElementById(grid.getAttribute("aria-activedescendant"));
               return ["role", "aria-level", "aria-expanded", "aria-selected"].map((name) => row.getAttribute(name))"""
        )
        assert active == ["row", "3", "true", "true"]


class TestHostileSpans:
    MARKUP = '<img src=x onerror="hacked = 1"><script>hacked = 2</script>'

    def test_markup_is_text(self, browser: Browser, viewer: Viewer) -> None:
        hostile = {
            "name": self.MARKUP, "session": SESSION, "error": self.MARKUP, "inputs": {self.MARKUP: self.MARKUP},
            "outputs": {"__proto__": {"hacked": 3}, "constructor": self.MARKUP},
            "metadata": {"a": "javascript:alert(1)"},
            "attributes": {self.MARKUP: self.MARKUP, "gen_ai.prompt.0.role": self.MARKUP,
                           "gen_ai.prompt.0.content": self.MARKUP},
        }  # fmt: skip
        viewer.send(span(number=7, **hostile), service=self.MARKUP)
        viewer.post(
            "/session/start",
            {"session": {"session_id": SESSION, "session_name": self.MARKUP, "metadata": {self.MARKUP: 1}}},
        )
        browser.open(viewer.url)
        browser.eventually(lambda: browser.texts(".col-session a") == [self.MARKUP], "the name as text")
        browser.open(f"{viewer.url}{PAGE}#{7:016x}")
        browser.eventually(lambda: browser.texts(".details h2") == [self.MARKUP], "the name as text")
        assert rows(browser) == [self.MARKUP]
        assert self.MARKUP in browser.texts(".json-name")
        assert browser.texts(".message h4") == [self.MARKUP]
        assert browser.run("return [window.hacked, ({}).hacked]") == [None, None]
        assert (
            browser.run(
                "return document.querySelectorAll('main img, main script, main iframe, main a[href^=\"java\"]').length"
            )
            == 0
        )

    def test_a_text_of_a_megabyte_is_cut_until_it_is_asked_for(self, browser: Browser, viewer: Viewer) -> None:
        long = "<b>" + "x" * MEGABYTE
        viewer.send(span(long, 7, session=SESSION, error=long, inputs={"long": long}))
        browser.open(f"{viewer.url}{PAGE}#{7:016x}")
        text = browser.one(".json-text")
        assert text.get_attribute("textContent").startswith("<b>xxx")
        assert len(text.get_attribute("textContent")) < 3_000
        assert browser.run("return document.documentElement.textContent.length") < 30_000
        button = text.find_element("tag name", "button")
        assert button.text == "Show all (1.0 M characters)"
        button.click()
        assert browser.run("return document.querySelector('.json-text').textContent.length") == len(long)

    def test_the_page_may_run_no_script_but_its_own(self, chromium: Browser, viewer: Viewer) -> None:
        chromium.reset()
        chromium.open(viewer.url)
        chromium.one("h1")
        refused = chromium.run(
            """try { document.body.insertAdjacentHTML("beforeend", "<b>x</b>"); return "inserted"; }
               catch (error) { return error.name; }"""
        )
        assert refused == "TypeError"
        chromium.run(
            """const script = document.createElement("script");
               try { script.textContent = "window.hacked = 1"; } catch { script.append("window.hacked = 1"); }
               try { document.body.append(script); } catch {}"""
        )
        assert chromium.run("return window.hacked") is None

    def test_a_circle_and_a_span_without_times_are_shown(self, browser: Browser, viewer: Viewer) -> None:
        viewer.send(
            span("left", 1, parent=2, session=SESSION),
            span("right", 2, parent=1, session=SESSION),
            span("own parent", 3, parent=3, session=SESSION),
            span("no times", 4, session=SESSION) | {"startTimeUnixNano": "0", "endTimeUnixNano": "0"},
            span("end of time", 5, session=SESSION) | {"endTimeUnixNano": str(2**64 - 1)},
        )
        browser.open(viewer.url + PAGE)
        browser.eventually(
            lambda: sorted(rows(browser)) == ["end of time", "left", "no times", "own parent", "right"], "all"
        )

    def test_an_address_that_leads_nowhere_says_so(self, chromium: Browser, viewer: Viewer) -> None:
        chromium.reset()
        for path in ["/sessions/none", "/sessions/%3Cb%3E", "/sessions/%E0%A4%A"]:
            chromium.open(viewer.url + path)
            chromium.eventually(lambda: "Nothing to show" in chromium.one_text(), "a message")
