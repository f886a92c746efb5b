// The page of all sessions.

import * as api from "./api.js";
import { h, replace } from "./dom.js";
import { textOf } from "./fields.js";
import { count, dollars, duration, fullTime, time } from "./format.js";

const TIMES = [["", "Any time"], ["15m", "Last 15 minutes"], ["1h", "Last hour"], ["24h", "Last 24 hours"]];
const LENGTHS = { "15m": 900_000, "1h": 3_600_000, "24h": 86_400_000 };
/** The delay from the last key press to the search, in milliseconds. */
const SEARCH_PAUSE = 200;
/** The number of sessions on a page. */
const PAGE_SIZE = 100;
/** The filters that are shown on request: the parameter, the label, an example. */
const MORE_FILTERS = [
  ["user", "User", "alice"], ["tag", "Tag", "beta"], ["attribute", "Attribute", "name or name=value"],
  ["error", "Error contains", "timed out"], ["longer", "Longer than, ms", "2000"],
];
const ORDERS = ["started", "name", "duration", "spans", "tokens", "cost", "errors"];

export class SessionsPage {
  #asked = 0;
  #pause = 0;
  #isStopped = false;
  #known = null;
  #seen = Number(sessionStorage.getItem("refusals") ?? 0);
  #table = new SessionTable((order) => this.#sort(order));
  #refused = null;

  constructor() {
    this.address = location.pathname + location.search;
    const query = new URLSearchParams(location.search);
    const label = "Search sessions and what is in them";
    this.search = h("input", { type: "search", placeholder: label, "aria-label": label, "data-search": true });
    this.search.value = query.get("search") ?? "";
    this.service = h("select", { "aria-label": "Function" }, h("option", { value: "" }, "All functions"));
    this.wanted = query.get("function") ?? "";
    this.time = h("select", { "aria-label": "Time" }, TIMES.map(([value, name]) => h("option", { value }, name)));
    this.time.value = query.get("time") in LENGTHS ? query.get("time") : "";
    this.errors = h("input", { type: "checkbox" });
    this.errors.checked = query.get("errors") === "1";
    this.search.addEventListener("input", () => {
      clearTimeout(this.#pause);
      this.#pause = setTimeout(() => this.#filter(), SEARCH_PAUSE);
    });
    for (const control of [this.service, this.time, this.errors]) {
      control.addEventListener("change", () => this.#filter());
    }
    this.more = new Map(MORE_FILTERS.map(([name, label, placeholder]) => {
      const input = h("input", { type: "search", placeholder, inputmode: name === "longer" ? "numeric" : "text" });
      input.value = query.get(name) ?? "";
      input.addEventListener("input", () => {
        clearTimeout(this.#pause);
        this.#pause = setTimeout(() => this.#filter(), SEARCH_PAUSE);
      });
      return [name, { label, input }];
    }));
    const isMore = [...this.more.values()].some(({ input }) => input.value !== "");
    this.order = ORDERS.includes(query.get("sort")) ? query.get("sort") : "started";
    this.isAscending = query.get("ascending") === "1";
    this.page = Math.max(1, Math.floor(Number(query.get("page"))) || 1);
    this.previous = h("button", { class: "button", type: "button" }, "Previous");
    this.next = h("button", { class: "button", type: "button" }, "Next");
    this.previous.addEventListener("click", () => this.#turn(-1));
    this.next.addEventListener("click", () => this.#turn(1));
    this.place = h("span", {});
    this.pages = h("nav", { class: "pages", "aria-label": "Pages", hidden: true }, this.previous, this.place, this.next);
    this.total = h("span", { class: "found", role: "status" });
    this.refusals = h("div", { hidden: true });
    this.list = h("div", { class: "sessions" }, h("p", { class: "notice" }, "Loading…"));
    this.element = h("div", { class: "sessions-page" },
      h("div", { class: "page-head" }, h("h1", {}, "Sessions"), this.total),
      h("form", { class: "tools", role: "search" }, this.search, this.service, this.time,
        h("label", { class: "check" }, this.errors, "Failed only"),
        h("details", { class: "more-filters", open: isMore }, h("summary", {}, "More filters"),
          h("div", {}, [...this.more.values()].map(({ label, input }) => h("label", {}, label, input))))),
      this.refusals, this.list, this.pages);
    this.element.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  }

  stop() {
    this.#isStopped = true;
    clearTimeout(this.#pause);
  }

  start() {}
  goTo() {}

  get #filters() {
    return {
      search: this.search.value.trim(),
      service: this.service.value || this.wanted,
      errors: this.errors.checked,
      since: this.time.value === "" ? 0 : Date.now() - LENGTHS[this.time.value],
      more: Object.fromEntries([...this.more].map(([name, { input }]) => [name, input.value.trim()])),
    };
  }

  /** Requests the first page for changed filters. */
  #filter() {
    this.wanted = this.service.value;
    this.#go(1);
  }

  #sort(order) {
    // A name is first sought from its beginning, a number from the largest.
    this.isAscending = order === this.order ? !this.isAscending : order === "name";
    this.order = order;
    this.#go(1);
  }

  #turn(step) {
    this.#go(this.page + step);
    this.element.parentNode?.scrollTo(0, 0);
  }

  /** Shows a page of the list, and writes it with all filters into the address. */
  #go(page) {
    this.page = page;
    const { search, service, errors, more } = this.#filters;
    const query = new URLSearchParams();
    if (search) query.set("search", search);
    if (service) query.set("function", service);
    if (errors) query.set("errors", "1");
    if (this.time.value) query.set("time", this.time.value);
    for (const [name, value] of Object.entries(more)) if (value) query.set(name, value);
    if (this.order !== "started") query.set("sort", this.order);
    if (this.isAscending) query.set("ascending", "1");
    if (page > 1) query.set("page", String(page));
    this.address = query.size > 0 ? `/?${query}` : "/";
    history.replaceState(null, "", this.address);
    this.onAddress?.(this.address);
    this.refresh();
  }

  async refresh() {
    this.#asked += 1;
    const asked = this.#asked;
    const { order, isAscending, page } = this;
    const answer = await api.sessions({
      ...this.#filters, order, isAscending, limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE,
    });
    // The filters may have changed while the response was pending.
    if (asked !== this.#asked || this.#isStopped) return;
    document.title = "Sessions · TracedLambda";
    this.#showServices(answer.services);
    this.#showRefusals(answer.refusals);
    const total = Number(answer.total);
    // The page that was asked for may be beyond the end, because sessions were deleted.
    if (answer.sessions.length === 0 && total > 0 && page > 1) return this.#go(Math.ceil(total / PAGE_SIZE));
    const text = textOf([answer.sessions, total, order, isAscending, page]);
    if (text === this.#known) return;
    this.#known = text;
    replace(this.total, count(total, "session"));
    this.#showPages(total, answer.sessions.length);
    if (answer.sessions.length === 0) {
      replace(this.list, this.#empty());
    } else {
      this.#table.show(answer.sessions, order, isAscending);
      if (this.#table.element.parentNode !== this.list) replace(this.list, this.#table.element);
    }
  }

  #showPages(total, shown) {
    const first = (this.page - 1) * PAGE_SIZE;
    this.pages.hidden = total <= PAGE_SIZE;
    const number = (value) => value.toLocaleString("en");
    replace(this.place, `${number(first + 1)}–${number(first + shown)} of ${number(total)}`);
    this.previous.disabled = this.page === 1;
    this.next.disabled = first + shown >= total;
  }

  get #rows() {
    return [...this.list.querySelectorAll("[data-session]")];
  }

  #showServices(names) {
    const wanted = this.service.value || this.wanted;
    const options = [...new Set([...names, ...(wanted ? [wanted] : [])])];
    replace(this.service, h("option", { value: "" }, "All functions"),
      options.map((name) => h("option", { value: name }, name)));
    this.service.value = wanted;
  }

  #showRefusals(all) {
    // Those that the user has put away stay away; a later one is shown.
    const refusals = all.filter(({ received }) => Number(received) > this.#seen);
    const text = textOf(refusals);
    if (text === this.#refused) return;
    this.#refused = text;
    const isOpen = this.refusals.querySelector("details")?.open ?? false;
    this.refusals.hidden = refusals.length === 0;
    replace(this.refusals, refusals.length > 0 && h("details", { class: "refusals", open: isOpen },
      h("summary", {}, `${count(refusals.length, "request")} turned down by the collector`),
      h("button", { class: "button dismiss", type: "button", onclick: () => {
        this.#seen = Math.max(...refusals.map(({ received }) => Number(received)));
        sessionStorage.setItem("refusals", String(this.#seen));
        this.#showRefusals(all);
      } }, "Dismiss"),
      h("ul", {}, refusals.slice(0, 20).map(({ received, reason }) =>
        h("li", {}, h("span", { class: "when" }, time(received)), ` ${reason.slice(0, 500)}`)))));
  }

  #empty() {
    const { search, service, errors, since, more } = this.#filters;
    const isFiltered = search || service || errors || since || Object.values(more).some(Boolean);
    if (isFiltered) return h("p", { class: "notice" }, "No session matches.");
    return h("div", { class: "welcome" },
      h("h2", {}, "No session yet"),
      h("p", {}, "Sessions appear here as soon as their first span does. Point any sender at this address:"),
      h("pre", {}, `export HH_API_URL=${location.origin} HH_API_KEY=local\n`
        + `export OTEL_EXPORTER_OTLP_ENDPOINT=${location.origin}`));
  }

  key(event) {
    if (!["ArrowDown", "ArrowUp", "j", "k", "Home", "End"].includes(event.key)) return false;
    const links = this.#rows.map((row) => row.querySelector("a"));
    if (links.length === 0) return false;
    const place = links.indexOf(document.activeElement);
    const last = links.length - 1;
    const moves = { ArrowDown: place + 1, j: place + 1, ArrowUp: place - 1, k: place - 1, Home: 0, End: last };
    links[Math.min(Math.max(moves[event.key], 0), last)].focus();
    return true;
  }
}

/** The columns, each with the order that its head requests. */
const COLUMNS = [
  ["Session", "name"], ["Services", null], ["Started", "started"], ["Duration", "duration"], ["Spans", "spans"],
];

/** The table of sessions. An update touches only rows that changed, so that a selection and the focus stay. */
class SessionTable {
  #rows = new Map();
  #heads = new Map();

  /** `onSort` is called with the order of the head that the user has chosen. */
  constructor(onSort) {
    this.body = h("tbody", {});
    const heads = COLUMNS.map(([name, order]) => {
      if (order === null) return h("th", { scope: "col" }, name);
      const button = h("button", { class: "sort", type: "button" }, name);
      button.addEventListener("click", () => onSort(order));
      const head = h("th", { scope: "col" }, button);
      this.#heads.set(order, head);
      return head;
    });
    this.element = h("table", {}, h("thead", {}, h("tr", {}, heads)), this.body);
  }

  show(sessions, order, isAscending) {
    for (const [name, head] of this.#heads) {
      if (name === order) head.setAttribute("aria-sort", isAscending ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    }
    const longest = Math.max(...sessions.map((session) => length(session)), 1);
    const ids = new Set(sessions.map(({ id }) => id));
    for (const [id, { element }] of this.#rows) {
      if (ids.has(id)) continue;
      element.remove();
      this.#rows.delete(id);
    }
    let place = this.body.firstChild;
    for (const session of sessions) {
      const known = this.#rows.get(session.id);
      const text = textOf(session);
      let element = known?.element;
      if (known?.text !== text) {
        const hadFocus = element?.contains(document.activeElement);
        const fresh = row(session, longest);
        if (element === place && place !== null) place = fresh;
        element?.replaceWith(fresh);
        element = fresh;
        if (hadFocus) fresh.querySelector("a").focus();
        this.#rows.set(session.id, { element, text });
      }
      if (element === place) place = place.nextSibling;
      else this.body.insertBefore(element, place);
    }
  }
}

const length = (session) => Math.max(0, Number(session.end ?? 0) - Number(session.start ?? 0));

function row(session, longest) {
  const started = session.start ?? session.received;
  const bar = h("span", { class: "meter", "aria-hidden": "true" }, h("span", {}));
  // A square root scale keeps a session of a second visible beside one of an hour.
  bar.firstChild.style.width = `${Math.sqrt(length(session) / longest) * 100}%`;
  const name = session.name ?? (session.id.startsWith("trace-") ? "Trace without a session" : "Session");
  const services = session.services.filter(Boolean).slice(0, 6);
  const tokens = Number(session.tokenCount).toLocaleString("en");
  return h("tr", { "data-session": session.id, class: session.errorCount > 0 ? "failed" : "" },
    h("td", { class: "col-session" },
      h("a", { href: `/sessions/${encodeURIComponent(session.id)}` }, name),
      session.errorCount > 0 && h("span", { class: "mark mark-error" }, `${session.errorCount} failed`),
      session.unfinishedCount > 0 && h("span", { class: "mark mark-open" }, `${session.unfinishedCount} unfinished`),
      h("code", {}, session.id)),
    h("td", { class: "col-services" },
      services.map((service, hue) => h("span", { class: "service", "data-hue": hue }, service))),
    h("td", { class: "col-time", title: fullTime(started) }, time(started)),
    h("td", { class: "col-duration" }, session.start === null ? "–" : [duration(length(session)), bar]),
    h("td", { class: "col-spans" }, Number(session.spanCount).toLocaleString("en"),
      session.tokenCount > 0 && h("span", { class: "tokens" }, `${tokens} tokens`),
      session.cost > 0 && h("span", { class: "tokens" }, dollars(session.cost))));
}
