// A session's spans as a tree. Pure: no element is made here.

export const keyOf = (trace, span) => `${trace}-${span}`;

/** A span as the waterfall needs it, of a line of the server's answer. Times are in microseconds since 1970. */
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
 * Puts spans under their parents.
 *
 * What has no parent here stands at the top: as a root, because its parent did not come (an orphan), or because its
 * parents lead back to itself, which only a broken sender does (a circle).
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

/** The lines that are to be seen: every span whose ancestors are all open, each with its level. */
export function linesOf(tops, closed) {
  const lines = [];
  const open = tops.map((span) => ({ span, level: 1 })).reverse();
  while (open.length > 0) {
    const line = open.pop();
    lines.push(line);
    if (closed.has(line.span.key)) continue;
    const { children } = line.span;
    for (let place = children.length - 1; place >= 0; place -= 1) {
      open.push({ span: children[place], level: line.level + 1 });
    }
  }
  return lines;
}

/** The longest time between an invocation's end and its delivery that can be a flush, in microseconds. */
const FLUSH_LIMIT = 5_000_000;

/**
 * What a span's line shows beside its own time, in microseconds: the way from a caller in another service (and, of a
 * process' first invocation, its start), and the flush, for which a function holds its answer back.
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

/** From the first begin to the last end, in microseconds; a begin of 0 is one that nobody told. */
export function extentOf(spans) {
  let from = Infinity;
  let to = -Infinity;
  for (const span of spans) {
    if (span.start <= 0) continue;
    from = Math.min(from, span.start);
    to = Math.max(to, span.end, span.start);
    for (const gap of gapsOf(span)) to = Math.max(to, gap.to);
  }
  return to >= from ? { from, to: Math.max(to, from + 0.001) } : { from: 0, to: 1 };
}

/** Whether a top span is bound to the session by its id alone, and to no span of the trace that began it. */
export function isSibling(span, tops) {
  return span.footing === "root" && tops.length > 1 && span.trace !== tops[0].trace;
}
