import { parseDocument } from "yaml";
import { z } from "zod";
import { SetupError } from "../setup/setup-error.js";
import type { ConstrainedValue, SettingTexts } from "./read-settings.js";

const constrainedValues = z.array(
  z.strictObject({
    value: z.unknown(),
    constraints: z.record(z.string(), z.unknown()).nullish(),
  }),
);

/**
 * Reads the official form of dynamic configuration, in YAML: a list of `value` and `constraints`
 * for each key.
 *
 * @param path - Names the file in errors.
 * @throws {SetupError} It has another form; the message names the key.
 */
export function parseSettingTexts(text: string, path: string): SettingTexts {
  const document = parseDocument(text, { prettyErrors: true });
  const fail = (problem: string): never => {
    throw new SetupError(`Cannot read the dynamic configuration "${path}": ${problem}`);
  };
  const [error] = document.errors;
  if (error !== undefined) return fail(error.message);
  const root = z.record(z.string(), z.unknown()).safeParse(document.toJS() ?? {});
  if (!root.success) return fail("it must have keys with lists of values");
  const entries = Object.entries(root.data).map(([key, list]): [string, ConstrainedValue[]] => {
    const values = constrainedValues.safeParse(list);
    if (!values.success) {
      return fail(`"${key}" must be a list of entries with "value" and, if need be, "constraints"`);
    }
    return [key, values.data.map(constrained)];
  });
  return new Map(entries);
}

function constrained({
  value,
  constraints,
}: z.infer<typeof constrainedValues>[number]): ConstrainedValue {
  const map = new Map(Object.entries(constraints ?? {}).map(([name, each]) => [name, each]));
  return { value, constraints: map };
}
