// The pages of the invocations that `dev` has served: their list, and one, which can be edited and repeated.

import * as api from "./api.js";
import { copyButton, h, icon, replace } from "./dom.js";
import { duration, fullTime, time } from "./format.js";
import { jsonView, longText } from "./json-view.js";
import { LoadedPage } from "./page.js";

export class InvocationsPage extends LoadedPage {
  constructor() {
    super();
    this.list = h("div", { class: "sessions" }, h("p", { class: "notice" }, "Loading…"));
    this.element = h("div", { class: "sessions-page" }, h("div", { class: "page-head" }, h("h1", {}, "Invocations")), this.list);
  }

  load() {
    return api.invocations();
  }

  titleOf() {
    return "Invocations";
  }

  show(invocations) {
    replace(this.list, invocations.length === 0
      ? h("p", { class: "notice" }, "No invocation yet. ", h("code", {}, "traced-lambda dev"), " records those of its functions.")
      : table(invocations));
  }
}

function table(invocations) {
  return h("table", { class: "invocations" },
    h("thead", {}, h("tr", {}, ["Invocation", "Time", "Result", "Duration", "Session"].map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, invocations.map((one) => h("tr", {},
      h("td", { class: "col-invocation" }, h("a", { href: addressOf(one.requestId) }, one.function),
        h("code", {}, one.requestId)),
      h("td", { class: "col-time" }, h("span", { title: fullTime(one.finish) }, time(one.finish))),
      h("td", {}, resultOf(one)),
      h("td", { class: "col-duration" }, duration(one.durationNanoseconds)),
      h("td", {}, one.session !== null && h("a", { href: `/sessions/${encodeURIComponent(one.session)}` }, one.session.slice(0, 64)))))));
}

const addressOf = (id) => `/invocations/${encodeURIComponent(id)}`;

function resultOf({ error }) {
  return error === null ? "answered" : h("span", { class: "mark mark-error" }, String(error.errorType ?? "failed").slice(0, 80));
}

/** One invocation; with `?before=REQUEST`, an earlier one beside it. */
export class InvocationPage extends LoadedPage {
  #form = null;

  constructor(id) {
    super();
    this.id = id;
    this.content = h("div", { class: "invocation" }, h("p", { class: "notice" }, "Loading…"));
    this.again = h("section", { class: "again", "aria-label": "Invoke again" });
    this.element = h("div", { class: "sessions-page invocation-page" }, this.content, this.again);
  }

  key(event) {
    return event.key === "Escape" ? "back" : false;
  }

  load() {
    const earlier = new URLSearchParams(location.search).get("before");
    return Promise.all([api.invocation(this.id), earlier ? api.invocation(earlier) : null]);
  }

  titleOf([after]) {
    return after.function;
  }

  show([after, before]) {
    if (this.#form === null) {
      this.#form = this.#makeForm(after);
      replace(this.again, this.#form);
    }
    const all = before === null ? [after] : [before, after];
    const labels = before === null ? [null] : ["Before", "After"];
    replace(this.content,
      h("div", { class: "page-head" }, h("h1", {}, after.function),
        h("span", { class: "id" }, h("code", {}, after.requestId), copyButton(after.requestId, "the request id"))),
      factsOf(all, labels),
      h("div", { class: "sides" }, all.map((one, place) => side(one, labels[place]))));
  }

  /** The form with the event, which is kept while the page is refreshed. */
  #makeForm(invocation) {
    const area = h("textarea", { id: "event", rows: "12", spellcheck: "false", autocomplete: "off" });
    area.value = invocation.editableEvent;
    const problem = h("p", { class: "bad", role: "alert" });
    const button = h("button", { class: "primary", type: "submit" }, "Invoke again");
    const form = h("form", {}, h("h2", {}, "Edit and invoke again"), h("label", { for: "event" }, "Event"), area,
      h("div", { class: "tools" }, button, problem));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      replace(problem);
      try {
        JSON.parse(area.value);
      } catch (error) {
        replace(problem, `The event is no JSON: ${error.message}`);
        area.focus();
        return;
      }
      button.disabled = true;
      try {
        const id = await api.invoke(invocation, area.value);
        if (!this.isStopped) this.onOpen?.(`${addressOf(id)}?before=${encodeURIComponent(this.id)}`);
      } catch (error) {
        replace(problem, error.message);
      } finally {
        button.disabled = false;
      }
    });
    return form;
  }
}

/** The facts of one invocation, or of two beside each other. */
function factsOf(all, labels) {
  const rows = [
    ["Result", resultOf],
    ["Duration", (one) => duration(one.durationNanoseconds)],
    ["Billed", (one) => `${one.billedMilliseconds} ms`],
    ["Cold start", (one) => (one.initNanoseconds === null ? "no" : `init ${duration(one.initNanoseconds)}`)],
    ["Memory", (one) => (one.peakMegabytes === null ? `– of ${one.memoryMegabytes} MB` : `${one.peakMegabytes} of ${one.memoryMegabytes} MB`)],
    ["Spans", (one) => String(one.spans.length)],
    ["Build", (one) => String(one.build)],
    all.some(({ tenantId }) => tenantId) && ["Tenant", (one) => one.tenantId?.slice(0, 64)],
    ["Time", (one) => h("span", { title: fullTime(one.finish) }, time(one.finish))],
    ["Session", (one) => one.session !== null && h("a", { href: sessionAddress(one) }, one.session.slice(0, 64))],
  ].filter(Boolean);
  return h("div", { class: "sessions" }, h("table", { class: "invocation-facts" },
    all.length > 1 && h("thead", {}, h("tr", {}, h("td", {}), labels.map((label) => h("th", { scope: "col" }, label)))),
    h("tbody", {}, rows.map(([name, value]) => h("tr", {}, h("th", { scope: "row" }, name), all.map((one) => h("td", {}, value(one))))))));
}

function sessionAddress({ session, spans }) {
  const root = spans[0];
  return `/sessions/${encodeURIComponent(session)}${root ? `#${root.trace}-${root.span}` : ""}`;
}

function side(one, label) {
  // Headings follow each other without a gap.
  const part = (title, content) => h("details", { open: true, class: "section" },
    h("summary", {}, h(label === null ? "h2" : "h3", {}, title)), content);
  return h("section", { class: "side", "aria-label": label ?? "Content" },
    label !== null && h("h2", {}, label),
    part("Event", view(one.event, one.eventIsJSON)),
    one.error === null
      ? part("Response", one.response === "" ? h("p", { class: "notice-line" }, "Empty, or streamed to the caller.") : view(one.response, one.responseIsJSON))
      : part("Error", jsonView(one.error)),
    part(`Spans (${one.spans.length})`, spansOf(one)),
    part("Log", h("pre", { tabindex: "0", "aria-label": "Log" }, longText(one.log, ""))));
}

function view(text, isJSON) {
  return isJSON ? jsonView(api.parsed(text)) : h("pre", { tabindex: "0" }, longText(text, ""));
}

function spansOf({ spans }) {
  if (spans.length === 0) return h("p", { class: "notice-line" }, "None has arrived.");
  const depths = new Map();
  return h("ul", { class: "invocation-spans" }, spans.map((one) => {
    const depth = depths.has(one.parent) ? Math.min(depths.get(one.parent) + 1, 12) : 0;
    depths.set(one.span, depth);
    return h("li", { class: `depth-${depth}` },
      h("a", { href: `/sessions/${encodeURIComponent(one.session)}#${one.trace}-${one.span}` }, one.name || "(no name)"),
      h("span", { class: "when" }, ` ${duration(one.durationNanoseconds)}`),
      one.error !== null && h("span", { class: "bad" }, icon("error"), longText(one.error, "")));
  }));
}
