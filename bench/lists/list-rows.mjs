import { SearchAttributes } from "@perdure/proto/temporal/api/common/v1";
import { IndexedValueType } from "@perdure/proto/temporal/api/enums/v1";

const { BOOL, DATETIME, DOUBLE, INT, KEYWORD, KEYWORD_LIST, TEXT } = IndexedValueType;

/** Share of the rows that have custom attributes, all of them: one in so many. */
const CUSTOM_EVERY = 5;
const START_MS = Date.parse("2026-01-01T00:00:00Z");
/** Between two starts. */
const STEP_MS = 1000;
const COMPLETED = 2;
const RUNNING = 1;

const system = (name, type, ...filters) => ({ name, type, kind: "system", filters });
const custom = (name, type, ...filters) => ({ name, type, kind: "custom", filters });

/** Attributes with filters: few rows, many rows, none. */
export const ATTRIBUTES = [
  system(
    "WorkflowId",
    KEYWORD,
    "WorkflowId = 'order-77'",
    "WorkflowId STARTS_WITH 'order-77'",
    "WorkflowId > 'order-5'",
    "WorkflowId != 'x'",
  ),
  system("RunId", KEYWORD, `RunId = '${runIdOf(77)}'`, "RunId != 'x'"),
  system(
    "WorkflowType",
    KEYWORD,
    "WorkflowType = 'Type7'",
    "WorkflowType = 'Rare'",
    "WorkflowType STARTS_WITH 'Type'",
  ),
  system(
    "TaskQueue",
    KEYWORD,
    "TaskQueue = 'queue-3'",
    "TaskQueue = 'nothing'",
    "TaskQueue != 'queue-3'",
  ),
  system(
    "ExecutionStatus",
    KEYWORD,
    "ExecutionStatus = 'Running'",
    "ExecutionStatus = 'Completed'",
    "ExecutionStatus = 'Failed'",
    "ExecutionStatus != 'Completed'",
  ),
  system(
    "StartTime",
    DATETIME,
    "StartTime > '2026-01-05T00:00:00Z'",
    "StartTime < '2026-01-01T01:00:00Z'",
    "StartTime < '2026-01-06T00:00:00Z'",
  ),
  system(
    "ExecutionTime",
    DATETIME,
    "ExecutionTime > '2026-01-05T00:00:00Z'",
    "ExecutionTime < '2026-01-01T01:00:00Z'",
  ),
  system(
    "CloseTime",
    DATETIME,
    "CloseTime > '2026-01-05T00:00:00Z'",
    "CloseTime < '2026-01-03T00:00:00Z'",
    "CloseTime IS NULL",
    "CloseTime IS NOT NULL",
  ),
  system(
    "ExecutionDuration",
    INT,
    "ExecutionDuration > '1h'",
    "ExecutionDuration < '1h'",
    "ExecutionDuration = '61s'",
  ),
  system("HistoryLength", INT, "HistoryLength > 1000", "HistoryLength >= 5", "HistoryLength = 7"),
  system("HistorySizeBytes", INT, "HistorySizeBytes > 100000", "HistorySizeBytes > 10"),
  system("StateTransitionCount", INT, "StateTransitionCount > 100", "StateTransitionCount = 4"),
  system(
    "ParentWorkflowId",
    KEYWORD,
    "ParentWorkflowId = 'order-70'",
    "ParentWorkflowId IS NULL",
    "ParentWorkflowId STARTS_WITH 'order-7'",
  ),
  system("ParentRunId", KEYWORD, `ParentRunId = '${runIdOf(70)}'`, "ParentRunId IS NULL"),
  system(
    "RootWorkflowId",
    KEYWORD,
    "RootWorkflowId = 'order-70'",
    "RootWorkflowId STARTS_WITH 'order-7'",
  ),
  system("RootRunId", KEYWORD, `RootRunId = '${runIdOf(70)}'`),
  custom(
    "Word",
    KEYWORD,
    "Word = 'word-9'",
    "Word = 'nothing'",
    "Word > 'word-5'",
    "Word STARTS_WITH 'word-77'",
  ),
  custom("Number", INT, "Number = 12", "Number > 3", "Number > 999000"),
  custom("Ratio", DOUBLE, "Ratio < 0.001", "Ratio > 0.5"),
  custom("Flag", BOOL, "Flag = true", "Flag = false"),
  custom("Moment", DATETIME, "Moment > '2026-01-05T00:00:00Z'", "Moment < '2026-01-01T01:00:00Z'"),
  custom("Words", KEYWORD_LIST, "Words = 'list-9'", "Words = 'all'"),
  custom("Story", TEXT, "Story = 'brown'", "Story = 'nothing'"),
];

/** The row with a number; most runs are closed, some are children, a few are unusual. */
export function rowOf(number, count) {
  const isOpen = number % 20 === 0;
  const startTimeMs = START_MS + number * STEP_MS;
  const closeTimeMs = isOpen ? undefined : startTimeMs + 1000 * (1 + (number % 100));
  const isChild = number % 10 === 1;
  const root = isChild ? number - 1 : number;
  const isUnusual = number % 1000 === 3;
  return {
    namespaceId: "namespace",
    workflowId: `order-${number}`,
    runId: runIdOf(number),
    workflowType: number < count / 100 && number % 50 === 2 ? "Rare" : `Type${number % 10}`,
    taskQueue: `queue-${number % 4}`,
    status: isOpen ? RUNNING : isUnusual ? 3 : COMPLETED,
    startTimeMs,
    executionTimeMs: startTimeMs,
    closeTimeMs: isUnusual && !isOpen ? startTimeMs + 7_200_000 : closeTimeMs,
    historyLength: isOpen ? 0 : isUnusual ? 2000 : 5 + (number % 5),
    historySizeBytes: isOpen ? 0 : isUnusual ? 200_000 : 500 + (number % 500),
    stateTransitionCount: isOpen ? 0 : isUnusual ? 500 : 3 + (number % 3),
    parentWorkflowId: isChild ? `order-${root}` : undefined,
    parentRunId: isChild ? runIdOf(root) : undefined,
    rootWorkflowId: `order-${root}`,
    rootRunId: runIdOf(root),
    firstRunId: runIdOf(number),
    memo: undefined,
    searchAttributes: number % CUSTOM_EVERY === 0 ? attributesOf(number) : undefined,
  };
}

function runIdOf(number) {
  // Spread over the whole range, as random IDs are.
  const head = ((number * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, "0");
  return `${head}-0000-4000-8000-${number.toString(16).padStart(12, "0")}`;
}

function attributesOf(number) {
  const values = {
    Word: ["Keyword", `word-${number % 1000}`],
    Number: ["Int", number],
    Ratio: ["Double", (number % 10_007) / 10_007],
    Flag: ["Bool", number % 2 === 0],
    Moment: ["Datetime", new Date(START_MS + number * STEP_MS).toISOString()],
    Words: ["KeywordList", ["all", `list-${number % 1000}`]],
    Story: ["Text", `The quick ${number % 100 === 0 ? "brown" : "red"} fox ${number}`],
  };
  const indexedFields = new Map(
    Object.entries(values).map(([name, [type, value]]) => [name, payload(type, value)]),
  );
  return SearchAttributes.encode({ indexedFields });
}

function payload(type, value) {
  const metadata = new Map([
    ["encoding", Buffer.from("json/plain")],
    ["type", Buffer.from(type)],
  ]);
  return { metadata, data: Buffer.from(JSON.stringify(value)) };
}
