/** Names a version of a worker deployment. */
export interface VersionName {
  readonly deploymentName: string;
  readonly buildId: string;
}

/** A version as the older fields of the API name it. */
export function versionText({ deploymentName, buildId }: VersionName): string {
  return `${deploymentName}.${buildId}`;
}

/** What the older fields of the API call unversioned workers. */
export const UNVERSIONED_TEXT = "__unversioned__";
