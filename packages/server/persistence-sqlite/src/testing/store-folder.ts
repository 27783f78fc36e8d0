import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs `body` with the path of a file that does not exist yet, in a folder of its own. */
export async function withStorePath(body: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "perdure-sqlite-"));
  try {
    await body(join(folder, "store.db"));
  } finally {
    await rm(folder, { recursive: true });
  }
}
