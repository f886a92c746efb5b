// The page of experiments: the runs of HoneyHive's `evaluate()`, and the comparison of two of them.

import * as api from "./api.js";
import { h, replace } from "./dom.js";
import { time } from "./format.js";
import { LoadedPage } from "./page.js";

export class RunsPage extends LoadedPage {
  constructor() {
    super();
    this.list = h("div", { class: "runs" }, h("p", { class: "notice" }, "Loading…"));
    this.comparison = h("section", { class: "comparison", "aria-label": "Comparison", hidden: true });
    this.element = h("div", { class: "sessions-page" }, h("div", { class: "page-head" }, h("h1", {}, "Runs")),
      this.list, this.comparison);
  }

  async load() {
    const query = new URLSearchParams(location.search);
    const [before, after] = [query.get("old") ?? "", query.get("new") ?? ""];
    const runs = await api.runs();
    const isBoth = before !== "" && after !== "";
    const answers = isBoth ? await Promise.all([api.comparison(after, before), api.runResult(before), api.runResult(after)]) : [];
    return { runs, before, after, answers };
  }

  titleOf() {
    return "Runs";
  }

  show({ runs, before, after, answers }) {
    replace(this.list, runs.length === 0
      ? h("p", { class: "notice" }, "No run yet. HoneyHive’s evaluate() sends runs here when HH_API_URL is this address.")
      : this.#form(runs, before, after));
    this.comparison.hidden = answers.length === 0;
    replace(this.comparison, answers.length > 0 && comparisonOf(...answers));
  }

  #form(runs, before, after) {
    const choice = (label, value) => h("label", { class: "check" }, `${label} `, h("select", { "aria-label": label },
      h("option", { value: "" }, "Choose a run"),
      runs.map((run) => h("option", { value: run.run_id, selected: run.run_id === value },
        `${run.name ?? run.run_id} · ${run.status ?? ""} · ${time(Date.parse(run.created_at) * 1e6)}`))));
    const [old, fresh] = [choice("Before", before), choice("After", after)];
    const form = h("form", { class: "tools" }, old, fresh);
    form.addEventListener("change", () => {
      const query = new URLSearchParams({ old: old.querySelector("select").value, new: fresh.querySelector("select").value });
      history.replaceState(null, "", `/runs?${query}`);
      this.refresh();
    });
    return form;
  }
}

function comparisonOf(comparison, before, after) {
  const number = (value) => (value === null || value === undefined ? "–" : Number(value).toLocaleString("en", { maximumSignificantDigits: 6 }));
  const sign = (value) => (value > 0 ? `+${number(value)}` : number(value));
  return [
    h("table", { class: "metrics" },
      h("thead", {}, h("tr", {}, ["Metric", "Event", "Before", "After", "Change"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, comparison.metrics.map((metric) => h("tr", {},
        h("th", { scope: "row" }, metric.metric_name), h("td", {}, metric.event_name),
        h("td", {}, number(metric.old_aggregate)), h("td", {}, number(metric.new_aggregate)),
        h("td", {}, sign(metric.difference),
          metric.percentage_change !== null && ` (${sign(metric.percentage_change)} %)`))))),
    h("h2", {}, "Datapoints"),
    h("table", { class: "datapoints" },
      h("thead", {}, h("tr", {}, ["Datapoint", "Before", "After"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, rowsOf(before, after).map(([id, old, fresh]) => h("tr", {},
        h("th", { scope: "row" }, h("code", {}, id)), h("td", {}, cell(old)), h("td", {}, cell(fresh)))))),
  ];
}

/** The datapoints of both runs, each with its result in the one and in the other. */
function rowsOf(before, after) {
  const idOf = (datapoint) => datapoint.datapoint_id ?? datapoint.session_id;
  const ids = [...new Set([...before.datapoints, ...after.datapoints].map(idOf))];
  const find = (result, id) => result.datapoints.find((datapoint) => idOf(datapoint) === id);
  return ids.map((id) => [id, find(before, id), find(after, id)]);
}

function cell(datapoint) {
  if (!datapoint) return "–";
  const metrics = (datapoint.metrics ?? []).slice(0, 20).map(({ name, value }) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`);
  return h("a", { href: `/sessions/${encodeURIComponent(datapoint.session_id)}` },
    datapoint.passed ? "passed" : "failed", metrics.length > 0 && `: ${metrics.join(", ")}`);
}
