/** Hands out the numbers that are unique in a store, for all kinds of entities. */
export class StoreNumbers {
  #nextRunNo: number;
  #nextTaskId: number;

  /** @param last - The highest numbers that the store may hold. */
  constructor(last: { readonly lastRunNo: number; readonly lastTaskId: number }) {
    this.#nextRunNo = last.lastRunNo + 1;
    this.#nextTaskId = last.lastTaskId + 1;
  }

  takeRunNo(): number {
    return this.#nextRunNo++;
  }

  takeTaskId(): number {
    return this.#nextTaskId++;
  }
}
