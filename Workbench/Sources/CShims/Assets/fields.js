// Converts HoneyHive's fields, which are sent flat (`query`, `chat_history.0.role`), to nested values. Pure.

/** The limit of nesting levels; the rest of a name is not split. */
const DEPTH_LIMIT = 32;

/** Converts a flat object to a nested one; names 0, 1, 2 and so on become a list. */
export function nested(flat) {
  const root = new Map();
  for (const [name, value] of Object.entries(flat ?? {})) {
    const parts = name.split(".", DEPTH_LIMIT);
    let place = root;
    for (const part of parts.slice(0, -1)) {
      if (!(place.get(part) instanceof Map)) place.set(part, new Map());
      place = place.get(part);
    }
    place.set(parts.at(-1), value);
  }
  return plain(root);
}

function plain(map) {
  if (!(map instanceof Map)) return map;
  const names = [...map.keys()];
  const isList = names.length > 0 && names.every((name) => /^\d{1,6}$/.test(name)) && names.includes("0");
  if (isList) return names.map(Number).sort((a, b) => a - b).map((name) => plain(map.get(String(name))));
  // Without a prototype, `__proto__` is a name like any other.
  const object = Object.create(null);
  for (const name of names) object[name] = plain(map.get(name));
  return object;
}

/** Parses a text that is a JSON object or list; returns anything else unchanged. */
export function opened(value) {
  if (typeof value !== "string" || value.length > 2_000_000 || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

export const isContainer = (value) => typeof value === "object" && value !== null;
export const isEmpty = (value) => !isContainer(value) || Object.keys(value).length === 0;

/** Serialises a value to detect changes. */
export const textOf = (value) => JSON.stringify(value, (_, part) => (typeof part === "bigint" ? String(part) : part));
