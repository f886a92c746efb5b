// The details panel of one span.

import { copyButton, h, icon, replace } from "./dom.js";
import { bytes, duration, fullTime } from "./format.js";
import { isContainer, isEmpty } from "./fields.js";
import { TEXT_LIMIT, cut, jsonView, longText } from "./json-view.js";
import { isMarkdown, markdown } from "./markdown.js";

/**
 * Fills the panel.
 *
 * `line` is the span's waterfall line, `stored` all stored data of the span; `select` selects another span of the
 * session.
 */
export function showDetails(panel, { line, stored, sessionStart, select, close }) {
  const exceptions = (stored.events ?? []).filter((event) => event.name === "exception");
  const others = (stored.events ?? []).filter((event) => event.name !== "exception");
  const messages = stored.messages ?? [];
  replace(panel,
    head(line, close),
    facts(line, stored, sessionStart, select),
    errors(stored, exceptions),
    messages.length > 0 && section("Conversation", messages.map(bubble), { class: "conversation" }),
    numbers(stored),
    section("Inputs", field(stored.inputs)),
    section("Outputs", field(stored.outputs)),
    section("Documents", (stored.documents ?? []).map(documentView), { class: "documents" }),
    section("Embeddings", (stored.embeddings ?? []).map(embeddingView), { class: "documents" }),
    section("Tools offered", field(stored.tools), { closed: true }),
    section("Metadata", field(stored.metadata)),
    section("Configuration", field(stored.config)),
    section("Feedback", field(stored.feedback)),
    section("User", field(stored.user_properties)),
    section("Logs", (stored.logs ?? []).map((log) => logView(log, line)), { class: "moments" }),
    section("Events", others.map((event) => moment(event, line)), { class: "moments" }),
    section("Links", (stored.links ?? []).map((link) => linkTo(link, stored)), { class: "links" }),
    section("Attributes", !isEmpty(stored.attributes) && jsonView(stored.attributes), { closed: true }),
    section("Resource", !isEmpty(stored.resource) && jsonView(stored.resource), { closed: true }),
  );
  panel.scrollTop = 0;
}

function head(line, close) {
  const label = { "aria-label": "Close the details", title: "Close (Esc)" };
  const back = h("button", { class: "quiet", type: "button", ...label }, icon("close"));
  back.addEventListener("click", close);
  return h("header", { class: "details-head" },
    h("span", { class: `type type-${line.type}` }, icon(line.type)),
    h("h2", {}, longText(line.name || "(no name)", "")),
    back);
}

function facts(line, stored, sessionStart, select) {
  const delivery = line.received - line.end;
  const offset = Math.max(0, line.start - sessionStart);
  const rows = [
    stored.spanName !== stored.name && ["Span’s name", longText(stored.spanName, "")],
    ["Type", line.kind === "unspecified" ? line.type : `${line.type} · ${line.kind}`],
    ["Service", line.service || "unknown"],
    ["Duration", line.unfinished
      ? h("strong", { class: "notable" }, `${duration(line.duration)}, unfinished`) : duration(line.duration)],
    ["Start", h("span", { title: fullTime(line.start * 1_000) }, `+${duration(offset * 1_000)}`)],
    delivery > 0 && delivery < 3_600e6 && ["Delivered", `${duration(delivery * 1_000)} after its end`],
    stored.invocation && ["Invocation", h("a", { href: `/invocations/${encodeURIComponent(stored.invocation)}` }, "event, response, log")],
    line.cold && ["Cold start", "first invocation of its process"],
    line.above && ["Parent", spanButton(line.above, select)],
    line.footing === "orphan" && ["Parent", h("span", {}, h("code", {}, line.parent), " has not arrived here")],
    line.footing === "circle" && ["Parent", "its parents lead back to itself"],
    line.sessionless && ["Session", "carries none; here with its trace"],
    stored.user && ["User", longText(stored.user, "")],
    stored.tags?.length > 0 && ["Tags", longText(stored.tags.join(", "), "")],
    stored.scope && ["Library", longText(String(stored.scope), "")],
    ["Span", h("span", { class: "id" }, h("code", {}, line.span), copyButton(line.span, "the span’s id"))],
    ["Trace", h("span", { class: "id" }, h("code", {}, line.trace), copyButton(line.trace, "the trace’s id"))],
  ];
  return h("dl", { class: "facts" },
    rows.filter(Boolean).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

function spanButton(span, select) {
  const button = h("button", { class: "link", type: "button" }, span.name || "(no name)");
  button.addEventListener("click", () => select(span));
  return button;
}

function errors(stored, exceptions) {
  if (stored.error === null && exceptions.length === 0) return null;
  const parts = exceptions.map(({ attributes }) => {
    const stack = attributes["exception.stacktrace"];
    const message = attributes["exception.message"];
    return h("div", {},
      h("p", { class: "error-type" }, longText(String(attributes["exception.type"] ?? "exception"), "")),
      message !== undefined && h("p", {}, longText(String(message), "")),
      stack !== undefined && h("pre", { tabindex: "0", "aria-label": "Stack" }, longText(String(stack), "")));
  });
  const isSaid = exceptions.some(({ attributes }) => attributes["exception.message"] === stored.error);
  const text = stored.error === "" ? "It failed, and nobody said why." : longText(stored.error ?? "", "");
  return h("section", { class: "error-box", "aria-label": "Error" },
    h("h3", {}, icon("error"), "Error"),
    stored.error !== null && !isSaid && h("p", {}, text),
    parts);
}

function section(title, content, { closed = false, class: name = "" } = {}) {
  if (!content || (Array.isArray(content) && content.length === 0)) return null;
  return h("details", { open: !closed, class: `section ${name}` }, h("summary", {}, h("h3", {}, title)), content);
}

function field(value) {
  if (value === null || value === undefined || (isContainer(value) && isEmpty(value))) return false;
  return jsonView(value);
}

const ROLES = { user: "User", assistant: "Assistant", system: "System", tool: "Tool", developer: "Developer" };

function bubble({ role, name, parts, direction, finishReason }) {
  const known = Object.hasOwn(ROLES, role);
  return h("article", { class: `message role-${known ? role : "other"} ${direction}` },
    h("h4", {}, known ? ROLES[role] : longText(role, ""), name && ` · ${name.slice(0, 200)}`),
    parts.map((part) => partView(part, role)),
    finishReason && finishReason !== "stop" && h("p", { class: "finish" }, longText(`ended: ${finishReason}`, "")));
}

function partView(part, role) {
  switch (part.type) {
    case "text":
      // What a tool returns is data.
      return role === "tool" ? h("div", { class: "message-text" }, longText(part.text, "")) : messageText(part.text);
    case "reasoning":
      return h("details", { class: "reasoning" }, h("summary", {}, "Reasoning"),
        h("div", { class: "message-text" }, longText(part.text, "")));
    case "tool_call":
      return h("div", { class: "call" },
        h("p", {}, icon("tool"), "calls ", h("code", {}, longText(part.name, "")), part.id && callID(part.id)),
        part.arguments !== null && block(part.arguments, "Arguments"));
    case "tool_result":
      return h("div", { class: "call" },
        (part.id || part.name || part.isError) && h("p", {}, icon(part.isError ? "error" : "tool"),
          part.isError ? "failed " : "result of ", part.name && h("code", {}, longText(part.name, "")),
          part.id && callID(part.id)),
        typeof part.result === "string" ? h("div", { class: "message-text" }, longText(part.result, ""))
          : part.result !== null && block(part.result, "Result"));
    case "media": {
      const words = [part.kind, part.mediaType, part.location].filter(Boolean).join(", ");
      return h("p", { class: "media" }, longText(words, ""));
    }
    default:
      return h("div", { class: "call" }, h("p", {}, longText(part.name, "")), block(part.value, part.name));
  }
}

/** Shows a message's text formatted, with a button that shows it as it was written. */
function messageText(text) {
  if (!isMarkdown(text)) return h("div", { class: "message-text" }, longText(text, ""));
  const box = h("div", { class: "message-text" });
  const toggle = h("button", { class: "more as-written", type: "button" });
  let shown = text.length > TEXT_LIMIT ? cut(text) : text;
  const show = (isFormatted) => {
    box.classList.toggle("formatted", isFormatted);
    replace(box, isFormatted ? markdown(shown) : shown, shown.length < text.length && longer);
    toggle.setAttribute("aria-pressed", String(!isFormatted));
    replace(toggle, "As written");
  };
  const longer = h("button", { class: "more", type: "button" }, `Show all (${bytes(text.length)})`);
  longer.addEventListener("click", () => {
    shown = text;
    show(box.classList.contains("formatted"));
  });
  toggle.addEventListener("click", () => show(!box.classList.contains("formatted")));
  show(true);
  return h("div", {}, box, toggle);
}

const callID = (id) => h("span", { class: "call-id", title: "the call’s id" }, ` ${id.slice(0, 100)}`);

function block(value, label) {
  const text = typeof value === "string" ? value : JSON.stringify(value, bigIntText, 2);
  return h("pre", { tabindex: "0", "aria-label": label }, longText(text, ""));
}

const bigIntText = (_, value) => (typeof value === "bigint" ? String(value) : value);

function documentView({ id, content, score, metadata }) {
  return h("article", { class: "document" },
    h("p", { class: "document-head" }, id !== null && h("code", {}, longText(id, "")),
      score !== null && h("span", {}, ` score ${shown(score)}`)),
    content !== null && h("div", { class: "message-text" }, longText(content, "")),
    !isEmpty(metadata) && jsonView(metadata));
}

function embeddingView({ text, dimensions }) {
  return h("article", { class: "document" },
    text !== null && h("div", { class: "message-text" }, longText(text, "")),
    dimensions !== null && h("p", { class: "document-head" }, `a vector of ${dimensions}`));
}

function numbers(stored) {
  const { model, provider, tokens, cost, firstTokenMilliseconds: first } = stored;
  const known = [
    ["model", model], ["provider", provider], ["tokens in", tokens?.input], ["of these cached", tokens?.cached],
    ["tokens out", tokens?.output], ["of these reasoning", tokens?.reasoning],
    ["tokens", tokens && tokens.input === null && tokens.output === null ? tokens.total : null],
    [cost?.isEstimate ? "cost, estimated" : "cost", cost ? `$${shown(cost.dollars)}` : null],
    ["first token", first === null || first === undefined ? null : `${shown(first)} ms`],
  ].filter(([, value]) => value !== null && value !== undefined);
  const metrics = Object.entries(isContainer(stored.metrics) ? stored.metrics : {});
  const tiles = [...known, ...metrics].slice(0, 60);
  if (tiles.length === 0) return null;
  return section("Metrics", h("dl", { class: "tiles" }, tiles.map(([name, value]) =>
    h("div", {}, h("dt", {}, longText(String(name), "")), h("dd", {}, longText(shown(value), ""))))));
}

function shown(value) {
  if (typeof value === "number" && Number.isFinite(value)) {
    return value.toLocaleString("en", { maximumSignificantDigits: Number.isInteger(value) ? 21 : 6 });
  }
  return typeof value === "object" ? "see the attributes" : String(value);
}

function moment(event, line) {
  const offset = event.timeNanoseconds === undefined ? 0 : Number(event.timeNanoseconds) - line.start * 1_000;
  return h("div", { class: "moment" },
    h("p", {},
      h("span", { class: "offset" }, `${offset < 0 ? "−" : "+"}${duration(Math.abs(offset))}`),
      longText(event.name, "")),
    !isEmpty(event.attributes) && jsonView(event.attributes));
}

function logView(log, line) {
  const offset = Number(log.timeNanoseconds) - line.start * 1_000;
  return h("div", { class: "moment" },
    h("p", {},
      h("span", { class: "offset" }, `${offset < 0 ? "−" : "+"}${duration(Math.abs(offset))}`),
      log.severity !== "" && h("span", { class: log.isError ? "bad" : "" }, `${log.severity.slice(0, 20)} `),
      longText(log.message, "")),
    !isEmpty(log.attributes) && jsonView(log.attributes));
}

function linkTo(link, stored) {
  const sessions = stored.linkedSessions?.[link.traceId] ?? [];
  const name = () => h("code", {}, `${link.traceId.slice(0, 8)}…/${link.spanId}`);
  const address = (id) => `/sessions/${encodeURIComponent(id)}#${link.traceId}-${link.spanId}`;
  return h("div", { class: "moment" },
    sessions.length === 0 && h("p", {}, name(), " is in no session here"),
    sessions.map((id) => h("p", {}, h("a", { href: address(id) }, name()))),
    !isEmpty(link.attributes) && jsonView(link.attributes));
}
