import { readFile } from "node:fs/promises";
import { parseDocument } from "yaml";
import { z } from "zod";
import { SetupError } from "./setup/setup-error.js";

const PORT_MAX = 65_535;

const address = z.strictObject({
  host: z.string().min(1).default("127.0.0.1"),
  port: z.int().min(0).max(PORT_MAX),
});

const tls = z.strictObject({
  certPath: z.string().min(1),
  keyPath: z.string().min(1),
  clientCaPath: z.string().min(1).optional(),
  requireClientCertificate: z.boolean().optional(),
});

const REFRESH_SECONDS_MIN = 1;

const permissions = z.array(
  z
    .string()
    .regex(
      /^[^:]+:(?:read|write|worker|admin)$/i,
      'it must be like "default:write", with one of read, write, worker and admin',
    ),
);

const authorization = z.strictObject({
  jwt: z
    .strictObject({
      keySources: z.array(z.string().min(1)).min(1),
      refreshSeconds: z.number().min(REFRESH_SECONDS_MIN).default(60),
      permissionsClaim: z.string().min(1).default("permissions"),
      audience: z.string().min(1).optional(),
      issuer: z.string().min(1).optional(),
    })
    .optional(),
  apiKeys: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        sha256: z.string().regex(/^[0-9a-f]{64}$/i, "it must have 64 hexadecimal digits"),
        permissions,
      }),
    )
    .default([]),
  clientCertificates: z.array(z.strictObject({ name: z.string().min(1), permissions })).default([]),
});

const store = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("memory") }),
  z.strictObject({
    kind: z.literal("sqlite"),
    path: z.string().min(1),
    pragmas: z.record(z.string(), z.string()).default({}),
  }),
]);

const configFile = z.strictObject({
  listen: z
    .strictObject({
      grpc: address.default({ host: "127.0.0.1", port: 7233 }),
      http: z.union([address, z.literal(false)]).default({ host: "127.0.0.1", port: 8233 }),
    })
    .prefault({}),
  tls: tls.optional(),
  store,
  namespaces: z.array(z.string().min(1)).default([]),
  searchAttributes: z.record(z.string(), z.string()).default({}),
  authorization: authorization.optional(),
  metrics: address.optional(),
  dynamicConfigFile: z.string().min(1).optional(),
  dynamicConfig: z.record(z.string(), z.unknown()).default({}),
  log: z
    .strictObject({
      level: z.enum(["debug", "info", "warn", "error", "never"]).default("info"),
      format: z.enum(["text", "json", "pretty"]).default("json"),
    })
    .prefault({}),
});

/** What `perdure server start --config` reads, with the defaults of what it leaves out. */
export type ConfigFile = z.infer<typeof configFile>;

/**
 * Reads a configuration file in YAML.
 *
 * @throws {SetupError} It can't be read, or has something wrong in it; the message names the key.
 */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SetupError(`Cannot read the configuration "${path}": ${reason}`, { cause: error });
  }
  return parseConfig(text, path);
}

/**
 * Reads a configuration in YAML.
 *
 * @param path - Names the file in errors.
 * @throws {SetupError} It has something wrong in it; the message names the key.
 */
export function parseConfig(text: string, path: string): ConfigFile {
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) {
    throw new SetupError(`Cannot read the configuration "${path}": ${error.message}`);
  }
  const result = configFile.safeParse(document.toJS() ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap(describeIssue);
  const list = problems.map((problem) => `\n  ${problem}`).join("");
  throw new SetupError(`Cannot use the configuration "${path}":${list}`);
}

type Issue = z.core.$ZodIssue;

function describeIssue(issue: Issue): readonly string[] {
  const at = issue.path.join(".");
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => `"${at === "" ? key : `${at}.${key}`}": there is no such key`);
    case "invalid_union": {
      // The alternative that fits best tells what is wrong.
      const [best] = [...issue.errors].sort((left, right) => left.length - right.length);
      const inner = best?.map((one) => ({ ...one, path: [...issue.path, ...one.path] })) ?? [];
      return inner.length === 0 ? [`"${at}": ${issue.message}`] : inner.flatMap(describeIssue);
    }
    default:
      return [`"${at}": ${issue.message}`];
  }
}
