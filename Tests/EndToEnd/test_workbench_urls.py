"""The workbench's function URLs, called with curl and as a browser does."""

from __future__ import annotations

import json
import subprocess
import time
from typing import Any

import pytest
import requests

from support.bench import Bench
from support.browser import Browser
from support.waiting import PATIENCE_SECONDS, eventually
from support.workbench import Workbench

#: A function that responds with its event, or as its path requests.
ECHO = '''#!/usr/bin/env python3
import json, os, urllib.request

api = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
answers = {
    "/created": {"statusCode": 201, "headers": {"X-Name": "v", "content-length": "7"}, "cookies": ["a=1", "b=2"], "body": "made"},
    "/binary": {"statusCode": 200, "headers": {"content-type": "image/png"}, "body": "AAH/", "isBase64Encoded": True},
    "/text": "plain",
    "/bad-status": {"statusCode": 99},
}
while True:
    with urllib.request.urlopen(f"{api}/next") as response:
        request_id, event = response.headers["Lambda-Runtime-Aws-Request-Id"], json.load(response)
    answer = answers.get(event["rawPath"], event)
    body = json.dumps(answer).encode()
    urllib.request.urlopen(urllib.request.Request(f"{api}/{request_id}/response", body)).read()
'''


#: A function that executes the steps of its request's body in order, in a streamed response.
STREAM = '''#!/usr/bin/env python3
import http.client, json, os, sys, time

host = os.environ["AWS_LAMBDA_RUNTIME_API"]
base = "/2018-06-01/runtime/invocation"
while True:
    connection = http.client.HTTPConnection(host)
    connection.request("GET", f"{base}/next")
    response = connection.getresponse()
    request_id, event = response.headers["Lambda-Runtime-Aws-Request-Id"], json.load(response)
    connection.putrequest("POST", f"{base}/{request_id}/response")
    connection.putheader("Lambda-Runtime-Function-Response-Mode", "streaming")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.putheader("Content-Type", event["queryStringParameters"]["type"])
    connection.endheaders()

    def write(data):
        connection.send(b"%x\\r\\n%b\\r\\n" % (len(data), data))

    for step in json.loads(event["body"]):
        if "head" in step:
            write(json.dumps(step["head"]).encode())
            write(bytes(3))
            write(bytes(5) + b"begin ")
        if "text" in step:
            write(step["text"].encode())
        if "count" in step:
            for _ in range(step["count"]):
                write(bytes(1_000_000))
        time.sleep(step.get("pause", 0))
        if "exit" in step:
            sys.exit(step["exit"])
    connection.send(b"0\\r\\n\\r\\n")
    connection.getresponse().read()
'''
PRELUDE_TYPE = "application/vnd.awslambda.http-integration-response"


@pytest.fixture
def workbench(bench: Bench) -> Workbench:
    return bench.workbench("ProbeFunction", scripts={"Echo": ECHO, "Stream": STREAM})


def curl(*arguments: str) -> str:
    command = ["curl", "--silent", "--show-error", "--max-time", "20", "--noproxy", "*", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_curl_calls_a_function_by_its_host(workbench: Workbench) -> None:
    url = f"http://echo.localhost:{workbench.address.port}/a%20b/c?x=1&x=2&y=%C3%A4+"

    event = json.loads(curl(url, "-H", "X-Two: 1", "-H", "X-Two: 2", "-b", "k=v; l=w", "--json", '{"q": "why?"}'))

    assert (event["version"], event["routeKey"], event["isBase64Encoded"]) == ("2.0", "$default", False)
    assert (event["rawPath"], event["rawQueryString"]) == ("/a%20b/c", "x=1&x=2&y=%C3%A4+")
    assert event["queryStringParameters"] == {"x": "1,2", "y": "ä "}
    assert (event["headers"]["x-two"], event["cookies"]) == ("1,2", ["k=v", "l=w"])
    assert "cookie" not in event["headers"]
    assert json.loads(event["body"]) == {"q": "why?"}
    context = event["requestContext"]
    assert context["http"]["method"] == "POST" and context["http"]["sourceIp"] == "127.0.0.1"
    assert context["http"]["userAgent"].startswith("curl/")
    assert (context["domainName"], context["domainPrefix"]) == ("echo.lambda-url.us-east-1.on.aws", "echo")
    assert (context["accountId"], context["stage"], context["routeKey"]) == ("anonymous", "$default", "$default")
    assert abs(context["timeEpoch"] / 1_000 - time.time()) < 60


def test_a_path_leads_to_a_function_too(workbench: Workbench) -> None:
    event = workbench.request("PUT", "/url/Echo/items?x", data=bytes([0, 255]), headers={"Content-Type": "image/png"}).json()

    assert (event["rawPath"], event["requestContext"]["http"]["method"]) == ("/items", "PUT")
    assert (event["body"], event["isBase64Encoded"]) == ("AP8=", True)
    assert (event["headers"]["x-forwarded-for"], event["headers"]["x-forwarded-proto"]) == ("127.0.0.1", "http")
    assert workbench.request("GET", "/url/Echo").json()["rawPath"] == "/"
    assert workbench.request("GET", "/url/Echo?x=%2F").json()["rawQueryString"] == "x=%2F"
    assert workbench.request("GET", "/url/Nobody/").status_code == 404
    head = workbench.request("HEAD", "/url/Echo/created")
    assert (head.status_code, head.content, head.headers["x-name"]) == (201, b"", "v")


def test_a_path_is_not_decoded_and_a_form_is_base64(workbench: Workbench) -> None:
    event = json.loads(curl(f"http://localhost:{workbench.address.port}/url/Echo/a%2Fb", "-d", "q=why"))

    assert (event["rawPath"], event["requestContext"]["http"]["path"]) == ("/a%2Fb", "/a%2Fb")
    assert (event["body"], event["isBase64Encoded"]) == ("cT13aHk=", True)


def test_what_the_function_answers_becomes_an_http_answer(workbench: Workbench) -> None:
    created = workbench.request("GET", "/url/Echo/created")
    assert (created.status_code, created.text, created.headers["x-name"]) == (201, "made", "v")
    assert created.cookies.get_dict() == {"a": "1", "b": "2"}

    binary = workbench.request("GET", "/url/Echo/binary")
    assert (binary.content, binary.headers["content-type"]) == (b"\x00\x01\xff", "image/png")

    text = workbench.request("GET", "/url/Echo/text")
    assert (text.text, text.headers["content-type"]) == ("plain", "application/json")

    assert workbench.request("GET", "/url/Echo/bad-status").status_code == 502
    assert workbench.request("POST", "/url/ProbeFunction/", data="no event of it").status_code == 502


def streamed(workbench: Workbench, *steps: dict[str, Any], content_type: str = PRELUDE_TYPE) -> requests.Response:
    url = f"{workbench.address.url}/url/Stream/"
    session = requests.Session()
    session.trust_env = False
    return session.post(url, json=steps, params={"type": content_type}, timeout=PATIENCE_SECONDS, stream=True)


def ended(workbench: Workbench) -> list[dict[str, Any]]:
    return [event for event in workbench.events if event["event"] == "invocation"]


def test_a_streamed_answer_is_passed_on_while_it_comes(workbench: Workbench) -> None:
    head = {"statusCode": 202, "headers": {"content-type": "text/event-stream", "x-name": "v"}, "cookies": ["a=1"]}

    answer = streamed(workbench, {"head": head}, {"text": "one", "pause": 1.5}, {"text": "two"})

    assert (answer.status_code, answer.headers["content-type"]) == (202, "text/event-stream")
    assert (answer.headers["x-name"], answer.cookies["a"]) == ("v", "1")
    chunks = answer.iter_content(None)
    assert next(chunks) == b"begin "
    assert next(chunks) == b"one"
    assert not ended(workbench)
    assert b"".join(chunks) == b"two"


def test_a_streamed_answer_without_a_head_is_its_body(workbench: Workbench) -> None:
    answer = streamed(workbench, {"text": "one"}, content_type="text/plain")

    assert (answer.status_code, answer.headers["content-type"], answer.text) == (200, "text/plain", "one")


def test_a_streamed_answer_that_breaks_off_is_not_taken_for_whole(workbench: Workbench) -> None:
    answer = streamed(workbench, {"text": "one"}, {"exit": 1}, content_type="text/plain")

    with pytest.raises(requests.exceptions.RequestException):
        _ = answer.content
    assert workbench.wait_for(function="Stream")["error"]["errorType"] == "Runtime.ExitError"


def test_a_head_that_is_none_is_a_failure_of_the_function(workbench: Workbench) -> None:
    assert streamed(workbench, {"text": "no head"}).status_code == 502
    assert streamed(workbench, {"text": "{]" + "\0" * 8}).status_code == 502


def test_a_caller_that_goes_away_does_not_end_the_function(workbench: Workbench) -> None:
    answer = streamed(workbench, {"count": 40}, content_type="text/plain")
    next(answer.iter_content(10))
    answer.close()

    assert workbench.wait_for(function="Stream")["error"] is None


# Requests from pages of other sites.


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example:9000"},
        {"Host": "localhost.evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    ],
)
@pytest.mark.parametrize("path", ["/url/Echo/", "/2015-03-31/functions/Echo/invocations"])
def test_a_page_of_another_site_cannot_run_a_function(workbench: Workbench, headers: dict[str, str], path: str) -> None:
    assert workbench.request("POST", path, headers=headers, data="{}").status_code == 403
    assert not ended(workbench)


def test_a_link_on_a_page_of_another_site_cannot_run_a_function(workbench: Workbench) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}

    assert workbench.request("GET", "/url/Echo/", headers=headers).status_code == 403
    assert not ended(workbench)


def test_a_page_of_this_machine_can(workbench: Workbench) -> None:
    headers = {"Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-site"}

    assert workbench.request("POST", "/url/Echo/text", headers=headers).status_code == 200


# Pages of functions, which must not read the traces.

#: A page that reads the traces and runs another function, and shows what it got.
HOSTILE_PAGE = """<!doctype html><title>page</title><p id="result">waiting</p><script>
const port = location.port;
async function attempt(name, action) {
    try { return `${name}: ${await action()}`; } catch (error) { return `${name}: refused`; }
}
(async () => {
    const hosts = ["localhost", "127.0.0.1"].map((host) => `http://${host}:${port}`);
    const results = [];
    for (const host of hosts) {
        results.push(await attempt("read", async () => (await fetch(`${host}/api/sessions`)).headers.get("content-type")));
        results.push(await attempt("frame", () => new Promise((resolve, reject) => {
            const frame = document.body.appendChild(document.createElement("iframe"));
            frame.onload = () => { try { resolve(frame.contentWindow.document.title); } catch (error) { reject(error); } };
            frame.onerror = reject;
            frame.src = `${host}/`;
        })));
        await attempt("run", () => fetch(`${host}/2015-03-31/functions/Echo/invocations`, { method: "POST", mode: "no-cors", body: "{}" }));
    }
    document.getElementById("result").textContent = `${location.hostname} ${origin}: ${results.join("; ")}`;
    document.title = "done";
})();
</script>"""

#: A function that responds with that page to its root, and with JSON to everything else.
PAGE = f'''#!/usr/bin/env python3
import json, os, urllib.request

api = f"http://{{os.environ['AWS_LAMBDA_RUNTIME_API']}}/2018-06-01/runtime/invocation"
page = {HOSTILE_PAGE!r}
while True:
    with urllib.request.urlopen(f"{{api}}/next") as response:
        request_id, event = response.headers["Lambda-Runtime-Aws-Request-Id"], json.load(response)
    headers = {{"content-type": "text/html", "content-security-policy": "default-src * 'unsafe-inline'"}}
    answer = {{"statusCode": 200, "headers": headers, "body": page}} if event["rawPath"] == "/" else {{"own": True}}
    body = json.dumps(answer).encode()
    urllib.request.urlopen(urllib.request.Request(f"{{api}}/{{request_id}}/response", body)).read()
'''


@pytest.mark.parametrize("way", ["its own host", "a typed path", "a link of the viewer"])
def test_a_page_of_a_function_reads_no_traces_and_runs_no_other_function(bench: Bench, way: str) -> None:
    workbench = bench.workbench(scripts={"Echo": ECHO, "Page": PAGE})
    port = workbench.address.port
    browser = Browser()
    try:
        if way == "a link of the viewer":
            browser.open(f"http://localhost:{port}/")
            browser.driver.execute_script("location.href = '/url/Page/'")
        else:
            browser.open(f"http://page.localhost:{port}/" if way == "its own host" else f"http://localhost:{port}/url/Page/")
        eventually(lambda: browser.driver.title == "done", lambda: browser.driver.page_source)
        text = browser.driver.find_element("id", "result").text
    finally:
        browser.close()

    place = "localhost null" if way == "a link of the viewer" else f"page.localhost http://page.localhost:{port}"
    assert text == f"{place}: read: refused; frame: refused; read: refused; frame: refused"
    assert [event for event in ended(workbench) if event["function"] == "Echo"] == []


def test_a_response_below_the_shared_host_has_no_origin(workbench: Workbench) -> None:
    for path in ("/url/Echo/created", "/url/Nobody/"):
        policy = workbench.request("GET", path).headers["content-security-policy"]
        assert "sandbox" in policy and "allow-same-origin" not in policy
    typed = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none"}

    moved = workbench.request("GET", "/url/Echo/a?b=c", headers=typed, allow_redirects=False)

    assert moved.status_code == 307
    assert moved.headers["location"] == f"http://Echo.localhost:{workbench.address.port}/a?b=c"
    for name in ("evil.example%2f", "a@b", "a.b%23", "%0d%0aX: y"):
        answer = workbench.request("GET", f"/url/{name}/", headers=typed, allow_redirects=False)
        assert answer.status_code == 404 and "location" not in answer.headers


def test_a_page_of_a_function_reaches_its_own_function_only(workbench: Workbench) -> None:
    port = workbench.address.port
    page = {"Origin": f"http://stream.localhost:{port}", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}

    assert workbench.request("POST", "/2015-03-31/functions/Echo/invocations", headers=page, data="{}").status_code == 403
    assert workbench.request("GET", "/api/sessions", headers=page).status_code == 403
    own = {**page, "Host": f"echo.localhost:{port}", "Origin": f"http://echo.localhost:{port}", "Sec-Fetch-Site": "same-origin"}
    assert workbench.request("POST", "/text", headers=own).status_code == 200
