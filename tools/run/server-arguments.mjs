/** What `npm start` and `npm run dev` pass to the server. */

const FILE_FLAG = "--db-filename";
/** The flag in all its forms: "-f x", "-fx", "--db-filename x", "--db-filename=x". */
const ANY_FILE_FLAG = /^(-f|--db-filename(=|$))/;

/**
 * Returns the server's command line: the user's flags, and a SQLite file in the repository's
 * folder unless they name another.
 *
 * @param {readonly string[]} args - What the user wrote after `npm start --`.
 */
export function serverArguments(args) {
  const hasFile = args.some((arg) => ANY_FILE_FLAG.test(arg));
  const file = hasFile ? [] : [FILE_FLAG, "perdure.db"];
  return ["server", "start-dev", ...file, ...args];
}
