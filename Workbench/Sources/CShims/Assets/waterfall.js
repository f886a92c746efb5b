// The waterfall: a tree of spans with a time axis. Only visible lines have elements, regardless of their number.

import { h, icon, replace } from "./dom.js";
import { count, duration, ticks } from "./format.js";
import { extentOf, gapsOf, isSibling, linesOf } from "./model.js";

/** The number of lines beyond the visible area that have elements, so that fast scrolling shows no gap. */
const OVERSCAN = 8;
/** The width of a line's duration, in pixels. */
const LABEL_WIDTH = 72;
const narrow = matchMedia("(max-width: 640px)");

const GAP_NAMES = { init: "cold start and network", network: "network", flush: "flush" };

export class Waterfall {
  #tops = [];
  #closed = new Set();
  #lines = [];
  #places = new Map();
  #extent = { from: 0, to: 1 };
  #view = null;
  #room = 0;
  #chosen = null;
  #matches = null;
  /** The spans that a search leaves; null without a search. */
  #kept = null;
  #fresh = new Set();
  #pool = [];
  #frame = 0;
  #services = new Map();

  /** `onChoose` is called with the span that the keyboard or mouse selects, `onOpen` with a span whose details are
      requested. */
  constructor({ onChoose, onOpen }) {
    this.onChoose = onChoose;
    this.onOpen = onOpen;
    this.axis = h("div", { class: "axis", "aria-hidden": "true" });
    this.canvas = h("div", { class: "lines", role: "rowgroup" });
    const role = { role: "treegrid", tabindex: "0", "aria-label": "Spans", "aria-colcount": "2" };
    this.grid = h("div", { class: "grid", ...role }, this.canvas);
    this.head = h("div", { class: "grid-head", "aria-hidden": "true" }, h("span", {}, "Span"), this.axis);
    this.element = h("div", { class: "waterfall" }, this.head, this.fit, this.grid);
    this.grid.addEventListener("scroll", () => this.#schedule(), { passive: true });
    this.grid.addEventListener("keydown", (event) => this.#key(event));
    this.canvas.addEventListener("click", (event) => this.#click(event));
    this.axis.addEventListener("pointerdown", (event) => this.#drag(event));
    this.axis.addEventListener("dblclick", () => this.#zoom(null));
    this.fit = h("button", { class: "more fit", type: "button", hidden: true, title: "Show all (0)" }, "Show all");
    this.fit.addEventListener("click", () => this.#zoom(null));
    this.observer = new ResizeObserver(() => this.#schedule());
    this.observer.observe(this.grid);
  }

  stop() {
    this.observer.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  /** Shows spans; `fresh` has the keys of those that have just arrived. */
  show(tops, spans, services, fresh = new Set()) {
    this.#tops = tops;
    this.#services = services;
    this.#fresh = fresh;
    this.#extent = extentOf(spans);
    this.#arrange();
  }

  /** Shows only the spans that satisfy a test, and those above them; null shows all. Returns the number of the former. */
  find(test, spans) {
    const found = test ? spans.filter(test) : [];
    this.#matches = test ? new Set(found.map((span) => span.key)) : null;
    this.#kept = test ? new Set() : null;
    for (const span of found) {
      for (let above = span; above && !this.#kept.has(above.key); above = above.above) this.#kept.add(above.key);
    }
    this.#arrange();
    return found.length;
  }

  /** Selects and returns the next matching span after the selected one, also within collapsed spans. */
  next(test) {
    const all = linesOf(this.#tops, new Set()).map((line) => line.span);
    const start = this.#chosen ? all.findIndex((span) => span.key === this.#chosen) + 1 : 0;
    const found = [...all.slice(start), ...all.slice(0, start)].find(test);
    if (found) this.choose(found);
    return found ?? null;
  }

  /** Selects a span and expands its ancestors. */
  choose(span, { tell = true } = {}) {
    for (let above = span.above; above; above = above.above) this.#closed.delete(above.key);
    this.#chosen = span.key;
    this.#arrange();
    this.#reveal();
    if (tell) this.onChoose(span);
  }

  unchoose() {
    this.#chosen = null;
    this.#paint();
  }

  focus() {
    this.grid.focus({ preventScroll: true });
  }

  get #height() {
    return narrow.matches ? 48 : 30;
  }

  #arrange() {
    this.#lines = linesOf(this.#tops, this.#kept ? new Set() : this.#closed, this.#kept);
    this.#places = new Map(this.#lines.map(({ span }, place) => [span.key, place]));
    this.grid.setAttribute("aria-rowcount", String(this.#lines.length));
    this.#paint();
  }

  #schedule() {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#paint());
  }

  #paint() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const height = this.#height;
    this.#room = this.axis.clientWidth;
    // Aligns the axis with the lines, which end before the scroll bar.
    this.head.style.paddingInlineEnd = `${this.grid.offsetWidth - this.grid.clientWidth}px`;
    this.canvas.style.height = `${this.#lines.length * height}px`;
    const { scrollTop, clientHeight } = this.grid;
    const first = Math.max(0, Math.floor(scrollTop / height) - OVERSCAN);
    const last = Math.min(this.#lines.length, Math.ceil((scrollTop + clientHeight) / height) + OVERSCAN);
    while (this.#pool.length < last - first) {
      const row = new Row();
      this.#pool.push(row);
      this.canvas.append(row.element);
    }
    // A line keeps its elements while it is visible, so that scrolling renders only new lines.
    for (const row of this.#pool) row.element.hidden = true;
    for (let place = first; place < last; place += 1) {
      const row = this.#pool[place % this.#pool.length];
      row.element.hidden = false;
      this.#paintRow(row, place, height);
    }
    const chosen = this.#chosen === null ? undefined : this.#places.get(this.#chosen);
    const isSeen = chosen !== undefined && chosen >= first && chosen < last;
    if (isSeen) this.grid.setAttribute("aria-activedescendant", rowID(this.#chosen));
    else this.grid.removeAttribute("aria-activedescendant");
    this.#paintAxis();
  }

  #paintRow(row, place, height) {
    const line = this.#lines[place];
    row.element.style.transform = `translateY(${place * height}px)`;
    row.show(line, {
      place,
      extent: this.#shown,
      room: this.#room,
      isClosed: this.#kept === null && this.#closed.has(line.span.key),
      isChosen: line.span.key === this.#chosen,
      isFaint: this.#matches !== null && !this.#matches.has(line.span.key),
      isFresh: this.#fresh.has(line.span.key),
      isSibling: isSibling(line.span, this.#tops),
      hue: this.#services.get(line.span.service) ?? 0,
    });
  }

  // MARK: Times

  get #shown() {
    return this.#view ?? this.#extent;
  }

  /** Zooms to a time range; null shows all. */
  #zoom(view) {
    this.#view = view !== null && view.to > view.from ? view : null;
    this.fit.hidden = this.#view === null;
    this.#paint();
  }

  #drag(event) {
    if (event.button !== 0) return;
    const { left, width } = this.axis.getBoundingClientRect();
    const { from, to } = this.#shown;
    const share = (x) => Math.min(Math.max((x - left) / width, 0), 1);
    const start = share(event.clientX);
    const mark = h("div", { class: "drag" });
    this.axis.append(mark);
    this.axis.setPointerCapture(event.pointerId);
    const move = ({ clientX }) => {
      mark.style.left = `${Math.min(start, share(clientX)) * 100}%`;
      mark.style.width = `${Math.abs(share(clientX) - start) * 100}%`;
    };
    const end = ({ clientX, type }) => {
      this.axis.removeEventListener("pointermove", move);
      mark.remove();
      const [low, high] = [start, share(clientX)].sort((one, other) => one - other);
      // A movement of a few pixels is a click, not a selection.
      if (type === "pointerup" && (high - low) * width > 5) {
        this.#zoom({ from: from + low * (to - from), to: from + high * (to - from) });
      }
    };
    this.axis.addEventListener("pointermove", move);
    this.axis.addEventListener("pointerup", end, { once: true });
    this.axis.addEventListener("pointercancel", end, { once: true });
  }

  #paintAxis() {
    const { from, to } = this.#shown;
    const length = (to - from) * 1_000;
    const before = (from - this.#extent.from) * 1_000;
    const room = Math.max(2, Math.floor(this.axis.clientWidth / 90));
    const shown = `${length} ${before} ${room}`;
    if (this.axis.dataset.shown === shown) return;
    this.axis.dataset.shown = shown;
    const steps = ticks(length, room);
    this.canvas.style.setProperty("--step", `${((steps[1] ?? length) / length) * 100}%`);
    replace(this.axis, steps.map((at) => {
      const time = before + at === 0 ? "0" : duration(before + at);
      const tick = h("span", { class: "tick" }, before > 0 ? `+${time}` : time);
      tick.style.left = `${(at / length) * 100}%`;
      if (at / length > 0.93) tick.classList.add("last");
      return tick;
    }));
  }

  #reveal() {
    const place = this.#places.get(this.#chosen);
    if (place === undefined) return;
    const [top, height] = [place * this.#height, this.#height];
    const { scrollTop, clientHeight } = this.grid;
    if (top < scrollTop) this.grid.scrollTop = top;
    else if (top + height > scrollTop + clientHeight) this.grid.scrollTop = top + height - clientHeight;
    this.#paint();
  }

  #click(event) {
    const element = event.target.closest(".line");
    const line = element && this.#lines[Number(element.dataset.place)];
    if (!line) return;
    if (event.target.closest(".twist") && line.span.children.length > 0) {
      this.#toggle(line.span);
      return;
    }
    this.choose(line.span);
    this.onOpen(line.span);
    this.focus();
  }

  #toggle(span) {
    if (!this.#closed.delete(span.key)) this.#closed.add(span.key);
    this.#arrange();
  }

  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const place = this.#places.get(this.#chosen) ?? -1;
    const page = Math.max(1, Math.floor(this.grid.clientHeight / this.#height) - 1);
    const moves = {
      ArrowDown: place + 1, j: place + 1, ArrowUp: place - 1, k: place - 1, Home: 0, End: this.#lines.length - 1,
      PageDown: place + page, PageUp: place - page,
    };
    if (event.key in moves) {
      const line = this.#lines[Math.min(Math.max(moves[event.key], 0), this.#lines.length - 1)];
      if (line) this.choose(line.span);
    } else if (!this.#act(event.key, this.#lines[place]?.span)) {
      return;
    }
    event.preventDefault();
  }

  #act(key, span) {
    if (!span) return false;
    const isOpen = span.children.length > 0 && !this.#closed.has(span.key);
    switch (key) {
      case "ArrowRight":
        if (isOpen) this.choose(span.children[0]);
        else if (span.children.length > 0) this.#toggle(span);
        return true;
      case "ArrowLeft":
        if (isOpen) this.#toggle(span);
        else if (span.above) this.choose(span.above);
        return true;
      case "z":
        this.#zoom({ from: span.start, to: Math.max(span.end, ...gapsOf(span).map((gap) => gap.to)) });
        return true;
      case "0":
        this.#zoom(null);
        return true;
      case "Enter":
      case " ":
        this.onOpen(span);
        return true;
      default:
        return false;
    }
  }
}

const rowID = (key) => `line-${key}`;

/** The elements of one line, reused for different spans. */
class Row {
  #shown = null;

  constructor() {
    this.twist = h("span", { class: "twist" }, icon("chevron"));
    this.type = h("span", {});
    this.name = h("span", { class: "name" });
    this.marks = h("span", { class: "marks" });
    this.service = h("span", { class: "service" });
    this.cell = h("div", { class: "cell-name", role: "gridcell" },
      this.twist, this.type, this.name, this.marks, this.service);
    this.bar = h("div", { class: "span-bar" });
    this.label = h("span", { class: "span-time" });
    this.track = h("div", { class: "track" });
    this.element = h("div", { class: "line", role: "row" },
      this.cell, h("div", { class: "cell-time", role: "gridcell" }, this.track));
  }

  show({ span, level }, look) {
    const { place, extent, isClosed, isChosen, isFaint, isFresh, isSibling, hue, room } = look;
    // The span object stays the same when its children or its parent change, so these are compared, too.
    const shown = [span, level, span.children.length, span.above, ...Object.values(look)];
    if (this.#shown?.every((value, number) => value === shown[number])) return;
    this.#shown = shown;
    const { element } = this;
    element.id = rowID(span.key);
    element.dataset.place = String(place);
    element.dataset.key = span.key;
    const states = { chosen: isChosen, faint: isFaint, fresh: isFresh, failed: span.error !== null };
    element.className = ["line", ...Object.keys(states).filter((name) => states[name])].join(" ");
    element.setAttribute("aria-level", String(level));
    element.setAttribute("aria-rowindex", String(place + 1));
    element.setAttribute("aria-selected", String(isChosen));
    if (span.children.length > 0) element.setAttribute("aria-expanded", String(!isClosed));
    else element.removeAttribute("aria-expanded");
    this.twist.classList.toggle("leaf", span.children.length === 0);
    this.cell.style.paddingInlineStart = `calc(${Math.min(level - 1, 24)} * var(--indent))`;
    this.type.className = `type type-${span.type}`;
    if (this.type.title !== span.type || !this.type.firstChild) replace(this.type, icon(span.type));
    this.type.title = span.type;
    replace(this.name, span.name || "(no name)");
    this.name.title = span.name;
    replace(this.marks, marksOf(span, isSibling));
    replace(this.service, span.service);
    this.service.dataset.hue = String(hue);
    this.service.hidden = span.above !== null && span.above.service === span.service;
    this.#time(span, extent, room);
  }

  #time(span, { from, to }, room) {
    const share = (time) => Math.min(Math.max((time - from) / (to - from), 0), 1) * 100;
    const [left, right] = span.start > 0 ? [share(span.start), share(Math.max(span.end, span.start))] : [0, 0];
    const gaps = gapsOf(span).filter((gap) => gap.to > from && gap.from < to);
    replace(this.track, gaps.map((gap) => {
      const title = `${GAP_NAMES[gap.kind]}: ${duration((gap.to - gap.from) * 1_000)}`;
      const element = h("div", { class: `gap gap-${gap.kind}`, title });
      element.style.left = `${share(gap.from)}%`;
      element.style.width = `${share(gap.to) - share(gap.from)}%`;
      return element;
    }), this.bar, this.label);
    const state = [span.error !== null && "failed", span.unfinished && "unfinished"].filter(Boolean).join(" ");
    this.bar.className = `span-bar type-${span.type} ${state}`;
    this.bar.hidden = span.start > 0 && (span.end < from || span.start > to);
    this.bar.style.left = `${left}%`;
    this.bar.style.width = `${right - left}%`;
    this.#placeLabel(Math.min(left, ...gaps.map((gap) => share(gap.from))), left, right,
      Math.max(right, ...gaps.map((gap) => share(gap.to))), room);
    replace(this.label, span.unfinished && span.duration === 0 ? "unfinished" : duration(span.duration));
  }

  /** Places the label after the bar if it fits, else before it, else inside the bar's end. */
  #placeLabel(begin, left, right, end, room) {
    const isAfter = ((100 - end) / 100) * room >= LABEL_WIDTH;
    const isBefore = !isAfter && (begin / 100) * room >= LABEL_WIDTH;
    this.label.style.left = isAfter ? `${end}%` : "auto";
    this.label.style.right = isAfter ? "auto" : isBefore ? `${100 - begin}%` : `${100 - right}%`;
    this.label.classList.toggle("within", !isAfter && !isBefore && ((right - left) / 100) * room >= LABEL_WIDTH);
  }
}

function marksOf(span, isSibling) {
  const mark = (name, text, title) => h("span", { class: `mark mark-${name}`, title }, text);
  return [
    span.error !== null && mark("error", "error", span.error || "failed"),
    span.isFar && mark("error", "wrong clock", "its time cannot be true beside the other spans; the axis leaves it out"),
    span.isBefore && mark("note", "clock skew", "it starts before its caller: the clocks of the two services differ"),
    span.cold && mark("cold", "cold start", "the first invocation of its process"),
    span.unfinished && mark("open", "unfinished", "it was still open when its sender ended, or its end has not come"),
    span.footing === "orphan" && mark("note", "parent elsewhere", "its parent has not arrived here"),
    span.footing === "circle" && mark("error", "circle", "its parents lead back to itself"),
    isSibling && mark("note", "by session", "bound by the session’s id alone: no trace context was passed on"),
    span.sessionless && mark("note", "no session id", "here with the other spans of its trace"),
    span.links && mark("note", count(span.links.length, "link"), "refers to spans of other traces"),
  ];
}
