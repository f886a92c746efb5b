// Extracts the chat messages of a model call from the formats of different senders. Pure.

import { isContainer, nested, opened } from "./fields.js";

/** The limit of messages in a conversation. */
const MESSAGE_LIMIT = 500;

/**
 * The input and output messages, in order: `{role, text, calls: [{name, text}], direction}`.
 *
 * Supports HoneyHive's own fields, OpenTelemetry's GenAI conventions in both of their versions
 * (https://opentelemetry.io/docs/specs/semconv/gen-ai/), and OpenInference's.
 */
export function conversationOf(span) {
  const inputs = nested(span.inputs);
  const outputs = nested(span.outputs);
  const attributes = span.attributes ?? {};
  const grouped = (prefix) => nested(Object.fromEntries(Object.entries(attributes)
    .filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [name.slice(prefix.length), value])));
  const before = first([
    list(inputs.chat_history), list(inputs.messages), list(attributes["gen_ai.input.messages"]),
    list(grouped("gen_ai.prompt.")), unwrapped(grouped("llm.input_messages.")),
    fromEvents(span.events, /^gen_ai\.(system|user|assistant|tool)\.message$/),
  ]);
  const after = first([
    choices(outputs.choices), list(outputs.messages), single(outputs.message), single(outputs),
    list(attributes["gen_ai.output.messages"]), list(grouped("gen_ai.completion.")),
    unwrapped(grouped("llm.output_messages.")), fromEvents(span.events, /^gen_ai\.choice$/),
  ]);
  return [
    ...before.map((message) => ({ ...read(message), direction: "in" })),
    ...after.map((message) => ({ ...read(message), direction: "out" })),
  ].slice(0, MESSAGE_LIMIT);
}

const isMessage = (value) => isContainer(value) && typeof value.role === "string"
  && ["content", "parts", "tool_calls", "text"].some((name) => name in value);

const first = (candidates) => candidates.find((messages) => messages.length > 0) ?? [];

function list(value) {
  const values = opened(value);
  return Array.isArray(values) && values.some(isMessage) ? values.filter(isMessage) : [];
}

const single = (value) => (isMessage(opened(value)) ? [opened(value)] : []);

function choices(value) {
  const values = opened(value);
  return Array.isArray(values) ? values.map((choice) => choice?.message ?? choice).filter(isMessage) : [];
}

const unwrapped = (values) => (Array.isArray(values) ? list(values.map((value) => value?.message)) : []);

function fromEvents(events, name) {
  return (events ?? []).filter((event) => name.test(event.name)).map((event) => ({
    role: event.name.split(".")[1] === "choice" ? "assistant" : event.name.split(".")[1],
    ...messageIn(event.attributes.message),
    ...event.attributes,
  })).filter(isMessage);
}

function messageIn(value) {
  const message = opened(value);
  return isContainer(message) ? message : {};
}

function read(message) {
  const parts = [message.content ?? message.text, message.parts].flatMap((value) => {
    const content = opened(value);
    return Array.isArray(content) ? content : content === undefined || content === null ? [] : [content];
  });
  const calls = parts.filter((part) => part?.type === "tool_call").map((part) => call(part.name, part.arguments));
  const asked = opened(message.tool_calls);
  for (const item of Array.isArray(asked) ? asked : []) {
    calls.push(call(item?.function?.name ?? item?.name, item?.function?.arguments ?? item?.arguments));
  }
  const texts = parts.filter((part) => part?.type !== "tool_call").map(textOf);
  return { role: message.role, text: texts.filter((text) => text !== "").join("\n\n"), calls };
}

function textOf(part) {
  if (!isContainer(part)) return String(part);
  const text = part.text ?? part.content ?? part.response ?? part.result;
  if (text !== undefined) return typeof text === "string" ? text : JSON.stringify(text, bigIntText, 2);
  return typeof part.type === "string" ? `[${part.type}]` : JSON.stringify(part, bigIntText, 2);
}

function call(name, given) {
  const value = opened(given);
  const text = value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value, bigIntText, 2);
  return { name: typeof name === "string" && name !== "" ? name : "a tool", text };
}

const bigIntText = (_, value) => (typeof value === "bigint" ? String(value) : value);
