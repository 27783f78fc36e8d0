import { UNVERSIONED_TEXT, type VersionName, versionText } from "@perdure/engine";
import { InvalidArgumentError } from "@perdure/kernel";
import type { WorkerDeploymentVersion } from "@perdure/proto/temporal/api/deployment/v1";

/** Bytes of the server's own names that hold a deployment name and a build ID. */
const NAME_OVERHEAD_BYTES = 39;

/** What errors call the two parts of a version. */
export type NamePart = "WorkerDeploymentName" | "BuildID";

/**
 * Checks the name of a deployment or a build ID.
 *
 * @throws {InvalidArgumentError} With the official wording.
 */
export function checkVersionPart(part: NamePart, text: string, idLengthMax: number): void {
  if (text === "") throw new InvalidArgumentError(`${part} cannot be empty`);
  const bytesMax = Math.floor((idLengthMax - NAME_OVERHEAD_BYTES) / 2);
  if (Buffer.byteLength(text) > bytesMax) {
    throw new InvalidArgumentError(`size of ${part} larger than the maximum allowed`);
  }
  for (const delimiter of part === "WorkerDeploymentName" ? [".", ":"] : []) {
    if (text.includes(delimiter)) {
      throw new InvalidArgumentError(`worker deployment name cannot contain '${delimiter}'`);
    }
  }
  if (text.startsWith("__")) throw new InvalidArgumentError(`${part} cannot start with '__'`);
}

/** Checks both parts of a version. Errors as `checkVersionPart`. */
export function checkVersionName(version: VersionName, idLengthMax: number): void {
  checkVersionPart("WorkerDeploymentName", version.deploymentName, idLengthMax);
  checkVersionPart("BuildID", version.buildId, idLengthMax);
}

/** A version as the older fields of the API name it. */
export function textOfVersion(version: WorkerDeploymentVersion): string {
  return versionText(version);
}

/**
 * Reads a version as the older fields of the API name it; `undefined`: unversioned workers.
 *
 * @throws {InvalidArgumentError} With what the official server says is wrong.
 */
export function parseVersionText(text: string): VersionName | undefined {
  if (text === UNVERSIONED_TEXT) return undefined;
  const found = [text.indexOf("."), text.indexOf(":")].filter((at) => at >= 0);
  if (found.length === 0) {
    throw new InvalidArgumentError(
      `expected delimiter ':' or '.' not found in version string ${text}`,
    );
  }
  const at = Math.min(...found);
  const deploymentName = text.slice(0, at);
  const buildId = text.slice(at + 1);
  if (deploymentName === "") {
    throw new InvalidArgumentError(`deployment name is empty in version string ${text}`);
  }
  if (buildId === "") {
    throw new InvalidArgumentError(`build id is empty in version string ${text}`);
  }
  return { deploymentName, buildId };
}

/** As `parseVersionText`, with the wording of requests that name one version. */
export function readVersionText(text: string): VersionName {
  try {
    return parseVersionText(text) ?? { deploymentName: "", buildId: "" };
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new InvalidArgumentError(
      `invalid version string ${JSON.stringify(text)}, expected format is "<deployment_name>.<build_id>"`,
    );
  }
}

/** As `parseVersionText`, for a request that names the deployment too. */
export function readVersionOf(deploymentName: string, text: string): VersionName | undefined {
  let version: VersionName | undefined;
  try {
    version = parseVersionText(text);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new InvalidArgumentError(`invalid version string: ${error.message}`);
  }
  if (version !== undefined && version.deploymentName !== deploymentName) {
    throw new InvalidArgumentError(
      `invalid version string '${text}' does not match deployment name '${deploymentName}'`,
    );
  }
  return version;
}
