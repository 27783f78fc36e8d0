import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidArgumentError } from "@perdure/kernel";
import { apiSchema } from "@perdure/proto/schema";
import { decodeMessage } from "./decode-message.js";
import { parseJson } from "./parse-json.js";

const START = "temporal.api.workflowservice.v1.StartWorkflowExecutionRequest";
const MESSAGE = "temporal.api.protocol.v1.Message";

function decode(text: string, typeName = START, hasShorthand = true): object {
  const parsed = parseJson(text);
  assert.ok(parsed);
  return decodeMessage(parsed, typeName, { schema: apiSchema, hasShorthand });
}

describe("decodeMessage()", () => {
  it("takes fields by either name", () => {
    assert.deepEqual(decode('{"workflowId":"a","request_id":"b"}'), {
      workflowId: "a",
      requestId: "b",
    });
  });

  it("takes enums by name, by short name and by number", () => {
    for (const value of ['"WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE"', '"RejectDuplicate"', "3"]) {
      const decoded = decode(`{"workflowIdReusePolicy":${value}}`);
      assert.deepEqual(decoded, { workflowIdReusePolicy: 3 }, value);
    }
  });

  it("takes numbers also as strings and with exponents, bytes in either alphabet", () => {
    const event = "temporal.api.history.v1.HistoryEvent";
    assert.deepEqual(decode('{"eventId":"9007199254740993","version":1.5e3}', event), {
      eventId: 9007199254740993n,
      version: 1500n,
    });
    const poll = "temporal.api.workflowservice.v1.RecordActivityTaskHeartbeatRequest";
    for (const text of ["-_8=", "+/8=", "-_8", "+/8"]) {
      assert.deepEqual(decode(`{"taskToken":"${text}"}`, poll), {
        taskToken: Uint8Array.of(251, 255),
      });
    }
  });

  it("takes times and masks", () => {
    assert.deepEqual(decode('{"workflowRunTimeout":"-1.5s"}'), {
      workflowRunTimeout: { seconds: -1n, nanos: -500_000_000 },
    });
    const event = "temporal.api.history.v1.HistoryEvent";
    const early = '{"eventTime":"2024-02-29T01:00:00.25+02:00"}';
    assert.deepEqual(decode(early, event), {
      eventTime: { seconds: 1_709_161_200n, nanos: 250_000_000 },
    });
    const update = "temporal.api.workflowservice.v1.UpdateWorkflowExecutionOptionsRequest";
    assert.deepEqual(decode('{"updateMask":"versioningOverride,a.b"}', update), {
      updateMask: { paths: ["versioning_override", "a.b"] },
    });
  });

  it("leaves out fields that are null", () => {
    assert.deepEqual(decode('{"workflowId":null,"workflowType":null}'), {});
  });

  it("takes a oneof, and a message of any type", () => {
    const body = '{"@type":"type.googleapis.com/temporal.api.update.v1.Response","outcome":{}}';
    const { body: any } = decode(`{"eventId":"4","body":${body}}`, MESSAGE) as {
      body: { typeUrl: string; value: Uint8Array };
    };
    assert.equal(any.typeUrl, "type.googleapis.com/temporal.api.update.v1.Response");
    assert.deepEqual(Buffer.from(any.value), Buffer.from([18, 0]));
    assert.deepEqual(decode('{"eventId":"4"}', MESSAGE), {
      sequencingId: { kind: "eventId", value: 4n },
    });
  });

  const illegal: readonly (readonly [string, string, string?])[] = [
    ['{"foo":1}', '(line 1:2): unknown field "foo"'],
    ['{\n  "workflowId": 1}', "(line 2:17): invalid value for string type: 1"],
    ['{"workflowId":"ä","foo":1}', '(line 1:19): unknown field "foo"'],
    ["[]", "syntax error (line 1:1): unexpected token ["],
    ['{"workflowType":5}', "syntax error (line 1:17): unexpected token 5"],
    ['{"links":{}}', "syntax error (line 1:10): unexpected token {"],
    ['{"links":[null]}', "syntax error (line 1:11): unexpected token null"],
    ['{"workflowId":"a","workflow_id":"b"}', '(line 1:19): duplicate field "workflow_id"'],
    ['{"workflowIdReusePolicy":"No"}', '(line 1:26): invalid value for enum type: "No"'],
    ['{"requestEagerExecution":1}', "(line 1:26): invalid value for bool type: 1"],
    ['{"workflowRunTimeout":"1h"}', '(line 1:23): invalid google.protobuf.Duration value "1h"'],
    [
      '{"workflowRunTimeout":"315576000001s"}',
      '(line 1:23): google.protobuf.Duration value out of range: "315576000001s"',
    ],
    [
      '{"eventId":1,"commandIndex":"2"}',
      '(line 1:14): error parsing "commandIndex", oneof temporal.api.protocol.v1.Message.' +
        "sequencing_id is already set",
      MESSAGE,
    ],
    ['{"eventId":1.5}', "(line 1:12): invalid value for int64 type: 1.5", MESSAGE],
    ['{"eventId":1e19}', "(line 1:12): invalid value for int64 type: 1e19", MESSAGE],
    ['{"body":{"a":1}}', '(line 1:9): missing "@type" field', MESSAGE],
    ['{"body":{"@type":"a/b"}}', '(line 1:18): unable to resolve "a/b": "not found"', MESSAGE],
  ];
  for (const [text, problem, typeName] of illegal) {
    it(`refuses ${text}`, () => {
      const expected = new InvalidArgumentError(`temporalproto: ${problem}`);
      assert.throws(() => decode(text, typeName), expected);
    });
  }
});

describe("decodeMessage() of payloads", () => {
  const shown = (text: string, hasShorthand = true): unknown => {
    const { input } = decode(`{"input":${text}}`, START, hasShorthand) as {
      input: { payloads: { metadata: Map<string, Uint8Array>; data?: Uint8Array }[] };
    };
    return input.payloads.map(({ metadata, data }) => {
      const names = [...metadata].map(([key, value]) => `${key}=${Buffer.from(value)}`);
      return [...names, data === undefined ? undefined : Buffer.from(data).toString()].join(" ");
    });
  };

  it("takes any JSON for what the payload holds", () => {
    assert.deepEqual(shown('["a", {"b": 1.50, "a": [1, 12345678901234567890]}, [], true]'), [
      'encoding=json/plain "a"',
      'encoding=json/plain {"a":[1,12345678901234567000],"b":1.5}',
      "encoding=json/plain []",
      "encoding=json/plain true",
    ]);
  });

  it("takes null for no value, and knows protobuf messages by their type", () => {
    assert.deepEqual(shown('[null, {"_protoMessageType":"a.B","x":1}]'), [
      "encoding=binary/null ",
      'encoding=json/protobuf messageType=a.B {"x":1}',
    ]);
  });

  it("takes whole payloads as they are", () => {
    const base64 = (text: string): string => Buffer.from(text).toString("base64");
    const whole = `{"metadata":{"encoding":"${base64("json/plain")}"},"data":"MQ=="}`;
    const absent = `{"metadata":{"encoding":"${base64("binary/null")}"}}`;
    const expected = ["encoding=json/plain 1", "encoding=binary/null "];
    assert.deepEqual(shown(`[${whole},${absent}]`), expected);
    assert.deepEqual(shown(`{"payloads":[${whole},${absent}]}`), expected);
    assert.deepEqual(shown(`{"payloads":[${whole},${absent}]}`, false), expected);
  });

  it("takes for content what only looks like a payload", () => {
    for (const text of [
      '{"metadata":{},"data":"MQ=="}',
      '{"metadata":{"encoding":"?"},"data":""}',
    ]) {
      assert.match(String(shown(`[${text}]`)), /^encoding=json\/plain \{"data":/, text);
    }
  });

  it("refuses an array when whole payloads are wanted", () => {
    assert.throws(() => shown("[1]", false), /unexpected token \[/);
  });

  it("refuses a type that is no text", () => {
    assert.throws(() => shown('[{"_protoMessageType":1}]'), InvalidArgumentError);
  });
});
