// Routing, and the header and keyboard shortcuts that all pages share.

import { onChange } from "./api.js";
import { h, icon, replace } from "./dom.js";
import { ComparePage } from "./compare-page.js";
import { InvocationPage, InvocationsPage } from "./invocations-page.js";
import { RunsPage } from "./runs-page.js";
import { SessionPage } from "./session-page.js";
import { SessionsPage } from "./sessions-page.js";

const main = document.getElementById("main");
const live = document.getElementById("live");
const crumbs = document.getElementById("crumbs");
const shortcuts = document.getElementById("shortcuts");
const themeButton = document.getElementById("theme");
let page = null;
let failures = 0;

/** The id in a path, such as that of a session in `/sessions/ID`; null if it is another page. */
function idIn(path, name) {
  const match = new RegExp(`^/${name}/([^/]+)$`).exec(path);
  try {
    return match ? decodeURIComponent(match[1]) : null;
  } catch {
    // A malformed escape: the raw name matches nothing, and the page reports that.
    return match[1];
  }
}

/** The list of sessions that was shown last: its address, and how far it was scrolled. */
const list = { address: "/", place: 0 };

main.addEventListener("scroll", () => {
  if (page instanceof SessionsPage && page.address === list.address) list.place = main.scrollTop;
}, { passive: true });

function route() {
  page?.stop();
  const { place } = list;
  const id = idIn(location.pathname, "sessions");
  page = pageOf(location.pathname, id);
  page.onOpen = (address) => {
    history.pushState(null, "", address);
    route();
  };
  page.onRemoved = () => {
    history.pushState(null, "", list.address);
    route();
  };
  document.body.classList.toggle("is-session", id !== null);
  replace(crumbs, id !== null ? [h("a", { href: list.address }, "Sessions"), h("span", { "aria-hidden": "true" }, "/"),
    h("code", {}, id.slice(0, 64))] : null);
  replace(main, page.element);
  refresh().then((isThere) => {
    if (!isThere) return;
    page.start();
    page.goTo(location.hash.slice(1));
    if (!(page instanceof SessionsPage)) return;
    main.scrollTop = page.address === list.address ? place : 0;
    list.address = page.address;
    page.onAddress = (address) => {
      list.address = address;
    };
  });
}

function pageOf(path, sessionID) {
  if (sessionID !== null) return new SessionPage(sessionID);
  const invocationID = idIn(path, "invocations");
  if (invocationID !== null) return new InvocationPage(invocationID);
  switch (path) {
    case "/compare": return new ComparePage();
    case "/runs": return new RunsPage();
    case "/invocations": return new InvocationsPage();
    default: return new SessionsPage();
  }
}

/** Shows the state of the connection and of the data behind it; "Live" only when both are well. */
const state = { isConnected: null, isReadable: true };

function showState(change) {
  Object.assign(state, change);
  if (state.isConnected === null) return;
  const isLive = state.isConnected && state.isReadable;
  live.classList.toggle("on", isLive);
  replace(live, h("span", { class: "dot" }), !state.isConnected ? "Offline" : isLive ? "Live" : "Unreadable");
}

async function refresh() {
  const asking = page;
  try {
    await asking.refresh();
    failures = 0;
    showState({ isReadable: true });
    return asking === page;
  } catch (error) {
    if (asking !== page) return false;
    failures += 1;
    if (error.status !== 404) showState({ isReadable: false });
    if (error.status === 404 || failures === 1) {
      replace(main, h("div", { class: "welcome" }, h("h1", {}, "Nothing to show"), h("p", {}, error.message),
        h("p", {}, h("a", { href: "/" }, "All sessions"))));
      // The data may still arrive: the next change triggers another request.
      page.element.remove();
    }
    return false;
  }
}

onChange(async () => {
  const isBack = !page.element.isConnected;
  if ((await refresh()) && isBack) {
    replace(main, page.element);
    page.start();
    page.goTo(location.hash.slice(1));
  }
}, (isConnected) => showState({ isConnected }));

// Links within the viewer change the page without a reload.
document.addEventListener("click", (event) => {
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (event.defaultPrevented || !isPlain) return;
  const link = event.target.closest?.("a[href]");
  if (!link || link.hasAttribute("download") || link.origin !== location.origin || link.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  route();
});
addEventListener("popstate", route);

// MARK: Theme

const dark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";

function showTheme() {
  const label = isDark() ? "Light colours" : "Dark colours";
  themeButton.setAttribute("aria-label", label);
  themeButton.title = `${label} (t)`;
  replace(themeButton, icon(isDark() ? "sun" : "moon"));
}

function turnTheme() {
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // Without storage the choice lasts until the page is closed.
  }
  showTheme();
}

themeButton.addEventListener("click", turnTheme);
dark.addEventListener("change", showTheme);
document.getElementById("help").addEventListener("click", () => shortcuts.showModal());
showTheme();

// MARK: Keys

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || shortcuts.open) return;
  const isTyping = event.target.matches?.("input, select, textarea");
  if (isTyping) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  // A button or a link handles this key itself.
  if (event.key === "Enter" && event.target.matches?.("a, button, summary")) return;
  if (keys(event)) event.preventDefault();
});

function keys(event) {
  switch (event.key) {
    case "/":
      main.querySelector("[data-search]")?.focus();
      return true;
    case "t":
      turnTheme();
      return true;
    case "?":
      shortcuts.showModal();
      return true;
    default: {
      const taken = page.key(event);
      if (taken !== "back") return taken;
      history.pushState(null, "", list.address);
      route();
      return true;
    }
  }
}

route();
