// Markdown as models write it: paragraphs, headings, lists, quotes, tables, code, emphasis, links. A subset of CommonMark
// (https://spec.commonmark.org) and of GitHub's tables. Elements are created one by one, so no text becomes HTML.

import { h } from "./dom.js";

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([^`\s]*)/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const QUOTE = /^ {0,3}>\s?(.*)$/;
const RULE = /^ {0,3}([-*_])(\s*\1){2,}\s*$/;
const DIVIDER = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;
/** Code, strong, emphasis, struck text, an image, a link; of each, the text without its marks. Lengths are limited, so
    that no text takes longer than its length allows. */
const INLINE = new RegExp([
  /(?<fence>`{1,3})(?<code>[^`]|[^`].{0,1000}?[^`])\k<fence>(?!`)/,
  /\*\*(?<strong>[^\s*]|[^\s*][^\n]{0,1000}?\S)\*\*/, /(?<!\w)__(?<strong2>\S|\S[^\n]{0,1000}?\S)__(?!\w)/,
  /~~(?<struck>\S|\S[^\n]{0,1000}?\S)~~/, /\*(?<emphasis>[^\s*]|[^\s*][^\n*]{0,1000}?[^\s*])\*/,
  /(?<!\w)_(?<emphasis2>[^\s_]|[^\s_][^\n_]{0,1000}?[^\s_])_(?!\w)/, /!\[(?<image>[^\]\n]{0,1000})\]\([^)\s]{1,2000}\)/,
  /\[(?<link>[^\]\n]{1,1000})\]\((?<address>[^)\s]{1,2000})(?:\s+"[^"\n]{0,1000}")?\)/,
].map((part) => part.source).join("|"), "s");
/** The length from which a text is shown as it is, in characters. */
const LENGTH_LIMIT = 100_000;
/** The limit of quotes, lists and marks within one another. */
const DEPTH_LIMIT = 6;

/** True if formatting would change the look of a text. */
export function isMarkdown(text) {
  return text.length <= LENGTH_LIMIT && /[`*_~|[]|^ {0,3}(#{1,6} |> ?|[-+] |\d{1,9}[.)] )/m.test(text);
}

/** Returns the elements of a text; a text without any mark is one paragraph for each of its parts. */
export function markdown(text, depth = 0) {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const elements = [];
  let paragraph = [];
  const flush = () => {
    if (paragraph.length > 0) elements.push(h("p", {}, inline(paragraph.join("\n"), depth)));
    paragraph = [];
  };
  for (let place = 0; place < lines.length; place += 1) {
    const line = lines[place];
    const block = depth < DEPTH_LIMIT ? blockAt(lines, place, depth) : null;
    if (line.trim() === "" || block !== null) flush();
    else paragraph.push(line);
    if (block === null) continue;
    elements.push(block.element);
    place = block.end - 1;
  }
  flush();
  return elements;
}

/** Returns the block that begins at a line, and the line behind it; null for a line of a paragraph. */
function blockAt(lines, place, depth) {
  const line = lines[place];
  const fence = FENCE.exec(line);
  if (fence) return codeAt(lines, place, fence);
  const heading = HEADING.exec(line);
  if (heading) {
    return { element: h("p", { class: `heading heading-${heading[1].length}` }, inline(heading[2], depth)), end: place + 1 };
  }
  if (RULE.test(line)) return { element: h("hr", {}), end: place + 1 };
  if (QUOTE.test(line)) {
    const end = endOf(lines, place, (next) => QUOTE.test(next));
    const quoted = lines.slice(place, end).map((next) => QUOTE.exec(next)[1]).join("\n");
    return { element: h("blockquote", {}, markdown(quoted, depth + 1)), end };
  }
  if (ITEM.test(line)) return listAt(lines, place, depth);
  if (line.includes("|") && DIVIDER.test(lines[place + 1] ?? "") && lines[place + 1].includes("-")) {
    return tableAt(lines, place, depth);
  }
  return null;
}

function endOf(lines, place, test) {
  let end = place;
  while (end < lines.length && test(lines[end])) end += 1;
  return end;
}

function codeAt(lines, place, [, fence, language]) {
  const isEnd = (line) => line.trim().startsWith(fence) && line.trim().replaceAll(fence[0], "") === "";
  const end = endOf(lines, place + 1, (line) => !isEnd(line));
  const label = language ? `Code, ${language}` : "Code";
  const element = h("pre", { tabindex: "0", "aria-label": label, "data-language": language || null },
    h("code", {}, lines.slice(place + 1, end).join("\n")));
  return { element, end: Math.min(end + 1, lines.length) };
}

function listAt(lines, place, depth) {
  const [, indent, mark] = ITEM.exec(lines[place]);
  const isOrdered = /\d/.test(mark);
  const items = [];
  let end = place;
  for (; end < lines.length; end += 1) {
    const item = ITEM.exec(lines[end]);
    const isOwn = item !== null && item[1].length <= indent.length && /\d/.test(item[2]) === isOrdered;
    if (isOwn) items.push([item[3]]);
    // What is indented further, or continues a line, belongs to the item.
    else if (/^\s+\S/.test(lines[end]) && (item === null || item[1].length > indent.length)) {
      items.at(-1).push(lines[end].slice(Math.min(indent.length + 2, lines[end].search(/\S/))));
    } else if (lines[end].trim() === "" && /^\s+\S|^\s*([-*+]|\d{1,9}[.)])\s/.test(lines[end + 1] ?? "")) {
      items.at(-1).push("");
    } else break;
  }
  const start = Number.parseInt(mark, 10);
  const element = h(isOrdered ? "ol" : "ul", { start: isOrdered && start !== 1 ? start : null },
    items.map((item) => h("li", {}, markdown(item.join("\n"), depth + 1))));
  return { element, end };
}

function tableAt(lines, place, depth) {
  const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
  const end = endOf(lines, place + 2, (line) => line.includes("|"));
  const head = cells(lines[place]);
  const rows = lines.slice(place + 2, end).map(cells);
  const element = h("div", { class: "table", tabindex: "0", role: "group", "aria-label": "Table" }, h("table", {},
    h("thead", {}, h("tr", {}, head.map((cell) => h("th", { scope: "col" }, inline(cell, depth))))),
    h("tbody", {}, rows.map((row) => h("tr", {}, head.map((_, place) => h("td", {}, inline(row[place] ?? "", depth))))))));
  return { element, end };
}

function inline(text, depth) {
  const parts = [];
  let rest = text;
  while (rest !== "") {
    const found = depth < DEPTH_LIMIT ? INLINE.exec(rest) : null;
    if (found === null) break;
    parts.push(rest.slice(0, found.index), mark(found, depth));
    rest = rest.slice(found.index + found[0].length);
  }
  return [...parts, rest];
}

function mark({ 0: whole, groups }, depth) {
  const { code, image, link, address } = groups;
  const within = (text) => inline(text, depth + 1);
  if (code !== undefined) return h("code", {}, code);
  const strong = groups.strong ?? groups.strong2;
  if (strong !== undefined) return h("strong", {}, within(strong));
  const emphasis = groups.emphasis ?? groups.emphasis2;
  if (emphasis !== undefined) return h("em", {}, within(emphasis));
  if (groups.struck !== undefined) return h("s", {}, within(groups.struck));
  // An image is not loaded: its server would learn that the trace is read.
  if (image !== undefined) return h("span", { class: "media" }, `image: ${image || "without a text"}`);
  const isWeb = /^https?:\/\//i.test(address);
  if (!isWeb) return whole;
  return h("a", { href: address, title: address, target: "_blank", rel: "noopener noreferrer" }, within(link));
}
