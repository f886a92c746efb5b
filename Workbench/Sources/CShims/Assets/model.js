// The spans of a session as a tree. Pure: creates no elements.

export const keyOf = (trace, span) => `${trace}-${span}`;

/** Converts a line of the server's response to a span for the waterfall. Times are in microseconds since 1970. */
export function spanOf(row) {
  const known = ["model", "tool", "chain", "session"].includes(row.type);
  return {
    ...row,
    key: keyOf(row.trace, row.span),
    type: known ? row.type : "span",
    end: row.start + row.duration / 1_000,
    children: [],
    above: null,
    footing: "root",
  };
}

/**
 * Builds the trees of spans.
 *
 * A span without a parent in the session is a root: it has no parent id, its parent has not arrived (an orphan), or
 * it is part of a cycle of parent ids, which only a faulty sender produces (a circle).
 */
export function treeOf(spans) {
  const byKey = new Map(spans.map((span) => [span.key, span]));
  const tops = [];
  for (const span of spans) {
    span.children = [];
    span.above = null;
  }
  for (const span of spans) {
    const parent = span.parent ? byKey.get(keyOf(span.trace, span.parent)) : undefined;
    if (parent && parent !== span) {
      span.above = parent;
      span.footing = "child";
      parent.children.push(span);
    } else {
      span.footing = parent === span ? "circle" : span.parent ? "orphan" : "root";
      tops.push(span);
    }
  }
  breakCircles(spans, tops);
  const inOrder = (left, right) => left.start - right.start || left.end - right.end || (left.key < right.key ? -1 : 1);
  tops.sort(inOrder);
  for (const span of spans) span.children.sort(inOrder);
  return { byKey, tops };
}

function breakCircles(spans, tops) {
  const reached = new Set();
  const reach = (span) => {
    const open = [span];
    while (open.length > 0) {
      const next = open.pop();
      if (reached.has(next)) continue;
      reached.add(next);
      for (const child of next.children) open.push(child);
    }
  };
  tops.forEach(reach);
  for (const span of spans) {
    if (reached.has(span)) continue;
    let top = span;
    const seen = new Set();
    while (!seen.has(top) && top.above) {
      seen.add(top);
      top = top.above;
    }
    top.above.children = top.above.children.filter((child) => child !== top);
    top.above = null;
    top.footing = "circle";
    tops.push(top);
    reach(top);
  }
}

/** The visible lines: every span whose ancestors are all expanded, each with its level; of `kept` only, if it is given. */
export function linesOf(tops, closed, kept = null) {
  const lines = [];
  const open = tops.map((span) => ({ span, level: 1 })).reverse();
  while (open.length > 0) {
    const line = open.pop();
    if (kept !== null && !kept.has(line.span.key)) continue;
    lines.push(line);
    if (closed.has(line.span.key)) continue;
    const { children } = line.span;
    for (let place = children.length - 1; place >= 0; place -= 1) {
      open.push({ span: children[place], level: line.level + 1 });
    }
  }
  return lines;
}

/** The longest time from an invocation's end to its delivery that is regarded as a flush, in microseconds. */
const FLUSH_LIMIT = 5_000_000;

/**
 * The gaps of a span's line, in microseconds: the time from a caller in another service (for the first invocation of
 * a process including its start), and the flush, during which a function withholds its response.
 */
export function gapsOf(span) {
  const gaps = [];
  const caller = span.above;
  if (caller && caller.service !== span.service && span.start > caller.start) {
    gaps.push({ kind: span.cold ? "init" : "network", from: caller.start, to: span.start });
  }
  const delivery = span.received - span.end;
  if (span.cold !== null && !span.unfinished && delivery > 0 && delivery < FLUSH_LIMIT) {
    gaps.push({ kind: "flush", from: span.end, to: span.received });
  }
  return gaps;
}

/** The distance from the middle span beyond which a time cannot be of the same session, in microseconds: 30 days. */
const CLOCK_LIMIT = 30 * 86_400e6;

/** Marks the spans whose clock is wrong: far away from the span in the middle, which a single wrong clock does not move. */
export function markClocks(spans) {
  const starts = spans.map((span) => span.start).filter((start) => start > 0).sort((one, other) => one - other);
  const middle = starts[Math.floor((starts.length - 1) / 2)] ?? 0;
  for (const span of spans) {
    span.isFar = span.start > 0 && Math.abs(span.start - middle) > CLOCK_LIMIT;
    const parent = span.above;
    const isElsewhere = parent !== null && !parent.isFar && parent.service !== span.service;
    span.isBefore = isElsewhere && !span.isFar && span.start > 0 && span.start < parent.start;
  }
}

/** The time from the first start to the last end, in microseconds; a start of 0 is unknown, a wrong clock left out. */
export function extentOf(spans) {
  let from = Infinity;
  let to = -Infinity;
  for (const span of spans) {
    if (span.start <= 0 || span.isFar) continue;
    from = Math.min(from, span.start);
    to = Math.max(to, span.end, span.start);
    for (const gap of gapsOf(span)) to = Math.max(to, gap.to);
  }
  return to >= from ? { from, to: Math.max(to, from + 0.001) } : { from: 0, to: 1 };
}

/** True for a root that belongs to the session only by its session id, not to the trace that began the session. */
export function isSibling(span, tops) {
  return span.footing === "root" && tops.length > 1 && span.trace !== tops[0].trace;
}
