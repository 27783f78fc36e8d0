import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { type Logger, VirtualClock } from "@perdure/kernel";
import { SetupError } from "../setup/setup-error.js";
import { DynamicConfig } from "./dynamic-config.js";

let folder: string;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "perdure-dynamic-config-"));
});

after(async () => await rm(folder, { recursive: true }));

const KEY = "limit.blobSize.error";
const entry = (value: unknown, namespace?: string): string =>
  `${KEY}:\n  - value: ${JSON.stringify(value)}\n` +
  (namespace === undefined ? "" : `    constraints: { namespace: ${namespace} }\n`);

interface Bench {
  readonly config: DynamicConfig;
  readonly clock: VirtualClock;
  readonly log: readonly string[];
  write(text: string): Promise<void>;
}

async function bench(text: string, values?: ReadonlyMap<string, unknown>): Promise<Bench> {
  const file = path.join(await mkdtemp(path.join(folder, "case-")), "limits.yaml");
  const write = async (next: string): Promise<void> => await writeFile(file, next);
  await write(text);
  const clock = new VirtualClock();
  const log: string[] = [];
  const logger: Logger = { log: (level, message) => void log.push(`${level} ${message}`) };
  return {
    config: new DynamicConfig({ path: file, values }, { clock, logger }),
    clock,
    log,
    write,
  };
}

describe("DynamicConfig", () => {
  it("takes what the file says before what is said elsewhere", async () => {
    const values = new Map([
      [KEY, 1],
      ["limit.memoSize.error", 2],
    ]);
    const { config } = await bench(entry(10), values);
    await config.start();
    const { current } = config.settings;
    assert.equal(current.blobSizeMaxBytes, 10);
    assert.equal(current.memoSizeMaxBytes, 2);
    config.stop();
  });

  it("changes in place when the file changes", async () => {
    const { config, log, write } = await bench(entry(10, "one"));
    await config.start();
    const { settings } = config;
    const { current } = settings;
    assert.equal(settings.settingsOf("one").blobSizeMaxBytes, 10);
    await write(entry(2000));
    await config.reload();
    assert.equal(current.blobSizeMaxBytes, 2000);
    assert.equal(settings.settingsOf("one"), current);
    assert.deepEqual(log, ["info Dynamic configuration replaced"]);
    await config.reload();
    assert.equal(log.length, 1, "an unchanged file is not read again");
    config.stop();
  });

  it("looks at the file by itself", async () => {
    const { config, clock, write } = await bench(entry(10));
    await config.start();
    assert.notEqual(clock.nextCallAtMs(), undefined);
    await write(entry(2000));
    const replaced = (): boolean => config.settings.current.blobSizeMaxBytes === 2000;
    while (!replaced()) {
      clock.runNext();
      await new Promise((resolve) => setImmediate(resolve));
    }
    config.stop();
    assert.equal(clock.nextCallAtMs(), undefined);
  });

  it("keeps the old settings when the file is of no use", async () => {
    const { config, log, write } = await bench(entry(10));
    await config.start();
    for (const text of [entry("large"), "a: ["]) {
      await write(text);
      await config.reload();
      assert.equal(config.settings.current.blobSizeMaxBytes, 10);
    }
    assert.equal(log.filter((line) => line.startsWith("error")).length, 2);
    await write(entry(3000));
    await config.reload();
    assert.equal(config.settings.current.blobSizeMaxBytes, 3000);
    config.stop();
  });

  it("does not start with wrong values, and names all of them", async () => {
    const { config } = await bench(`${entry("large")}frontend.rps:\n  - value: -1\n`);
    await assert.rejects(config.start(), (error) => {
      assert.ok(error instanceof SetupError);
      assert.match(error.message, /"limit\.blobSize\.error" must be .*\n.*"frontend\.rps" must be/);
      return true;
    });
  });

  it("does not start without its file", async () => {
    const clock = new VirtualClock();
    const sources = { path: path.join(folder, "absent.yaml") };
    const config = new DynamicConfig(sources, { clock, logger: { log: () => undefined } });
    await assert.rejects(config.start(), SetupError);
  });

  it("warns of unknown keys", async () => {
    const { config, log } = await bench("no.such.key:\n  - value: 1\n");
    await config.start();
    assert.deepEqual(log, [
      'warn Dynamic configuration key "no.such.key" has no meaning here and is ignored',
    ]);
    config.stop();
  });
});
