"""The pages of invocations: what the function got, answered and printed; edited and invoked again, beside the first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from support.bench import Bench
from support.browser import Browser
from support.events import encoded, hello, probe
from support.waiting import eventually
from support.workbench import Workbench

SESSION = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def workbench(bench: Bench) -> Workbench:
    return bench.workbench("HelloSession", "ProbeFunction")


@pytest.fixture
def browser(chromium: Browser, workbench: Workbench) -> Iterator[Browser]:
    """A browser; the test fails if a page has logged console messages while the workbench still runs."""
    chromium.reset()
    yield chromium
    assert chromium.complaints == []


def invoke(workbench: Workbench, function: str, event: Any, **arguments: Any) -> str:
    """Invokes a function; returns the request id once the invocation is recorded."""
    answer = workbench.client().invoke(FunctionName=function, Payload=encoded(event), **arguments)
    request_id = answer["ResponseMetadata"]["RequestId"]
    eventually(lambda: request_id in [one["requestId"] for one in listed(workbench)], "the invocation to be recorded")
    return str(request_id)


def listed(workbench: Workbench) -> Any:
    return workbench.request("GET", "/api/invocations").json()["invocations"]


def page(workbench: Workbench, path: str = "") -> str:
    return f"http://localhost:{workbench.address.port}/invocations{path}"


def facts(browser: Browser) -> dict[str, list[str]]:
    """The table of facts: the values by the name of their row."""
    return browser.table(".invocation-facts")


def test_the_list_leads_to_event_response_log_and_spans(browser: Browser, workbench: Workbench) -> None:
    request_id = invoke(workbench, "HelloSession", hello("abc", session_id=SESSION))
    browser.open(page(workbench))
    browser.eventually(lambda: browser.texts(".col-invocation a") == ["HelloSession"], "the invocation")
    browser.one(".col-invocation a").click()
    browser.eventually(lambda: browser.texts("h1") == ["HelloSession"], "its page")

    assert browser.driver.current_url == page(workbench, f"/{request_id}")
    (content,) = browser.texts(".side")
    assert f"session_id: {SESSION}" in content and "result: cba" in content
    log = browser.texts(".side pre")[-1]
    assert log.startswith(f"START RequestId: {request_id}") and "REPORT RequestId:" in log
    shown = facts(browser)
    assert shown["Result"] == ["answered"] and shown["Session"] == [SESSION] and shown["Build"] == ["1"]
    assert shown["Cold start"][0].startswith("init ") and shown["Billed"][0].endswith(" ms")
    assert shown["Memory"][0].endswith(" of 128 MB")
    assert browser.texts(".invocation-spans a")[0] == "HelloSession"

    browser.find(".invocation-spans a")[0].click()
    browser.one(".details h2")
    link = browser.one(".details .facts a[href^='/invocations/']")
    link.click()
    browser.eventually(lambda: browser.texts("h1") == ["HelloSession"], "its page again")


def test_an_edited_event_is_invoked_and_shown_beside_the_first(browser: Browser, workbench: Workbench) -> None:
    # A number that JavaScript cannot hold, and the client context, come through.
    event = hello("abc", session_id=SESSION, number=12345678901234567890)
    first = invoke(workbench, "HelloSession", event)
    browser.open(page(workbench, f"/{first}"))
    area = browser.one("textarea")
    text = browser.run("return arguments[0].value", area)
    assert json.loads(text) == event and text.count("\n") > 3
    browser.run("arguments[0].value = arguments[1]", area, text.replace('"abc"', '"xyz"'))
    browser.one(".again button").click()

    browser.eventually(lambda: browser.texts(".side h2") == ["Before", "After"], "both")
    before, after = browser.texts(".side")
    assert "result: cba" in before and "result: zyx" in after
    assert all("number: 12345678901234567890" in side for side in (before, after))
    assert [len(values) for values in facts(browser).values()] == [2] * len(facts(browser))
    assert facts(browser)["Cold start"][1] == "no"
    assert browser.driver.current_url.endswith(f"?before={first}")
    assert [one["function"] for one in listed(workbench)] == ["HelloSession"] * 2


def test_what_is_no_json_is_refused_before_it_is_sent(browser: Browser, workbench: Workbench) -> None:
    first = invoke(workbench, "HelloSession", hello("abc"))
    browser.open(page(workbench, f"/{first}"))
    area = browser.one("textarea")
    browser.run("arguments[0].value = '{\"a\": }'", area)
    browser.one(".again button").click()
    browser.eventually(lambda: "The event is no JSON" in browser.one(".again [role=alert]").text, "the reason")
    assert browser.run("return arguments[0].value", area) == '{"a": }'
    assert len(listed(workbench)) == 1


def test_an_error_and_the_lines_of_the_function_are_shown(browser: Browser, workbench: Workbench) -> None:
    invoke(workbench, "ProbeFunction", probe("log", text="the first line"))
    failed = invoke(workbench, "ProbeFunction", probe("fail", text="no such order"))
    browser.open(page(workbench))
    browser.eventually(lambda: len(browser.find(".col-invocation a")) == 2, "both")
    assert browser.texts(".invocations .mark-error") != []
    browser.open(page(workbench, f"/{failed}"))
    browser.eventually(lambda: browser.texts(".side") != [], "its page")
    (content,) = browser.texts(".side")
    assert "no such order" in content
    assert "the first line" not in content


def test_the_client_context_is_sent_again(browser: Browser, workbench: Workbench) -> None:
    context = "eyJjdXN0b20iOnsic2Vzc2lvbl9pZCI6IjExMTExMTExLTIyMjItNDMzMy04NDQ0LTU1NTU1NTU1NTU1NSJ9fQ=="
    first = invoke(workbench, "HelloSession", hello("abc"), ClientContext=context)
    browser.open(page(workbench, f"/{first}"))
    browser.one(".again button").click()
    browser.eventually(lambda: browser.texts(".side h2") == ["Before", "After"], "both")
    assert facts(browser)["Session"] == [SESSION, SESSION]


def test_the_tenant_id_is_sent_again(browser: Browser, workbench: Workbench) -> None:
    path = "/2015-03-31/functions/ProbeFunction/invocations"
    answer = workbench.request("POST", path, data=encoded(probe("context")), headers={"X-Amz-Tenant-Id": "tenant-7"})
    assert answer.json()["tenantID"] == "tenant-7"
    first = answer.headers["x-amzn-requestid"]
    eventually(lambda: first in [one["requestId"] for one in listed(workbench)], "the invocation to be recorded")
    browser.open(page(workbench, f"/{first}"))
    browser.one(".again button").click()
    browser.eventually(lambda: browser.texts(".side h2") == ["Before", "After"], "both")
    assert facts(browser)["Tenant"] == ["tenant-7", "tenant-7"]
    assert "tenantID: tenant-7" in browser.texts(".side")[1]


def test_an_invocation_is_removed_with_its_session(workbench: Workbench) -> None:
    invoke(workbench, "HelloSession", hello("abc", session_id=SESSION))
    kept = invoke(workbench, "HelloSession", hello("abc"))
    assert workbench.request("DELETE", f"/api/sessions/{SESSION}").status_code == 200
    assert [one["requestId"] for one in listed(workbench)] == [kept]
    workbench.request("DELETE", "/api/sessions?all=1")
    assert listed(workbench) == []


def test_an_unknown_invocation_is_said_in_words(workbench: Workbench) -> None:
    answer = workbench.request("GET", "/api/invocations/none")
    assert (answer.status_code, answer.json()["message"]) == (404, "there is no invocation 'none'")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_core_has_nothing_to_say(browser: Browser, workbench: Workbench, scheme: str) -> None:
    browser.prefer(scheme)
    first = invoke(workbench, "HelloSession", hello("abc", session_id=SESSION))
    second = invoke(workbench, "ProbeFunction", probe("fail", text="no"))
    for path, width in (("", 1_280), (f"/{first}", 1_280), (f"/{second}?before={first}", 1_280), (f"/{second}", 320)):
        browser.resize(width, 512)
        browser.open(page(workbench, path))
        browser.eventually(lambda: browser.find(".notice") == [] and browser.find("table") != [], "the page")
        assert browser.violations() == [], json.dumps(browser.violations(), indent=2)
        assert browser.run("return document.documentElement.scrollWidth <= innerWidth")
