/** Requests of a streaming call, in order, for a handler that iterates over them. */
export class RequestQueue<T> implements AsyncIterable<T> {
  readonly #items: { readonly item: T; readonly bytes: number }[] = [];
  readonly #onTaken: (bytes: number) => void;
  #isEnded = false;
  #wake: (() => void) | undefined;

  /** @param onTaken - Called when the handler takes an item, with the bytes of it. */
  constructor(onTaken: (bytes: number) => void) {
    this.#onTaken = onTaken;
  }

  push(item: T, bytes: number): void {
    this.#items.push({ item, bytes });
    this.#wake?.();
  }

  /** No further request comes. */
  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      for (let next = this.#items.shift(); next !== undefined; next = this.#items.shift()) {
        this.#onTaken(next.bytes);
        yield next.item;
      }
      if (this.#isEnded) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
