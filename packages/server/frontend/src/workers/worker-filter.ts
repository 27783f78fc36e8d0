import { InvalidArgumentError } from "@perdure/kernel";
import { WorkerStatus$names } from "@perdure/proto/temporal/api/enums/v1";
import type { WorkerHeartbeat } from "@perdure/proto/temporal/api/worker/v1";
import { type Expression, type Operand, readFilter } from "@perdure/visibility";
import { GrpcError } from "../grpc/grpc-error.js";
import { GrpcStatusCode } from "../grpc/status-codes.js";
import { readFilterTime, timestampNanos } from "./filter-time.js";

type TextProperty = (worker: WorkerHeartbeat) => string;
type TimeProperty = (worker: WorkerHeartbeat) => bigint | undefined;

const TEXTS: ReadonlyMap<string, TextProperty> = new Map<string, TextProperty>([
  ["WorkerInstanceKey", (worker) => worker.workerInstanceKey],
  ["WorkerIdentity", (worker) => worker.workerIdentity],
  ["HostName", (worker) => worker.hostInfo?.hostName ?? ""],
  ["TaskQueue", (worker) => worker.taskQueue],
  ["DeploymentName", (worker) => worker.deploymentVersion?.deploymentName ?? ""],
  ["BuildId", (worker) => worker.deploymentVersion?.buildId ?? ""],
  ["SdkName", (worker) => worker.sdkName],
  ["SdkVersion", (worker) => worker.sdkVersion],
  ["WorkerStatus", statusName],
]);

const TIMES: ReadonlyMap<string, TimeProperty> = new Map<string, TimeProperty>([
  ["StartTime", (worker) => timestampNanos(worker.startTime)],
  ["HeartbeatTime", (worker) => timestampNanos(worker.heartbeatTime)],
]);

/** A word of the dialect, and so the same in any case; others are told apart. */
const STATUS = /^status$/i;

/** A blank filter is told of as an empty statement, not as one without a condition. */
const BLANK = { problem: "syntax error at position 1" };

/** The name as enumerations of the official server print it: `ShuttingDown`. */
function statusName(worker: WorkerHeartbeat): string {
  const name = (WorkerStatus$names.get(worker.status) ?? "").replace("WORKER_STATUS_", "");
  return name
    .split("_")
    .map((word) => word.slice(0, 1) + word.slice(1).toLowerCase())
    .join("");
}

/**
 * Reads a filter for workers: conditions on what their heartbeats tell, joined by AND, OR and
 * parentheses. An empty one takes every worker. A condition that makes no sense, such as one on a
 * field that there is not, is met by no worker, and no error.
 *
 * @throws {InvalidArgumentError} The text can't be read.
 */
export function parseWorkerFilter(query: string): (worker: WorkerHeartbeat) => boolean {
  if (query === "") return () => true;
  const text = query.trim();
  if (/^(?:where|select) /i.test(text)) {
    // The official server does not class this error.
    throw new GrpcError(GrpcStatusCode.UNKNOWN, `invalid filter: ${text}`);
  }
  const parsed = text === "" ? BLANK : readFilter(text);
  if ("problem" in parsed) throw new InvalidArgumentError(`malformed query: ${parsed.problem}`);
  if (parsed.hasLimit) throw new InvalidArgumentError("operation is not supported: 'limit' clause");
  const { filter } = parsed;
  return (worker) => filter !== undefined && holds(filter, worker) === true;
}

/** Whether an expression holds of a worker; `undefined` when it makes no sense. */
function holds(expression: Expression, worker: WorkerHeartbeat): boolean | undefined {
  switch (expression.kind) {
    case "and":
      return joined(expression.operands, worker, true);
    case "or":
      return joined(expression.operands, worker, false);
    case "paren":
      return holds(expression.inner, worker);
    case "compare":
      return compare(expression, worker);
    case "between":
      return isBetween(expression, worker);
    case "is":
      return isNull(expression, worker);
    default:
      return undefined;
  }
}

/** Operands from left to right, as long as they say `goesOn`: what comes after is not looked at. */
function joined(
  operands: readonly Expression[],
  worker: WorkerHeartbeat,
  goesOn: boolean,
): boolean | undefined {
  for (const operand of operands) {
    const answer = holds(operand, worker);
    if (answer !== goesOn) return answer;
  }
  return goesOn;
}

function textOf(name: string): TextProperty | undefined {
  return STATUS.test(name) ? statusName : TEXTS.get(name);
}

function compare(
  { left, operator, right }: Expression & { readonly kind: "compare" },
  worker: WorkerHeartbeat,
): boolean | undefined {
  if (left.kind !== "name") return undefined;
  const property = textOf(left.text);
  if (property !== undefined) {
    if (right.kind !== "text" || right.text === "") return undefined;
    return compareTexts(property(worker), operator, right.text);
  }
  const time = TIMES.get(left.text);
  const wanted = timeOf(right);
  if (time === undefined || wanted === undefined) return undefined;
  // A time that the worker does not tell is the beginning of the epoch here.
  return compareTimes(time(worker) ?? 0n, operator, wanted);
}

function compareTexts(text: string, operator: string, wanted: string): boolean | undefined {
  switch (operator) {
    case "=":
      return text === wanted;
    case "!=":
      return text !== wanted;
    case "starts_with":
      return text.startsWith(wanted);
    case "not starts_with":
      return !text.startsWith(wanted);
    default:
      return undefined;
  }
}

function compareTimes(time: bigint, operator: string, wanted: bigint): boolean | undefined {
  switch (operator) {
    case "=":
      return time === wanted;
    case "!=":
      return time !== wanted;
    case "<":
      return time < wanted;
    case "<=":
      return time <= wanted;
    case ">":
      return time > wanted;
    case ">=":
      return time >= wanted;
    default:
      return undefined;
  }
}

function isBetween(
  { left, low, high, isNegated }: Expression & { readonly kind: "between" },
  worker: WorkerHeartbeat,
): boolean | undefined {
  const property = left.kind === "name" ? TIMES.get(left.text) : undefined;
  const from = timeOf(low);
  const to = timeOf(high);
  if (property === undefined || from === undefined || to === undefined) return undefined;
  const time = property(worker);
  if (time === undefined) return false;
  return (time >= from && time <= to) !== isNegated;
}

function isNull(
  { operand, what, isNegated }: Expression & { readonly kind: "is" },
  worker: WorkerHeartbeat,
): boolean | undefined {
  if (operand.kind !== "name" || what !== "null") return undefined;
  const text = textOf(operand.text);
  const time = TIMES.get(operand.text);
  if (text !== undefined) return (text(worker) === "") !== isNegated;
  return time === undefined ? undefined : (time(worker) === undefined) !== isNegated;
}

function timeOf(operand: Operand): bigint | undefined {
  if (operand.kind === "text") return readFilterTime(operand.text);
  return operand.kind === "integer" ? BigInt(operand.text) : undefined;
}
