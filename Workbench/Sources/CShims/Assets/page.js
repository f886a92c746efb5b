// The base of the pages that load their whole content again at each change.

import { textOf } from "./fields.js";

/** A page that loads its whole content at each change, and shows it when it differs from what is shown. */
export class LoadedPage {
  #shown = null;
  #shownNumber = 0;
  #number = 0;
  #isStopped = false;

  /** Whether another page has replaced this one. */
  get isStopped() {
    return this.#isStopped;
  }

  stop() {
    this.#isStopped = true;
  }

  start() {}
  goTo() {}

  /** Handles a key that no other part of the page has handled. */
  key() {
    return false;
  }

  async refresh() {
    this.#number += 1;
    const number = this.#number;
    const content = await this.load();
    // The response to a later request may have come first.
    if (this.#isStopped || number < this.#shownNumber) return;
    this.#shownNumber = number;
    document.title = `${this.titleOf(content)} · TracedLambda`;
    const text = textOf(content);
    if (text === this.#shown) return;
    this.#shown = text;
    this.show(content);
  }
}
