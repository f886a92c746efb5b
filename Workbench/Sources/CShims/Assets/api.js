// Client of the server's JSON API.

/** Reviver for JSON.parse that keeps integers exact when they are too large for a JavaScript number. */
function exact(_, value, context) {
  const isInexact = typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
  return isInexact && /^-?\d+$/.test(context?.source ?? "") ? BigInt(context.source) : value;
}

/** The server's message in a response that is an error; the Invoke API spells its name in two ways. */
function messageOf(response, text) {
  try {
    const { message, Message } = JSON.parse(text);
    return message ?? Message ?? `the server answered with ${response.status}`;
  } catch {
    // Not a response of these APIs: the status is the only information.
    return `the server answered with ${response.status}`;
  }
}

async function get(path, reviver, method = "GET") {
  const response = await fetch(path, { method, headers: { Accept: "application/json" } });
  const text = await response.text();
  if (!response.ok) throw Object.assign(new Error(messageOf(response, text)), { status: response.status });
  return JSON.parse(text, reviver);
}

export function sessions({ search, service, errors, since, more, order, isAscending, limit, offset }) {
  const query = new URLSearchParams({ sort: order, limit: String(limit), offset: String(offset) });
  if (isAscending) query.set("ascending", "1");
  for (const name of ["user", "tag", "attribute", "error"]) if (more[name]) query.set(name, more[name]);
  const longer = Number(more.longer);
  if (longer > 0) query.set("longer", String(Math.round(longer * 1e6)));
  if (search) query.set("search", search);
  if (service) query.set("function", service);
  if (errors) query.set("errors", "1");
  if (since) query.set("since", String(BigInt(Math.floor(since)) * 1_000_000n));
  // A plus means a space only in form encoding.
  return get(`/api/sessions?${String(query).replaceAll("+", "%20")}`);
}

export async function session(id, after) {
  const answer = await get(`/api/sessions/${encodeURIComponent(id)}${after ? `?after=${after}` : ""}`);
  const { columns } = answer;
  answer.rows = answer.rows.map((values) => Object.fromEntries(columns.map((name, place) => [name, values[place]])));
  return answer;
}

/** The keys of the spans of a session that have a text anywhere in their content. */
export async function matching(id, text) {
  const query = `text=${encodeURIComponent(text)}`;
  return (await get(`/api/sessions/${encodeURIComponent(id)}/search?${query}`)).spans;
}

/** Removes a session with everything that belongs to it. */
export function remove(id) {
  return get(`/api/sessions/${encodeURIComponent(id)}`, undefined, "DELETE");
}

/** The runs of experiments, the latest first. */
export async function runs() {
  return (await get("/v1/runs?limit=200")).evaluations;
}

export function runResult(id) {
  return get(`/v1/runs/${encodeURIComponent(id)}/result`);
}

export function comparison(after, before) {
  return get(`/v1/runs/${encodeURIComponent(after)}/compare-with/${encodeURIComponent(before)}`);
}

/** The latest invocations that `dev` has served. */
export async function invocations() {
  return (await get("/api/invocations")).invocations;
}

export function invocation(id) {
  return get(`/api/invocations/${encodeURIComponent(id)}`);
}

/** Parses JSON; integers beyond JavaScript's numbers stay exact. */
export function parsed(text) {
  return JSON.parse(text, exact);
}

/** The time until an invocation's content is stored, in milliseconds: its log is awaited. */
const STORED_WITHIN = 5_000;

/**
 * Invokes the function of an invocation again with an event, and its client context and tenant id; resolves to the
 * request id once the new invocation is stored.
 */
export async function invoke({ function: name, clientContext, tenantId }, event) {
  const headers = { "Content-Type": "application/json" };
  if (clientContext !== null) headers["X-Amz-Client-Context"] = btoa(String.fromCharCode(...new TextEncoder().encode(clientContext)));
  if (tenantId) headers["X-Amz-Tenant-Id"] = tenantId;
  const path = `/2015-03-31/functions/${encodeURIComponent(name)}/invocations`;
  const response = await fetch(path, { method: "POST", headers, body: event });
  const text = await response.text();
  const id = response.headers.get("x-amzn-requestid");
  if (!response.ok || id === null) throw new Error(messageOf(response, text));
  const end = Date.now() + STORED_WITHIN;
  while (!(await invocations()).some(({ requestId }) => requestId === id)) {
    if (Date.now() > end) throw new Error(`the invocation ${id} was not recorded`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return id;
}

export function span(trace, span) {
  return get(`/api/spans/${trace}/${span}`, exact);
}

/** Calls back at every change while the page is visible; a hidden page closes its connection. */
export function onChange(callback, onState) {
  let source = null;
  const close = () => {
    source?.close();
    source = null;
  };
  const open = () => {
    if (source !== null || document.hidden) return;
    source = new EventSource("/api/changes");
    source.addEventListener("change", callback);
    source.addEventListener("open", () => onState(true));
    source.addEventListener("error", () => onState(false));
  };
  const turn = () => (document.hidden ? close() : open());
  document.addEventListener("visibilitychange", turn);
  open();
  return () => {
    document.removeEventListener("visibilitychange", turn);
    close();
  };
}
