// The page of one session.

import * as api from "./api.js";
import { confirmed, copyButton, h, icon, replace } from "./dom.js";
import { count, dollars, duration, fullTime, time } from "./format.js";
import { showDetails } from "./details.js";
import { textOf } from "./fields.js";
import { jsonView } from "./json-view.js";
import { extentOf, markClocks, spanOf, treeOf } from "./model.js";
import { Waterfall } from "./waterfall.js";

/** The number of hues, which are assigned to services in order of their first span. */
const HUES = 6;
/** The delay from the last key press to the search in the spans' content, in milliseconds. */
const SEARCH_PAUSE = 200;
/** The width from which the details of the first span are open at once, in pixels. */
const WIDE = "(min-width: 1440px)";

export class SessionPage {
  #spans = new Map();
  #tops = [];
  #sequence = 0;
  #session = null;
  #elsewhere = [];
  #line = null;
  #asked = 0;
  #isLoading = false;
  #isStale = false;
  #isStopped = false;
  #awaited = "";
  #found = new Set();
  #pause = 0;
  #isFirst = true;

  constructor(id) {
    this.id = id;
    this.waterfall = new Waterfall({
      onChoose: (span) => this.#choose(span),
      onOpen: (span) => this.#open(span),
    });
    this.head = h("div", { class: "session-head" });
    this.panel = h("aside", { class: "details", hidden: true, tabindex: "-1", "aria-label": "Span details" });
    this.panel.addEventListener("keydown", (event) => {
      // One step: the page does not see this key.
      if (event.key === "Escape" && this.close()) event.preventDefault();
    });
    const label = "Search in spans";
    this.search = h("input", { type: "search", placeholder: label, "aria-label": label, "data-search": true });
    this.search.addEventListener("input", () => {
      clearTimeout(this.#pause);
      this.#pause = setTimeout(() => this.#search(), SEARCH_PAUSE);
      this.#find();
    });
    this.search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.waterfall.next((span) => this.#matches(span));
    });
    this.found = h("span", { class: "found", role: "status" });
    this.empty = h("p", { class: "notice", hidden: true },
      "This session has no spans yet. Its own fields are above; spans that name its id appear here.");
    this.element = h("div", { class: "session-page" }, this.head,
      h("div", { class: "tools" }, this.search, this.found, legend()),
      h("div", { class: "split" }, this.waterfall.element, this.empty, this.panel));
  }

  stop() {
    this.#isStopped = true;
    clearTimeout(this.#pause);
    this.waterfall.stop();
  }

  /** Requests the data that has arrived since the last request. */
  async refresh() {
    if (this.#isLoading) {
      this.#isStale = true;
      return;
    }
    this.#isLoading = true;
    try {
      await this.#load(this.#sequence);
    } finally {
      this.#isLoading = false;
    }
    if (this.#isStale && !this.#isStopped) {
      this.#isStale = false;
      await this.refresh();
    }
  }

  async #load(after) {
    const answer = await api.session(this.id, after);
    if (this.#isStopped) return;
    if (after > 0 && answer.rows.length === 0 && this.#spans.size === answer.session.spanCount) {
      const isSame = textOf([this.#session.fields, this.#elsewhere]) === textOf([answer.session.fields, answer.elsewhere]);
      if (isSame) return;
    }
    const fresh = new Set();
    if (after === 0) this.#spans.clear();
    for (const row of answer.rows) {
      const span = spanOf(row);
      this.#spans.set(span.key, span);
      if (after > 0) fresh.add(span.key);
    }
    // Spans that were removed, or moved here from another session, are not in an incremental response.
    if (after > 0 && this.#spans.size !== answer.session.spanCount) return this.#load(0);
    this.#sequence = answer.sequence;
    this.#session = answer.session;
    this.#elsewhere = answer.elsewhere;
    this.#show(fresh);
  }

  #show(fresh) {
    const spans = [...this.#spans.values()];
    const { tops } = treeOf(spans);
    this.#tops = tops;
    markClocks(spans);
    const services = new Map();
    for (const span of [...spans].sort((left, right) => left.start - right.start)) {
      if (!services.has(span.service)) services.set(span.service, services.size % HUES);
    }
    this.#showHead(spans, services);
    this.waterfall.element.hidden = spans.length === 0;
    this.empty.hidden = spans.length > 0;
    this.waterfall.show(tops, spans, services, fresh);
    if (this.search.value !== "") this.#search();
    this.goTo(this.#awaited);
    this.#openFirst();
    if (this.#line && fresh.has(this.#line.key)) this.#open(this.#spans.get(this.#line.key), false);
  }

  #showHead(spans, services) {
    const session = this.#session;
    const { from, to } = extentOf(spans);
    const isStandIn = this.id.startsWith("trace-");
    const fields = Object.fromEntries(Object.entries(session.fields).filter(([name]) => name !== "session_name"));
    document.title = `${session.name ?? this.id} · TracedLambda`;
    const facts = [
      spans.length > 0 && ["Started", h("span", { title: fullTime(from * 1_000) }, time(from * 1_000))],
      spans.length > 0 && ["Duration", duration((to - from) * 1_000)],
      ["Spans", Number(session.spanCount).toLocaleString("en")],
      session.errorCount > 0 && ["Failed", h("span", { class: "bad" }, session.errorCount)],
      session.unfinishedCount > 0 && ["Unfinished", h("span", { class: "notable" }, session.unfinishedCount)],
      session.tokenCount > 0 && ["Tokens", Number(session.tokenCount).toLocaleString("en")],
      session.cost > 0 && ["Cost", dollars(session.cost)],
    ].filter(Boolean);
    const more = Object.keys(fields).length > 0
      && h("details", { class: "session-fields", open: this.head.querySelector(".session-fields")?.open ?? spans.length === 0 },
        h("summary", {}, "Session fields"), jsonView(fields));
    replace(this.head,
      h("div", { class: "session-title" },
        h("h1", {}, isStandIn ? "A trace that names no session" : session.name ?? "Session"),
        h("span", { class: "id" }, h("code", {}, this.id), copyButton(this.id, "the session’s id")),
        h("span", { class: "actions" },
          h("a", { class: "button", href: `/api/sessions/${encodeURIComponent(this.id)}/export`, download: "" }, "Export"),
          h("a", { class: "button", href: `/compare?${new URLSearchParams({ after: this.id })}` }, "Compare"),
          h("button", { class: "button delete", type: "button", onclick: () => this.#remove() }, "Delete"))),
      h("dl", { class: "stats" }, facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
      h("div", { class: "session-foot" },
        h("ul", { class: "services", "aria-label": "Services" },
          [...services].map(([name, hue]) => h("li", { class: "service", "data-hue": hue }, name || "unknown"))),
        more),
      this.#elsewhereNotice());
  }

  async #remove() {
    if (!(await confirmed("Delete this session and all its spans?", "Delete"))) return;
    // The change that this makes is not loaded: there is nothing any more.
    this.#isLoading = true;
    try {
      await api.remove(this.id);
      this.onRemoved?.();
    } catch (error) {
      this.#isLoading = false;
      this.head.append(h("p", { class: "bad", role: "alert" }, error.message));
    }
  }

  /** Traces of this session that have spans in another one, too, and the remedy. */
  #elsewhereNotice() {
    if (this.#elsewhere.length === 0) return null;
    return h("div", { class: "elsewhere", role: "note" },
      this.#elsewhere.map(({ trace, session, name, services }) => h("p", {}, "Trace ", h("code", {}, `${trace.slice(0, 8)}…`),
        " is also in session ", h("a", { href: `/sessions/${encodeURIComponent(session)}` }, name ?? session),
        services.length > 0 && ` (${services.slice(0, 6).join(", ")})`, ".")),
      h("p", {}, "The caller passes the trace and not the session. Send with the call: ",
        h("code", {}, `baggage: session_id=${this.id}`), " or ", h("code", {}, `x-session-id: ${this.id}`)));
  }

  /** On a wide page there is room for the details: those of the first span, unless the address names one. */
  #openFirst() {
    if (!this.#isFirst || this.#tops.length === 0) return;
    this.#isFirst = false;
    if (location.hash !== "" || !matchMedia(WIDE).matches) return;
    this.waterfall.choose(this.#tops[0], { tell: false });
    this.#open(this.#tops[0], false);
  }

  #matches(span) {
    const text = this.search.value.trim().toLowerCase();
    const parts = [span.name, span.service, span.model ?? "", span.span, span.error ?? ""];
    return text !== "" && (this.#found.has(span.key) || parts.some((part) => part.toLowerCase().includes(text)));
  }

  /** Searches the spans' inputs, outputs and attributes, which only the server has. */
  async #search() {
    const text = this.search.value.trim();
    const found = text === "" ? [] : await api.matching(this.id, text);
    if (this.#isStopped || text !== this.search.value.trim()) return;
    this.#found = new Set(found);
    this.#find();
  }

  #find() {
    const isOn = this.search.value.trim() !== "";
    const found = this.waterfall.find(isOn ? (span) => this.#matches(span) : null, [...this.#spans.values()]);
    replace(this.found, isOn && (found === 0 ? "none" : count(found, "span")));
  }

  // MARK: The selected span

  #choose(span) {
    this.#awaited = "";
    history.replaceState(null, "", `#${span.key}`);
    if (!this.panel.hidden) this.#open(span, false);
  }

  async #open(line, takesFocus = true) {
    this.#line = line;
    this.#asked += 1;
    const asked = this.#asked;
    let stored;
    try {
      stored = await api.span(line.trace, line.span);
    } catch (error) {
      if (asked !== this.#asked) return;
      this.panel.hidden = false;
      replace(this.panel, h("p", { class: "notice bad" }, error.message));
      return;
    }
    // Another span may have been selected while the response was pending.
    if (asked !== this.#asked || this.#isStopped) return;
    this.panel.hidden = false;
    this.element.classList.add("has-details");
    showDetails(this.panel, {
      line,
      stored,
      sessionStart: extentOf([...this.#spans.values()]).from,
      select: (span) => this.waterfall.choose(span),
      close: () => this.close(),
    });
    if (takesFocus && matchMedia("(max-width: 960px)").matches) this.panel.focus();
  }

  /** Closes the details; false when they were already closed. */
  close() {
    if (this.panel.hidden) return false;
    this.#asked += 1;
    this.#line = null;
    this.panel.hidden = true;
    this.element.classList.remove("has-details");
    this.waterfall.focus();
    return true;
  }

  /** Selects the span that the URL names: by trace and span id, or by span id only. */
  goTo(hash) {
    if (hash === "") return;
    const span = this.#spans.get(hash) ?? [...this.#spans.values()].find((span) => span.span === hash);
    // The span may still arrive.
    this.#awaited = span ? "" : hash;
    if (!span) return;
    this.waterfall.choose(span, { tell: false });
    this.#open(span, false);
  }

  /** Handles a key that no other part of the page has handled. */
  key(event) {
    if (event.key === "Escape") return this.close() || "back";
    if (event.key === "e") return this.waterfall.next((span) => span.error !== null) !== null;
    if (["ArrowDown", "ArrowUp", "j", "k", "Enter", "Home", "End", "z", "0"].includes(event.key)) {
      this.waterfall.focus();
      this.waterfall.grid.dispatchEvent(new KeyboardEvent("keydown", { key: event.key }));
      return true;
    }
    return false;
  }

  start() {}
}

function legend() {
  const types = [["model", "model"], ["tool", "tool"], ["chain", "chain"], ["span", "other"]];
  return h("ul", { class: "legend", "aria-label": "Colours" },
    types.map(([type, name]) => h("li", {}, h("span", { class: `type type-${type}` }, icon(type)), name)),
    h("li", {}, h("span", { class: "gap-sample gap-network" }), "network"),
    h("li", {}, h("span", { class: "gap-sample gap-flush" }), "flush"));
}
