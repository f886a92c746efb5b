// Creates all elements of the viewer. Text is added as text nodes: a span's content is never parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";

/** Creates an element: `on…` are listeners, `class` and ARIA are attributes; false and null omit an attribute. */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

/** Shows the characters that would reorder the text around them: bidirectional formatting (UAX #9). */
function visible(text) {
  return text.replace(/[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g,
    (character) => `\\u{${character.codePointAt(0).toString(16)}}`);
}

function append(element, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(element, child);
    else element.append(child instanceof Node ? child : document.createTextNode(visible(String(child))));
  }
}

export function replace(element, ...children) {
  element.textContent = "";
  append(element, children);
  return element;
}

const ICONS = {
  model: "M8 1.5 9.6 6.4 14.5 8 9.6 9.6 8 14.5 6.4 9.6 1.5 8 6.4 6.4Z",
  tool: "M8 1.6 13.6 4.8V11.2L8 14.4 2.4 11.2V4.8ZM8 5.6A2.4 2.4 0 1 0 8 10.4 2.4 2.4 0 1 0 8 5.6Z",
  chain: "M3 2.5H8V6H6.5V9.5H8V8.2H13.5V13.2H8V11H5V6H3Z",
  session: "M2 3.5H14V5.5H2ZM4 7H12V9H4ZM6 10.5H10V12.5H6Z",
  span: "M8 3.5A4.5 4.5 0 1 0 8 12.5 4.5 4.5 0 1 0 8 3.5Z",
  error: "M8 1.5 15 14H1ZM7.2 6V10H8.8V6ZM7.2 11.2V12.7H8.8V11.2Z",
  sun: "M8 5A3 3 0 1 0 8 11 3 3 0 1 0 8 5ZM7.3 1H8.7V3.2H7.3ZM7.3 12.8H8.7V15H7.3ZM1 7.3H3.2V8.7H1Z"
    + "M12.8 7.3H15V8.7H12.8ZM2.6 3.6 3.6 2.6 5.1 4.1 4.1 5.1ZM10.9 11.9 11.9 10.9 13.4 12.4 12.4 13.4ZM2.6 12.4 4.1 10.9 5.1 11.9 3.6 13.4Z"
    + "M10.9 4.1 12.4 2.6 13.4 3.6 11.9 5.1Z",
  moon: "M6.2 1.6A6.6 6.6 0 1 0 14.4 9.8 5.4 5.4 0 0 1 6.2 1.6Z",
  copy: "M5 1.5H13.5V11H11V14.5H2.5V5H5ZM6.4 5H11V9.6H12.1V2.9H6.4Z",
  close: "M3.4 2.3 8 6.9 12.6 2.3 13.7 3.4 9.1 8 13.7 12.6 12.6 13.7 8 9.1 3.4 13.7 2.3 12.6 6.9 8 2.3 3.4Z",
  chevron: "M5.2 2.6 10.8 8 5.2 13.4Z",
};

/** Creates an icon that is hidden from screen readers, because the adjacent text has its meaning. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name] ?? ICONS.span);
  path.setAttribute("fill-rule", "evenodd");
  svg.append(path);
  return svg;
}

/** Creates a button that copies a text. */
export function copyButton(text, what) {
  const label = `Copy ${what}`;
  const button = h("button", { class: "quiet small", type: "button", "aria-label": label, title: label }, icon("copy"));
  button.addEventListener("click", async (event) => {
    event.stopPropagation();
    try {
      await navigator.clipboard.writeText(text);
      button.classList.add("done");
      setTimeout(() => button.classList.remove("done"), 900);
    } catch {
      // Without clipboard permission the text can still be selected.
    }
  });
  return button;
}

/** Asks a question in a dialog; resolves to true when the user confirms. */
export function confirmed(question, action) {
  const cancel = h("button", { class: "cancel", type: "submit", value: "no", autofocus: true }, "Cancel");
  const go = h("button", { class: "danger", type: "submit", value: "yes" }, action);
  const dialog = h("dialog", { class: "question", "aria-label": question },
    h("form", { method: "dialog" }, h("p", {}, question), h("div", { class: "buttons" }, cancel, go)));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    }, { once: true });
  });
}
