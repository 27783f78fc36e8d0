// The other end of transfer.mjs: takes a batch apart down to its values, and answers.
import { parentPort, workerData } from "node:worker_threads";
import { DRIVERS } from "./drivers.mjs";
import { unpackRows } from "./packed-rows.mjs";

const db = DRIVERS["better-sqlite3"](workerData.file);
const getRun = db.prepare(`SELECT * FROM run
  WHERE namespace_id = '0b6e2a52-6a6c-4d26-9c0e-0f6ef1c6a001' AND business_id = ?`);
const signals = new Int32Array(workerData.shared, 0, 2);
const sharedBytes = new Uint8Array(workerData.shared, 8);
let touched = 0;

parentPort.on("message", (message) => {
  switch (message.kind) {
    case "echo":
      return parentPort.postMessage(0);
    case "clone":
      for (const rows of Object.values(message.rows)) for (const row of rows) touched += row.length;
      return parentPort.postMessage(touched);
    case "packed":
      unpackRows(message.packed, touch);
      return parentPort.postMessage(touched);
    case "get":
      return parentPort.postMessage(getRun.get([message.id]));
    case "shared":
      parentPort.postMessage(0);
      return message.isOn ? serveShared() : undefined;
  }
});

function touch(_kind, row) {
  touched += row.length;
}

/** Serves the rounds of the shared-memory case: odd counts are requests, even ones answers. */
function serveShared() {
  const rounds = 3500;
  const first = Atomics.load(signals, 0);
  for (let i = 0; i < rounds; i++) {
    const at = first + i * 2;
    while (Atomics.load(signals, 0) === at) Atomics.wait(signals, 0, at);
    unpackRows(sharedBytes.subarray(0, Atomics.load(signals, 1)), touch);
    Atomics.add(signals, 0, 1);
    Atomics.notify(signals, 0);
  }
}
