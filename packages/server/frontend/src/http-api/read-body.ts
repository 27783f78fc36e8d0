import type { IncomingMessage } from "node:http";
import { CanceledError, InvalidArgumentError } from "@perdure/kernel";

/**
 * Reads the whole body of a request.
 *
 * @throws {InvalidArgumentError} It is larger than `maxBytes`, or no UTF-8.
 * @throws {CanceledError} The client went away before its end.
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    // Who sends too much is told so, on the connection that `destroyOnReturn` would end.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      sizeBytes += (chunk as Buffer).length;
      if (sizeBytes > maxBytes) break;
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    throw new CanceledError("The client went away", { cause: error });
  }
  if (sizeBytes > maxBytes) throw new InvalidArgumentError("http: request body too large");
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    const problem = "temporalproto: syntax error: invalid UTF-8 in string";
    throw new InvalidArgumentError(problem, { cause: error });
  }
}
