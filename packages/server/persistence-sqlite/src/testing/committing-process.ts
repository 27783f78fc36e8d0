import { openSqliteStore } from "../sqlite-store.js";
import { entryBytes, sampleBatch } from "./sample-batch.js";

/**
 * A process that commits one batch after another until it is killed, and prints the run number of
 * each batch once the store has acknowledged it.
 *
 * Usage: node committing-process.js PATH FIRST_RUN_NO
 */
const [path = "", firstRunNo = "1"] = process.argv.slice(2);
const store = await openSqliteStore({ path });
for (let runNo = Number(firstRunNo); ; runNo++) {
  await store.commit(sampleBatch(runNo, 1 + (runNo % 20), entryBytes(runNo)));
  process.stdout.write(`${runNo}\n`);
}
