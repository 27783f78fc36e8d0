import type { Dispatch, PollerInfo } from "./contract.js";

/** A poll that waits for a task. It ends once: with a task, or with none. */
export class WaitingPoller {
  readonly info: PollerInfo;
  readonly result: Promise<Dispatch | undefined>;
  #resolve: (dispatch: Dispatch | undefined) => void = () => undefined;
  #isEnded = false;

  constructor(info: PollerInfo) {
    this.info = info;
    this.result = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Ends the poll; without effect when it has ended. */
  end(dispatch: Dispatch | undefined): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#resolve(dispatch);
  }
}
