export { type OpenedStore, type StoreContractOptions, storeContract } from "./store-contract.js";
