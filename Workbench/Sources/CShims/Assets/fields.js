// Helpers for values of the server's responses. Pure.

export const isContainer = (value) => typeof value === "object" && value !== null;
export const isEmpty = (value) => !isContainer(value) || Object.keys(value).length === 0;

/** Serialises a value to detect changes. */
export const textOf = (value) => JSON.stringify(value, (_, part) => (typeof part === "bigint" ? String(part) : part));
