import { describe } from "node:test";
import { commitContract } from "./commit-contract.js";
import { lifeContract } from "./life-contract.js";
import { logContract } from "./log-contract.js";
import { namespaceContract } from "./namespace-contract.js";
import { type StoreContractOptions, withStore } from "./opened-store.js";
import { payloadContract } from "./payload-contract.js";
import { runContract } from "./run-contract.js";
import { taskContract } from "./task-contract.js";
import { visibilityAttributeContract } from "./visibility-attribute-contract.js";
import { visibilityFilterContract } from "./visibility-filter-contract.js";
import { visibilityPageContract } from "./visibility-page-contract.js";

export type { OpenedStore, StoreContractOptions } from "./opened-store.js";

/** Registers with `node:test` what every implementation of `Store` must pass. */
export function storeContract(name: string, options: StoreContractOptions): void {
  describe(`${name} keeps the contract of a store`, () => {
    const test = withStore(options);
    commitContract(test);
    runContract(test);
    logContract(test);
    payloadContract(test);
    taskContract(test);
    visibilityFilterContract(test);
    visibilityPageContract(test);
    visibilityAttributeContract(test);
    lifeContract(test);
    namespaceContract(test);
  });
}
