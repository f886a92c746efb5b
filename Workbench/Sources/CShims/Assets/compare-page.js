// The comparison of two sessions: their totals, their spans by name, and their inputs and outputs.

import * as api from "./api.js";
import { h, replace } from "./dom.js";
import { isContainer, isEmpty, textOf } from "./fields.js";
import { dollars, duration, time } from "./format.js";
import { jsonView } from "./json-view.js";
import { extentOf, spanOf, treeOf } from "./model.js";
import { LoadedPage } from "./page.js";

/** The number of sessions to choose from: the latest ones. */
const CHOICES = 200;

export class ComparePage extends LoadedPage {
  constructor() {
    super();
    this.form = h("div", { class: "compare-form" }, h("p", { class: "notice" }, "Loading…"));
    this.comparison = h("section", { class: "comparison", "aria-label": "Comparison", hidden: true });
    this.element = h("div", { class: "sessions-page" }, h("div", { class: "page-head" }, h("h1", {}, "Compare sessions")),
      this.form, this.comparison);
  }

  key(event) {
    return event.key === "Escape" ? "back" : false;
  }

  async load() {
    const query = new URLSearchParams(location.search);
    const ids = [query.get("before") ?? "", query.get("after") ?? ""];
    const { sessions } = await api.sessions({ more: {}, order: "started", limit: CHOICES, offset: 0 });
    const sides = ids.every((id) => id !== "") ? await Promise.all(ids.map(sideOf)) : [];
    return { sessions, ids, sides };
  }

  titleOf() {
    return "Compare sessions";
  }

  show({ sessions, ids, sides }) {
    replace(this.form, this.#choices(sessions, ids));
    this.comparison.hidden = sides.length === 0;
    replace(this.comparison, sides.length > 0 && comparisonOf(...sides));
  }

  #choices(sessions, ids) {
    const selects = ["Before", "After"].map((label, place) => h("select", { "aria-label": label },
      h("option", { value: "" }, "Choose a session"),
      !sessions.some(({ id }) => id === ids[place]) && ids[place] !== "" && h("option", { value: ids[place], selected: true }, ids[place]),
      sessions.map(({ id, name, start }) => h("option", { value: id, selected: id === ids[place] },
        `${(name ?? id).slice(0, 80)} · ${start === null ? "" : time(start)}`))));
    const form = h("form", { class: "tools" },
      selects.map((select, place) => h("label", { class: "check" }, ["Before ", "After "][place], select)));
    form.addEventListener("change", () => {
      const [before, after] = selects.map((select) => select.value);
      history.replaceState(null, "", `/compare?${new URLSearchParams({ before, after })}`);
      this.refresh();
    });
    return form;
  }
}

async function sideOf(id) {
  const { session, rows } = await api.session(id, 0);
  const spans = rows.map(spanOf);
  const { tops } = treeOf(spans);
  const first = tops[0] ? await api.span(tops[0].trace, tops[0].span) : null;
  const { from, to } = extentOf(spans);
  return { session, groups: groupsOf(spans), first, nanoseconds: spans.length > 0 ? (to - from) * 1_000 : 0 };
}

/** The spans by service and name: how many, how long together, and how many failed. */
function groupsOf(spans) {
  const groups = new Map();
  for (const span of spans) {
    const key = textOf([span.service, span.name]);
    const group = groups.get(key) ?? { service: span.service, name: span.name, count: 0, nanoseconds: 0, errors: 0 };
    group.count += 1;
    group.nanoseconds += span.duration;
    if (span.error !== null && span.error !== undefined) group.errors += 1;
    groups.set(key, group);
  }
  return groups;
}

function comparisonOf(before, after) {
  const number = (value) => Number(value).toLocaleString("en");
  const totals = [
    ["Duration", ({ nanoseconds }) => nanoseconds, duration],
    ["Spans", ({ session }) => session.spanCount, number],
    ["Failed spans", ({ session }) => session.errorCount, number],
    ["Tokens", ({ session }) => session.tokenCount, number],
    ["Cost", ({ session }) => session.cost, dollars],
  ];
  return [
    h("table", { class: "totals" }, headOf("Total", [before, after]),
      h("tbody", {}, totals.map(([name, value, format]) => rowOf(name, value(before), value(after), format)))),
    h("h2", {}, "Spans by name"),
    h("table", { class: "groups" }, headOf("Span", [before, after]),
      h("tbody", {}, [...new Set([...before.groups.keys(), ...after.groups.keys()])].map((key) => {
        const [old, fresh] = [before.groups.get(key), after.groups.get(key)];
        const { service, name } = old ?? fresh;
        const cell = (group) => (group === undefined ? "–"
          : [`${group.count} × `, duration(group.nanoseconds / group.count), group.errors > 0 && h("span", { class: "bad" }, ` ${group.errors} failed`)]);
        return h("tr", {}, h("th", { scope: "row" }, name || "(no name)", h("code", {}, service || "unknown")),
          h("td", {}, cell(old)), h("td", {}, cell(fresh)),
          h("td", {}, signed((fresh?.nanoseconds ?? 0) - (old?.nanoseconds ?? 0), duration)));
      }))),
    h("h2", {}, "Inputs and outputs"),
    h("div", { class: "sides" }, [before, after].map(({ first }, place) => h("section", { class: "side", "aria-label": ["Before", "After"][place] },
      part("Inputs", first?.inputs), part("Outputs", first?.outputs)))),
  ];
}

function headOf(name, sides) {
  return h("thead", {}, h("tr", {}, h("th", { scope: "col" }, name),
    sides.map(({ session }, place) => h("th", { scope: "col" }, ["Before ", "After "][place],
      h("a", { href: `/sessions/${encodeURIComponent(session.id)}` }, (session.name ?? session.id).slice(0, 64)))),
    h("th", { scope: "col" }, "Change")));
}

function rowOf(name, before, after, format) {
  return h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, format(before)), h("td", {}, format(after)),
    h("td", {}, signed(after - before, format)));
}

function signed(change, format) {
  if (change === 0) return "–";
  return `${change > 0 ? "+" : "−"}${format(Math.abs(change))}`;
}

function part(title, value) {
  const isNone = value === null || value === undefined || (isContainer(value) && isEmpty(value));
  return h("div", { class: "compared" }, h("h3", {}, title), isNone ? h("p", { class: "notice-line" }, "None.") : jsonView(value));
}
