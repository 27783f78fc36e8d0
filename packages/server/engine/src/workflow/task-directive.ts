import type { VersionName } from "../version-name.js";

/** What a run whose workers have versions wants of the routing of its tasks. */
export interface TaskDirective {
  /** Whether its tasks go to its version and to no other. */
  readonly isPinned: boolean;
  /** The run's version; `undefined`: unversioned workers. */
  readonly version: VersionName | undefined;
  /** Whether its tasks go to the ramping version, if there is one. */
  readonly usesRamping: boolean;
}
