import { NotFoundError } from "@perdure/kernel";

/**
 * Tells of a deployment or version that is not there as the official server does in some calls,
 * where each is a workflow of its own.
 */
export async function workflowNotFound<T>(workflowId: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new NotFoundError(`workflow not found for ID: ${workflowId}`);
  }
}
