import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Command, CommanderError } from "commander";
import {
  chooseHttpPort,
  expandTestServerArguments,
  type StartDevOptions,
  startDevOptions,
} from "./start-dev-options.js";

function parse(...args: readonly string[]): StartDevOptions {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  for (const option of startDevOptions()) command.addOption(option);
  return command.parse(args, { from: "user" }).opts();
}

describe("startDevOptions()", () => {
  it("has the official defaults", () => {
    const { ip, port, headless, dbFilename, namespace, logLevel } = parse();
    assert.deepEqual(
      { ip, port, headless, dbFilename, namespace, logLevel },
      {
        ip: "localhost",
        port: 7233,
        headless: false,
        dbFilename: undefined,
        namespace: [],
        logLevel: "warn",
      },
    );
  });

  it("reads long and short flags", () => {
    const options = parse("-p", "0", "-f", "a.db", "--headless", "--ip=0.0.0.0");
    assert.equal(options.port, 0);
    assert.equal(options.dbFilename, "a.db");
    assert.equal(options.headless, true);
    assert.equal(options.ip, "0.0.0.0");
  });

  it("collects what may be repeated", () => {
    const options = parse(
      ...["-n", "one", "--namespace", "two"],
      ...["--dynamic-config-value", "a.b=3", "--dynamic-config-value", 'c="x=y"'],
      ...["--sqlite-pragma", "synchronous=off"],
    );
    assert.deepEqual(options.namespace, ["one", "two"]);
    assert.deepEqual(
      [...options.dynamicConfigValue],
      [
        ["a.b", 3],
        ["c", "x=y"],
      ],
    );
    assert.deepEqual([...options.sqlitePragma], [["synchronous", "off"]]);
  });

  it("does not carry values from one parse to the next", () => {
    parse("-n", "one");
    assert.deepEqual(parse().namespace, []);
  });

  const illegal = [
    ["--port", "-1"],
    ["--port", "65536"],
    ["--port", "http"],
    ["--dynamic-config-value", "a.b"],
    ["--dynamic-config-value", "a.b={"],
    ["--search-attribute", "Size=Huge"],
    ["--sqlite-pragma", "=off"],
    ["--log-level", "loud"],
    ["--no-such-flag"],
  ];
  for (const args of illegal) {
    it(`refuses ${args.join(" ")}`, () => {
      assert.throws(() => parse(...args), CommanderError);
    });
  }
});

describe("chooseHttpPort()", () => {
  const cases: readonly (readonly [readonly string[], number])[] = [
    [[], 8233],
    [["--port", "9000"], 10_000],
    [["--headless"], 0],
    [["--ui-port", "1"], 1],
    [["--ui-port", "1", "--http-port", "2"], 2],
    [["--headless", "--http-port", "2"], 2],
    [["--port", "0"], 0],
    [["--port", "65000"], 0],
  ];
  for (const [args, port] of cases) {
    it(`gives ${port} for "${args.join(" ")}"`, () => {
      assert.equal(chooseHttpPort(parse(...args)), port);
    });
  }
});

describe("expandTestServerArguments()", () => {
  it("reads the arguments by which SDKs start a test server", () => {
    const expanded = ["server", "start-dev", "--headless", "--port", "7000", "--time-skipping"];
    assert.deepEqual(expandTestServerArguments(["7000"]), [...expanded, "locked"]);
    const flag = "--enable-time-skipping";
    assert.deepEqual(expandTestServerArguments(["7000", flag]), [...expanded, "unlocked"]);
  });

  it("leaves all others as they are", () => {
    const args = ["server", "start-dev", "--port", "7000"];
    assert.deepEqual(expandTestServerArguments(args), args);
    assert.deepEqual(expandTestServerArguments([]), []);
  });
});
