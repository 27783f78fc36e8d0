import { type Scenario, scenario, type Tolerance } from "../scenario.js";
import { type PlainObject, pick, pickBytes } from "../wire/plain.js";

/** Workers of one scenario, which share a host that no other scenario has. */
interface Workers {
  readonly host: string;
  readonly keys: readonly string[];
}

/** 2026-01-02T03:04:05.5Z, two seconds later, and a month later. */
const STARTED_AT = { seconds: 1_767_323_045, nanos: 500_000_000 };
const STARTED_LATER = { seconds: 1_767_323_047 };
const BEAT_AT = { seconds: 1_770_091_506 };

export const workerScenarios = [
  scenario("workers-filtered-by-texts", async (s) => {
    const { host, keys } = await recordWorkers(s);
    const find = finder(s, host);
    await find(`WorkerInstanceKey = '${keys[0]}'`, "one key");
    await find("SdkName = 'sdk-1'");
    await find("SdkName != 'sdk-1'");
    await find('SdkName = "sdk-2"');
    await find("SdkVersion starts_with '2.'");
    await find("SdkVersion not starts_with '2.'");
    await find("DeploymentName = 'deployment' AND BuildId = 'build-1'");
    await find("DeploymentName IS NULL");
    await find("BuildId is not null");
    await find("(SdkName = 'sdk-1' OR SdkName = 'sdk-2') AND WorkerIdentity = 'worker-2'");
    await find("WorkerStatus = 'Running'");
    await find("WorkerStatus = 'RUNNING'");
    await find("WorkerStatus = 'WORKER_STATUS_RUNNING'");
    await find("Status = 'ShuttingDown'");
    await find("status = 'ShuttingDown'");
    await forget(s, keys);
  }),

  scenario("workers-filtered-by-times", async (s) => {
    const { host, keys } = await recordWorkers(s);
    const find = finder(s, host);
    await find("StartTime = '2026-01-02T03:04:05.5Z'");
    await find("StartTime = '2026-01-02T04:04:05.500+01:00'");
    await find("StartTime != '2026-01-02T03:04:05.5Z'");
    await find("StartTime > '2026-01-02T03:04:05Z'");
    await find("StartTime >= '2026-01-02T03:04:06Z'");
    await find("StartTime < 1767323045500000001");
    await find("StartTime <= 1767323045499999999");
    await find("StartTime BETWEEN '2026-01-02T03:04:05Z' AND '2026-01-02T03:04:06Z'");
    await find("StartTime NOT BETWEEN '2026-01-02T03:04:05Z' AND '2026-01-02T03:04:06Z'");
    await find("StartTime IS NULL");
    await find("HeartbeatTime IS NOT NULL");
    await find("StartTime = 'yesterday'");
    await find("StartTime = '2026-01-02'");
    await find("StartTime starts_with '2026'");
    await forget(s, keys);
  }),

  scenario("workers-filtered-by-nonsense", async (s) => {
    const { host, keys } = await recordWorkers(s);
    const find = finder(s, host);
    await find("NoSuchField = 'x'");
    await find("NoSuchField = 'x' OR SdkName = 'sdk-1'");
    await find("SdkName = 'sdk-1' OR NoSuchField = 'x'");
    await find("sdkName = 'sdk-1'");
    await find("SdkName = ''");
    await find("SdkName = 1");
    await find("SdkName = SdkName");
    await find("SdkName > 'a'");
    await find("SdkName IN ('sdk-1')");
    await find("SdkName LIKE 'sdk%'");
    await find("SdkName BETWEEN 'a' AND 'z'");
    await find("NOT SdkName = 'sdk-1'");
    await find("SdkName IS TRUE");
    await find("SdkName");
    await find("lower(SdkName) = 'sdk-1'");
    await forget(s, keys);
  }),

  scenario("workers-filters-that-cannot-be-read", async (s) => {
    for (const query of UNREADABLE) {
      await s.attempt("ListWorkers", { query }, { label: query });
      await s.attempt("CountWorkers", { query }, { label: query });
    }
  }),

  scenario(
    "workers-filters-that-are-statements",
    async (s) => {
      await s.attempt("ListWorkers", { query: "where SdkName = 'x'" });
      await s.attempt("CountWorkers", { query: "SELECT SdkName" });
    },
    { tolerances: ["ListWorkers", "CountWorkers"].map(saysWhatIsWrong) },
  ),

  scenario("workers-in-pages", async (s) => {
    const { host, keys } = await recordWorkers(s);
    const query = `HostName = '${host}'`;
    const first = await s.call("ListWorkers", { query, pageSize: 2 });
    const nextPageToken = pickBytes(first, "nextPageToken");
    const second = await s.call("ListWorkers", { query, pageSize: 2, nextPageToken });
    const last = pick(second, "nextPageToken") === undefined;
    await s.attempt("ListWorkers", { query, nextPageToken }, { label: `without a size, ${last}` });
    await s.attempt("ListWorkers", { query, pageSize: 3 }, { label: "exactly one page" });
    await s.attempt("ListWorkers", { query, pageSize: -1 }, { label: "negative size" });
    const bad = { query, pageSize: 2, nextPageToken: "nonsense" };
    await s.attempt("ListWorkers", bad, { label: "bad token" });
    const none = { query: "HostName = 'nobody'", nextPageToken: "nonsense" };
    await s.attempt("ListWorkers", none, { label: "bad token, nothing found" });
    await forget(s, keys);
    await s.attempt("ListWorkers", { query }, { label: "all are gone" });
  }),

  scenario("workers-that-shut-down", async (s) => {
    const { host, keys } = await recordWorkers(s);
    const [one = "", two = ""] = keys;
    await s.call("RecordWorkerHeartbeat", { workerHeartbeat: [shutDown(one)] });
    await s.attempt("DescribeWorker", { workerInstanceKey: one });
    await s.attempt("ShutdownWorker", { workerHeartbeat: shutDown(two), workerInstanceKey: two });
    await s.attempt("DescribeWorker", { workerInstanceKey: two });
    await s.attempt("CountWorkers", { query: `HostName = '${host}'` });
    await forget(s, keys);
  }),

  scenario("workers-without-a-key", async (s) => {
    const heartbeat = { workerIdentity: "nameless", taskQueue: s.name("queue") };
    await s.attempt("RecordWorkerHeartbeat", { workerHeartbeat: [heartbeat] });
    await s.attempt("DescribeWorker", { workerInstanceKey: "" });
    await s.attempt("RecordWorkerHeartbeat", { workerHeartbeat: [shutDown("")] });
    await s.attempt("DescribeWorker", { workerInstanceKey: "" }, { label: "gone" });
    await s.attempt("RecordWorkerHeartbeat", {}, { label: "no worker" });
  }),

  scenario("workers-commands", async (s) => {
    for (const rpc of ["FetchWorkerConfig", "UpdateWorkerConfig"]) {
      await s.attempt(rpc, {});
      await s.attempt(rpc, { selector: { workerInstanceKey: "k" } }, { label: "of one worker" });
      await s.attempt(rpc, { namespace: "absent" }, { label: "absent namespace" });
    }
    for (const rpc of ["ListWorkers", "CountWorkers", "DescribeWorker", "RecordWorkerHeartbeat"]) {
      await s.attempt(rpc, { namespace: "absent" }, { label: "absent namespace" });
      await s.attempt(rpc, { namespace: "" }, { label: "no namespace" });
    }
  }),
];

function saysWhatIsWrong(call: string): Tolerance {
  const reason = "The official server tells a code of the error only.";
  return { call, path: "error.message", reason };
}

const UNREADABLE = [
  "SdkName = ",
  "SdkName 'x'",
  "= 'x'",
  "SdkName = 'x' AND",
  "(SdkName = 'x'",
  "SdkName = 'x' LIMIT 5",
  "order by SdkName",
  "   ",
  "SdkName = 'x' garbage",
];

/** Three workers, of which one is shutting down and has neither deployment nor start time. */
async function recordWorkers(s: Scenario): Promise<Workers> {
  const host = s.name("host");
  const prefix = s.name("key");
  const keys = [1, 2, 3].map((number) => `${prefix}-${number}`);
  const workerHeartbeat = keys.map((workerInstanceKey, at) => ({
    workerInstanceKey,
    workerIdentity: `worker-${at + 1}`,
    taskQueue: "workers",
    sdkName: `sdk-${at + 1}`,
    sdkVersion: `${at + 1}.0`,
    hostInfo: { hostName: host, processId: "7", workerGroupingKey: "group" },
    heartbeatTime: BEAT_AT,
    ...(at === 2 ? { status: "WORKER_STATUS_SHUTTING_DOWN" } : detailsOf(at)),
  }));
  await s.call("RecordWorkerHeartbeat", { workerHeartbeat });
  return { host, keys };
}

function detailsOf(at: number): PlainObject {
  return {
    status: "WORKER_STATUS_RUNNING",
    deploymentVersion: { deploymentName: "deployment", buildId: `build-${at + 1}` },
    startTime: at === 0 ? STARTED_AT : STARTED_LATER,
    plugins: [{ name: "plugin", version: "1" }],
    workflowTaskSlotsInfo: { currentAvailableSlots: 5, currentUsedSlots: 1 },
    currentStickyCacheSize: 4,
  };
}

function shutDown(workerInstanceKey: string): PlainObject {
  return { workerInstanceKey, status: "WORKER_STATUS_SHUTDOWN" };
}

async function forget(s: Scenario, keys: readonly string[]): Promise<void> {
  await s.call("RecordWorkerHeartbeat", { workerHeartbeat: keys.map(shutDown) });
}

/** Finds workers of a host; their pages come in the order of their keys. */
function finder(s: Scenario, host: string): (condition: string, label?: string) => Promise<void> {
  return async (condition, label = condition) => {
    const query = `HostName = '${host}' AND (${condition})`;
    await s.attempt("ListWorkers", { query, pageSize: 10 }, { label });
    await s.attempt("CountWorkers", { query }, { label });
  };
}
