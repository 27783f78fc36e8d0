import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seededRandom } from "@perdure/kernel";
import { Status } from "@perdure/proto/google/rpc";
import { apiSchema } from "@perdure/proto/schema";
import { Payload, Payloads } from "@perdure/proto/temporal/api/common/v1";
import { HistoryEvent } from "@perdure/proto/temporal/api/history/v1";
import { OperatorService } from "@perdure/proto/temporal/api/operatorservice/v1";
import { WorkflowService } from "@perdure/proto/temporal/api/workflowservice/v1";
import { randomRecord } from "../testing/random-record.js";
import { decodeMessage } from "./decode-message.js";
import { encodeMessage } from "./encode-message.js";
import { parseJson } from "./parse-json.js";

const WHOLE = { schema: apiSchema, hasShorthand: false };
const SHORT = { schema: apiSchema, hasShorthand: true };

describe("encodeMessage()", () => {
  it("writes what decodeMessage() reads to the same bytes, for all requests and responses", () => {
    const random = seededRandom(7);
    const methods = [WorkflowService, OperatorService].flatMap(({ methods: all }) =>
      Object.values(all),
    );
    for (const type of methods.flatMap(({ request, response }) => [request, response])) {
      const codec = type as {
        typeName: string;
        encode(m: object): Uint8Array;
        decode(b: Uint8Array): object;
      };
      const bytes = codec.encode(randomRecord(type.typeName, random.next));
      const json = JSON.stringify(encodeMessage(codec.decode(bytes), type.typeName, WHOLE));
      const parsed = parseJson(json);
      assert.ok(parsed);
      const again = codec.encode(decodeMessage(parsed, type.typeName, WHOLE));
      assert.deepEqual(codec.decode(again), codec.decode(bytes), `${type.typeName} ${json}`);
    }
  });

  it("leaves out defaults, writes wide integers as strings, times as texts, enums by name", () => {
    const event = HistoryEvent.decode(
      HistoryEvent.encode({
        eventId: 5n,
        eventTime: { seconds: 1_700_000_000n, nanos: 10_000_000 },
        eventType: 1,
        attributes: {
          kind: "workflowExecutionStartedEventAttributes",
          value: { attempt: 1, workflowRunTimeout: { seconds: 0n, nanos: -5 } },
        },
      }),
    );
    assert.deepEqual(encodeMessage(event, HistoryEvent.typeName, SHORT), {
      eventId: "5",
      eventTime: "2023-11-14T22:13:20.010Z",
      eventType: "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED",
      workflowExecutionStartedEventAttributes: {
        attempt: 1,
        workflowRunTimeout: "-0.000000005s",
      },
    });
  });

  it("writes the number of an enum value that it does not know", () => {
    const event = HistoryEvent.decode(HistoryEvent.encode({ eventType: 9999 as 1 }));
    assert.deepEqual(encodeMessage(event, HistoryEvent.typeName, SHORT), { eventType: 9999 });
  });

  const times: readonly (readonly [bigint, number, string])[] = [
    [-1n, 500_000_000, "1969-12-31T23:59:59.500Z"],
    [0n, -1, "1969-12-31T23:59:59.999999999Z"],
    [2n ** 62n, 0, "9999-12-31T23:59:59.999999999Z"],
    [-(2n ** 62n), 0, "0001-01-01T00:00:00Z"],
  ];
  for (const [seconds, nanos, expected] of times) {
    it(`writes the time ${seconds}, ${nanos} as the nearest that JSON can tell`, () => {
      const event = HistoryEvent.decode(HistoryEvent.encode({ eventTime: { seconds, nanos } }));
      const encoded = encodeMessage(event, HistoryEvent.typeName, SHORT);
      assert.deepEqual(encoded, { eventTime: expected });
    });
  }

  it("writes a message of a type that it does not know as bytes", () => {
    const status = Status.decode(
      Status.encode({ details: [{ typeUrl: "a/b", value: Uint8Array.of(1) }] }),
    );
    assert.deepEqual(encodeMessage(status, Status.typeName, SHORT), {
      details: [{ "@type": "a/b", value: "AQ==" }],
    });
  });
});

describe("encodeMessage() of payloads", () => {
  const payload = (metadata: Readonly<Record<string, string>>, data = ""): Payload => {
    const entries = Object.entries(metadata).map(
      ([key, value]) => [key, Buffer.from(value)] as const,
    );
    return Payload.decode(Payload.encode({ metadata: new Map(entries), data: Buffer.from(data) }));
  };
  const shown = (one: Payload, options = SHORT): unknown =>
    encodeMessage(one, Payload.typeName, options);
  const base64 = (text: string): string => Buffer.from(text).toString("base64");

  it("writes JSON as it is", () => {
    assert.deepEqual(shown(payload({ encoding: "json/plain" }, '{"a":[1,"x"]}')), { a: [1, "x"] });
    const message = payload({ encoding: "json/protobuf", messageType: "a.B" }, '{"a":1}');
    assert.deepEqual(shown(message), { a: 1, _protoMessageType: "a.B" });
  });

  const whole: readonly (readonly [string, Payload, object])[] = [
    [
      "no value",
      payload({ encoding: "binary/null" }),
      { metadata: { encoding: base64("binary/null") } },
    ],
    [
      "further metadata",
      payload({ encoding: "json/plain", a: "b" }, "1"),
      { metadata: { a: base64("b"), encoding: base64("json/plain") }, data: base64("1") },
    ],
    [
      "what is no JSON",
      payload({ encoding: "json/plain" }, "{"),
      { metadata: { encoding: base64("json/plain") }, data: base64("{") },
    ],
    [
      "another encoding",
      payload({ encoding: "binary/plain" }, "1"),
      { metadata: { encoding: base64("binary/plain") }, data: base64("1") },
    ],
  ];
  for (const [what, one, expected] of whole) {
    it(`writes ${what} as a whole payload`, () => assert.deepEqual(shown(one), expected));
  }

  it("writes an array when all have a shorthand, else the message with those that have", () => {
    const plain = payload({ encoding: "json/plain" }, "1");
    const binary = payload({ encoding: "binary/plain" });
    const list = (...payloads: readonly Payload[]): unknown =>
      encodeMessage(Payloads.decode(Payloads.encode({ payloads })), Payloads.typeName, SHORT);
    assert.deepEqual(list(plain, plain), [1, 1]);
    assert.deepEqual(list(plain, binary), {
      payloads: [1, { metadata: { encoding: base64("binary/plain") } }],
    });
  });

  it("writes whole payloads when they are asked for", () => {
    assert.deepEqual(shown(payload({ encoding: "json/plain" }, "1"), WHOLE), {
      metadata: { encoding: base64("json/plain") },
      data: base64("1"),
    });
  });
});
