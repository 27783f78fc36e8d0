import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeContract } from "@perdure/persistence/contract";
import { openSqliteStore } from "./sqlite-store.js";
import { checkChunks } from "./testing/check-chunks.js";

storeContract("SqliteStore", {
  open: async () => {
    const folder = await mkdtemp(join(tmpdir(), "perdure-sqlite-"));
    const path = join(folder, "store.db");
    let store = await openSqliteStore({ path });
    return {
      store,
      reopen: async () => {
        await store.close();
        store = await openSqliteStore({ path });
        return store;
      },
      dispose: async () => {
        await store.close();
        checkChunks(path);
        await rm(folder, { recursive: true });
      },
    };
  },
});
