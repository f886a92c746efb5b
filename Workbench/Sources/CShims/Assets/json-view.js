// A collapsible tree of a JSON value. Collapsed members have no elements, so the cost depends on the visible part only.

import { h, replace, icon } from "./dom.js";
import { bytes } from "./format.js";
import { isContainer } from "./fields.js";

/** The limit of a text's visible characters; a button shows the rest. */
export const TEXT_LIMIT = 2_000;
/** The number of members that are shown at a time. */
const MEMBER_LIMIT = 100;
/** The number of levels that are initially expanded, unless they have many members. */
const OPEN_LEVELS = 3;
const OPEN_MEMBERS = 24;

export function jsonView(value) {
  const view = h("div", { class: "json" });
  // The outermost braces are omitted.
  if (isContainer(value) && Object.keys(value).length > 0) fill(view, value, Object.keys(value), 0, 0);
  else view.append(node(null, value, 0));
  return view;
}

function node(name, value, level) {
  const mark = (text) => h("span", { class: "json-mark" }, text);
  const label = name === null ? null : [h("span", { class: "json-name" }, name), mark(": ")];
  if (!isContainer(value)) return h("div", { class: "json-line" }, label, scalar(value));
  const names = Object.keys(value);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  if (names.length === 0) return h("div", { class: "json-line" }, label, mark(open + close));

  const members = h("div", { class: "json-members" });
  const toggle = h("button", { class: "json-toggle", type: "button" }, icon("chevron"), label,
    mark(open), h("span", { class: "json-count" }, ` ${names.length} `), mark(close));
  const show = (isOpen) => {
    toggle.setAttribute("aria-expanded", String(isOpen));
    members.hidden = !isOpen;
    if (isOpen && members.childElementCount === 0) fill(members, value, names, 0, level);
  };
  toggle.addEventListener("click", () => show(members.hidden));
  show(level < OPEN_LEVELS && names.length <= OPEN_MEMBERS);
  return h("div", { class: "json-node" }, toggle, members);
}

function fill(members, value, names, from, level) {
  for (const name of names.slice(from, from + MEMBER_LIMIT)) members.append(node(name, value[name], level + 1));
  const rest = names.length - from - MEMBER_LIMIT;
  if (rest <= 0) return;
  const more = h("button", { class: "more", type: "button" }, `Show ${Math.min(rest, MEMBER_LIMIT)} of ${rest} more`);
  more.addEventListener("click", () => {
    more.remove();
    fill(members, value, names, from + MEMBER_LIMIT, level);
  });
  members.append(more);
}

function scalar(value) {
  if (typeof value === "string") return longText(value, "json-text");
  const kind = value === null ? "null" : typeof value === "boolean" ? "bool" : "number";
  return h("span", { class: `json-${kind}` }, String(value));
}

/** Shows a text; a long one is cut and gets a button that shows all of it. */
export function longText(text, className) {
  const span = h("span", { class: className });
  if (text.length <= TEXT_LIMIT) return replace(span, text);
  const more = h("button", { class: "more", type: "button" }, `Show all (${bytes(text.length)})`);
  more.addEventListener("click", () => replace(span, text));
  return replace(span, `${cut(text)}… `, more);
}

/** The first part of a long text; a surrogate pair is not split. */
export function cut(text) {
  return text.slice(0, /[\uD800-\uDBFF]/.test(text[TEXT_LIMIT - 1]) ? TEXT_LIMIT - 1 : TEXT_LIMIT);
}
