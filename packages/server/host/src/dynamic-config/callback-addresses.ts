import type { CallbackAddressRule } from "@perdure/frontend";

/**
 * Reads the value of the dynamic configuration key `callback.allowedAddresses`: a list of
 * `{"Pattern": "host:port", "AllowInsecure": bool}`, where `*` in a pattern stands for any text.
 * Entries without a pattern are passed over, as the official server does.
 */
export function readCallbackAddresses(value: unknown): readonly CallbackAddressRule[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly unknown[]).flatMap((entry) => {
    if (typeof entry !== "object" || entry === null) return [];
    const fields = new Map(
      Object.entries(entry).map(([name, field]): [string, unknown] => [name.toLowerCase(), field]),
    );
    const pattern = fields.get("pattern");
    if (typeof pattern !== "string" || pattern === "") return [];
    return [
      {
        host: toRegExp(pattern),
        allowsInsecure: fields.get("AllowInsecure".toLowerCase()) === true,
      },
    ];
  });
}

function toRegExp(pattern: string): RegExp {
  const literals = pattern.split("*").map((text) => text.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${literals.join(".*")}$`);
}
