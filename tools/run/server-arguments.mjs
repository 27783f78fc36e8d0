/** What `npm start` and `npm run dev` pass to the server. */

const FILE_FLAG = "--db-filename";

/**
 * Returns the server's command line: the user's flags, and a SQLite file in the repository's
 * folder unless they name another.
 *
 * @param {readonly string[]} args - What the user wrote after `npm start --`.
 */
export function serverArguments(args) {
  const hasFile = args.some((arg) => arg === FILE_FLAG || arg.startsWith(`${FILE_FLAG}=`));
  const file = hasFile ? [] : [FILE_FLAG, "perdure.db"];
  return ["server", "start-dev", ...file, ...args];
}
