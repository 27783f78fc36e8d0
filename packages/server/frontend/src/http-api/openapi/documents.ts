import type { ServerResponse } from "node:http";
import type { ServiceDescriptor } from "@perdure/proto/wire";
import { stringify } from "yaml";
import { openApiV2, openApiV3 } from "./open-api.js";

/** The OpenAPI documents, each made when it is first asked for. */
export class OpenApiDocuments {
  readonly #services: readonly ServiceDescriptor[];
  #v2: Buffer | undefined;
  #v3: Buffer | undefined;

  constructor(services: readonly ServiceDescriptor[]) {
    this.#services = services;
  }

  /** Answers with version 2, in JSON. */
  answerV2(response: ServerResponse): void {
    this.#v2 ??= Buffer.from(JSON.stringify(openApiV2(this.#services)));
    send(response, this.#v2, "application/json");
  }

  /** Answers with version 3, in YAML. */
  answerV3(response: ServerResponse): void {
    // A schema that occurs often is written each time: references of YAML confuse its readers.
    const options = { aliasDuplicateObjects: false, lineWidth: 0 };
    this.#v3 ??= Buffer.from(stringify(openApiV3(this.#services), options));
    send(response, this.#v3, "application/yaml");
  }
}

function send(response: ServerResponse, body: Buffer, contentType: string): void {
  response.writeHead(200, { "content-type": contentType, "content-length": body.length }).end(body);
}
