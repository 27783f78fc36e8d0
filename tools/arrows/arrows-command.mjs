/** `npm run check:arrows`: whether packages import only what the design lets them. */
import { ROOT } from "../run/workspace.mjs";
import { findViolations } from "./find-violations.mjs";
import { readImports } from "./read-imports.mjs";

const violations = findViolations(await readImports("packages", ROOT));
for (const violation of violations) console.log(violation);
if (violations.length > 0) process.exitCode = 1;
