// Formats times and sizes for people.

/** Formats a duration in a suitable unit with three digits: `640 ns`, `12.3 µs`, `4.56 ms`, `12.3 s`, `2 min 5 s`. */
export function duration(nanoseconds) {
  if (nanoseconds < 1_000) return `${Math.round(nanoseconds)} ns`;
  if (nanoseconds < 999_500) return `${digits(nanoseconds / 1e3)} µs`;
  if (nanoseconds < 999_500_000) return `${digits(nanoseconds / 1e6)} ms`;
  if (nanoseconds < 119.5e9) return `${digits(nanoseconds / 1e9)} s`;
  const seconds = Math.round(nanoseconds / 1e9);
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
}

function digits(value) {
  return value < 9.995 ? value.toFixed(2) : value < 99.95 ? value.toFixed(1) : value.toFixed(0);
}

export function bytes(count) {
  if (count < 1_000) return `${count} characters`;
  if (count < 1_000_000) return `${(count / 1_000).toFixed(0)} K characters`;
  return `${(count / 1_000_000).toFixed(1)} M characters`;
}

/** Formats US dollars; small amounts keep two significant digits. */
export function dollars(value) {
  const digits = value >= 1 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : { maximumSignificantDigits: 2 };
  return `$${Number(value).toLocaleString("en", digits)}`;
}

export function count(value, one, many) {
  return `${Number(value).toLocaleString("en")} ${Number(value) === 1 ? one : many ?? `${one}s`}`;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** Formats the time of day, with the date unless it is today. */
export function time(nanoseconds) {
  const date = new Date(Number(nanoseconds) / 1e6);
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday ? clock.format(date) : `${day.format(date)}, ${clock.format(date)}`;
}

export function fullTime(nanoseconds) {
  return full.format(new Date(Number(nanoseconds) / 1e6));
}

/** Returns round positions on a time axis, in nanoseconds: about as many as fit. */
export function ticks(length, room) {
  if (!(length > 0)) return [0];
  const least = length / Math.max(1, room);
  const magnitude = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((factor) => factor * magnitude).find((step) => step >= least) ?? least;
  const result = [];
  for (let at = 0; at <= length && result.length < 50; at += step) result.push(at);
  return result;
}
