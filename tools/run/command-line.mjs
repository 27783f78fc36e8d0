/** The outermost part of a tool that is run from the command line. */
import { CommandError } from "./run-command.mjs";

/** Runs `main`; a failed step is told by its message and output, without a stack. */
export async function runMain(main) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (error.output !== "") console.error(error.output.trimEnd());
    console.error(error.message);
    process.exitCode = 1;
  }
}
