// A workflow with one activity: run it with a server on 127.0.0.1:7233.
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { Client, Connection } from "@temporalio/client";
import { NativeConnection, Worker } from "@temporalio/worker";
import * as activities from "./activities";
import type { hello } from "./workflows";

const address = process.env.TEMPORAL_ADDRESS ?? "127.0.0.1:7233";
const taskQueue = "hello-typescript";
const workerConnection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection: workerConnection,
  taskQueue,
  workflowsPath: fileURLToPath(new URL("./workflows.ts", import.meta.url)),
  activities,
});

const clientConnection = await Connection.connect({ address });
const client = new Client({ connection: clientConnection });
const result = await worker.runUntil(
  client.workflow.execute<typeof hello>("hello", {
    taskQueue,
    workflowId: `hello-${randomUUID()}`,
    args: ["World"],
  }),
);
console.log(result);
await clientConnection.close();
await workerConnection.close();
