import type { Store } from "../store.js";

/** A store under test. */
export interface OpenedStore {
  readonly store: Store;
  /** Closes the store that is open and opens another over the same data. */
  reopen(): Promise<Store>;
  /** Closes the store that is open, unless it is closed, and deletes its data. */
  dispose(): Promise<void>;
}

/** How the contract suite gets at stores. */
export interface StoreContractOptions {
  /** Opens a new, empty store. */
  open(): Promise<OpenedStore>;
}

/** Runs `body` on a store of its own. */
export type WithStore = (body: (opened: OpenedStore) => Promise<void>) => () => Promise<void>;

/** Makes test bodies that open a store and dispose of it. */
export function withStore(options: StoreContractOptions): WithStore {
  return (body) => async () => {
    const opened = await options.open();
    try {
      await body(opened);
    } finally {
      await opened.dispose();
    }
  };
}
