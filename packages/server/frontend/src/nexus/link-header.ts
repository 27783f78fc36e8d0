import type { LinkInit } from "@perdure/proto/temporal/api/nexus/v1";

/** The values of the header `nexus-link`. */
export function formatLinks(links: readonly LinkInit[]): readonly string[] {
  return links.map(({ url = "", type = "" }) => `<${url}>; type="${type}"`);
}

/** Reads the header `nexus-link`; `undefined` when it is malformed. */
export function parseLinks(header: string | undefined): readonly LinkInit[] | undefined {
  if (header === undefined || header === "") return [];
  const links: LinkInit[] = [];
  for (const text of header.split(",")) {
    const match = /^\s*<\s*([^>\s]+)\s*>\s*(;.+)$/.exec(text);
    const type = /;\s*type\s*=\s*"?([A-Za-z0-9_./]+)"?\s*(?:;|$)/.exec(match?.[2] ?? "")?.[1];
    if (match === null || type === undefined) return undefined;
    links.push({ url: match[1], type });
  }
  return links;
}
