// The drivers behind one small face: open(file) gives { exec, prepare, close }, a prepared
// statement has run(values) and get(values) with the values in an array.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Drivers by name; `open` throws where the driver is missing or does not run on this Node.js. */
export const DRIVERS = {
  "better-sqlite3": (file) => fromBetter(new (require("better-sqlite3"))(file)),
  libsql: (file) => fromBetter(new (require("libsql"))(file)),
  "node:sqlite": openBuiltin,
  "node-sqlite3-wasm": openWasm,
};

function fromBetter(db) {
  return {
    exec: (sql) => db.exec(sql),
    prepare(sql) {
      const statement = db.prepare(sql);
      // Spread arguments are quicker than an array here, and both are allowed.
      return {
        run: (values) => statement.run(...values),
        get: (values) => statement.get(...values),
      };
    },
    close: () => db.close(),
  };
}

function openBuiltin(file) {
  const { DatabaseSync } = require("node:sqlite");
  return fromBetter(new DatabaseSync(file));
}

function openWasm(file) {
  const { Database } = require("node-sqlite3-wasm");
  const db = new Database(file);
  return {
    exec: (sql) => db.exec(sql),
    prepare(sql) {
      const statement = db.prepare(sql);
      return { run: (values) => statement.run(values), get: (values) => statement.get(values) };
    },
    close: () => db.close(),
  };
}
