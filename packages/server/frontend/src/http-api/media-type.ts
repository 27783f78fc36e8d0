/** How bodies are written. */
export interface JsonForm {
  readonly isPretty: boolean;
  /** Whether payloads are written as what they hold. */
  readonly hasShorthand: boolean;
  /** What the answer says of itself. */
  readonly contentType: string;
}

/** What a client gets that asks for nothing else. */
const DEFAULT: JsonForm = {
  isPretty: false,
  hasShorthand: true,
  contentType: "application/json",
};

const FORMS: ReadonlyMap<string, JsonForm> = new Map(
  [
    { isPretty: true, hasShorthand: true, contentType: "application/json+pretty" },
    { isPretty: false, hasShorthand: false, contentType: "application/json+no-payload-shorthand" },
    {
      isPretty: true,
      hasShorthand: false,
      contentType: "application/json+pretty+no-payload-shorthand",
    },
  ].map((form) => [form.contentType, form]),
);

/** What is wanted of the two bodies of a call. */
export interface WantedForms {
  readonly request: JsonForm;
  readonly response: JsonForm;
}

/**
 * Finds the forms that a call asks for: the request's by its content type, the response's by the
 * parameters `pretty` and `noPayloadShorthand`, else by what is accepted, else like the request's.
 */
export function wantedForms(
  headers: { readonly accept?: string | undefined; readonly "content-type"?: string | undefined },
  query: ReadonlyMap<string, unknown>,
): WantedForms {
  const request = FORMS.get(mediaType(headers["content-type"])) ?? DEFAULT;
  const suffix = `${query.has("pretty") ? "+pretty" : ""}${
    query.has("noPayloadShorthand") ? "+no-payload-shorthand" : ""
  }`;
  const asked = suffix === "" ? headers.accept : `application/json${suffix}`;
  const accepted = (asked ?? "").split(",").map((one) => one.trim());
  const found = accepted.map((type) => FORMS.get(type)).find((form) => form !== undefined);
  return { request, response: found ?? request };
}

/** `Application/JSON; charset=utf-8` → `application/json` */
export function mediaType(header: string | undefined): string {
  return (header ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}
