import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { applicationFailure, command, completeWorkflow } from "../commands.js";
import { type Scenario, type ScenarioDefinition, scenario, type WorkflowRef } from "../scenario.js";
import { terminate } from "../scripts.js";
import { type Plain, type PlainObject, pick, pickText } from "../wire/plain.js";

/** How a receiver of callbacks answers. */
interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Takes callbacks over HTTP, answers each as the script says, and remembers them. */
class Receiver {
  readonly seen: string[][] = [];
  readonly #answers: Answer[];
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const header = (name: string): string => String(request.headers[name] ?? "");
      this.seen.push([
        `${request.method ?? ""} ${request.url ?? ""}`,
        ...SHOWN.map((name) => `${name}: ${header(name)}`),
        ...PRESENT.map((name) => `${name} is ${header(name) === "" ? "absent" : "there"}`),
        Buffer.concat(chunks).toString(),
      ]);
      const { status, headers = {}, body = "" } = this.#answers.shift() ?? { status: 200 };
      response.writeHead(status, headers);
      response.end(body);
    });
  });

  constructor(answers: readonly Answer[]) {
    this.#answers = [...answers];
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

const SHOWN = ["content-type", "nexus-operation-state", "x-key"];
const PRESENT = ["nexus-operation-start-time", "nexus-operation-close-time", "nexus-link"];

/** Starts a workflow with a callback, ends it, and shows what became of the callback. */
async function deliver(
  s: Scenario,
  how: { readonly label: string; readonly answers: readonly Answer[] },
  end: (queue: string, run: WorkflowRef) => Promise<unknown>,
): Promise<void> {
  const receiver = new Receiver(how.answers);
  const base = await receiver.listen();
  s.mask(base, "receiver");
  try {
    const queue = s.name("queue");
    const completionCallbacks = [{ nexus: { url: `${base}/done`, header: { "X-Key": "v" } } }];
    const run = await s.start({ taskQueue: { name: queue }, completionCallbacks });
    await end(queue, run);
    await s.callUntil("DescribeWorkflowExecution", { execution: { ...run } }, (response) =>
      isOver(pick(response, "callbacks.0"), how.answers.length || 1),
    );
    for (const lines of receiver.seen) s.note(how.label, lines);
  } finally {
    receiver.close();
  }
}

function isOver(callback: Plain | undefined, attempts: number): boolean {
  return Number(pick(callback, "attempt") ?? 0) >= attempts && pickText(callback, "state") !== "";
}

function callbackScenario(name: string, run: (s: Scenario) => Promise<void>): ScenarioDefinition {
  return scenario(`callbacks-${name}`, run, { setup: "callbacks" });
}

const DETAILS: PlainObject = { details: { payloads: [] } };

export const nexusCallbackScenarios = [
  callbackScenario("of-all-endings", async (s) => {
    const once = { answers: [] };
    await deliver(s, { ...once, label: "completed" }, (queue) =>
      s.runWorkflowTask(queue, [completeWorkflow("result")]),
    );
    await deliver(s, { ...once, label: "completed with nothing" }, (queue) =>
      s.runWorkflowTask(queue, [completeWorkflow()]),
    );
    await deliver(s, { ...once, label: "failed" }, (queue) =>
      s.runWorkflowTask(queue, [
        command("FAIL_WORKFLOW_EXECUTION", { failure: applicationFailure("broken") }),
      ]),
    );
    await deliver(s, { ...once, label: "canceled" }, (queue) =>
      s.runWorkflowTask(queue, [command("CANCEL_WORKFLOW_EXECUTION", DETAILS)]),
    );
    await deliver(s, { ...once, label: "terminated" }, (_queue, run) => terminate(s, run));
  }),

  callbackScenario("retried", async (s) => {
    const json = { "content-type": "application/json" };
    const answers = [{ status: 500, headers: json, body: '{"message":"try later"}' }];
    await deliver(s, { label: "once more", answers }, (queue) =>
      s.runWorkflowTask(queue, [completeWorkflow()]),
    );
  }),

  callbackScenario("refused", async (s) => {
    const json = { "content-type": "application/json" };
    const refusals: readonly Answer[] = [
      { status: 400 },
      { status: 404, headers: json, body: '{"message":"unknown"}' },
      { status: 409, body: "text" },
      { status: 418 },
    ];
    for (const answer of refusals) {
      const label = `status ${answer.status}`;
      await deliver(s, { label, answers: [answer] }, (queue) =>
        s.runWorkflowTask(queue, [completeWorkflow()]),
      );
    }
  }),
];
