import type { StoreWrite } from "@perdure/persistence";
import { sampleBatch } from "./sample-batch.js";

/** Words that make text compress as prose does, in an order that no seed repeats. */
const WORDS =
  "the model reads this answer and asks a tool for more facts about weather trains prices " +
  "customers invoices reports of last year before it writes its plan in several steps";

/** Text of about `length` characters; the same for the same seed. */
export function prose(seed: number, length: number): string {
  const words = WORDS.split(" ");
  let state = seed;
  let text = "";
  while (text.length < length) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    text += `${words[(state >>> 16) % words.length]}${state % 11 === 0 ? `-${state}` : ""} `;
  }
  return text;
}

/**
 * What an agent's run writes that calls its model `callCount` times, each time with the whole
 * conversation, which grows by `turnBytes` from `firstBytes` on: a batch for each call.
 */
export function* agentBatches(options: {
  readonly runNo: number;
  readonly callCount: number;
  readonly firstBytes: number;
  readonly turnBytes: number;
}): Generator<readonly StoreWrite[]> {
  const { runNo } = options;
  yield sampleBatch(runNo, 0);
  const messages = [{ role: "system", content: prose(1, options.firstBytes) }];
  for (let call = 1; call <= options.callCount; call++) {
    messages.push({ role: "user", content: prose(runNo * 1_000 + call, options.turnBytes) });
    const head = `event ${call} of run ${runNo}, at ${1_700_000_000_000 + call * 977}: `;
    const events = Buffer.from(head + JSON.stringify({ model: "large", messages, call }));
    const delta = new Uint8Array(20);
    const entry = { runNo, seq: call, firstEventId: call, eventCount: 1, events, delta };
    yield [{ kind: "appendLog", entry }];
  }
}
