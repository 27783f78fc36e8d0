import { emitRead } from "./emit-read.mjs";
import { emitWrite } from "./emit-write.mjs";
import { Imports } from "./imports.mjs";

/** Returns the `.js` text of a package. */
export function emitCode(pkg) {
  const locals = [
    ...pkg.messages.flatMap(({ ident }) => [ident, `${ident}$read`, `${ident}$write`]),
    ...pkg.enums.flatMap(({ ident }) => [ident, `${ident}$names`]),
    ...pkg.services.map(({ ident }) => ident),
  ];
  const imports = new Imports(pkg.name, locals);
  const parts = [
    ...pkg.enums.map(enumCode),
    ...pkg.messages.map((message) => messageCode(message, imports)),
    ...pkg.services.map((service) => serviceCode(service, imports)),
  ];
  return `${imports.toString("import")}\n${parts.join("\n")}`;
}

function enumCode({ ident, values }) {
  const members = values.map(({ name, number }) => `  ${name}: ${number},\n`);
  const names = values.map(({ fullName, number }) => `  [${number}, "${fullName}"],\n`);
  return `export const ${ident} = {
${members.join("")}};
export const ${ident}$names = /*#__PURE__*/ new Map([
${names.join("")}]);
`;
}

function messageCode(message, imports) {
  const { ident, fullName } = message;
  const make = imports.fromWire("messageType");
  return `${emitWrite(message, imports)}${emitRead(message, imports)}\
export const ${ident} = /*#__PURE__*/ ${make}("${fullName}", ${ident}$write, ${ident}$read);
`;
}

function serviceCode({ ident, fullName, methods }, imports) {
  const lines = methods.map(({ name, request, response, requestStream, responseStream }) => {
    const types = [request, response].map((ref) => imports.name(ref.packageName, ref.ident));
    return `    ${name}: {
      name: "${name}",
      path: "/${fullName}/${name}",
      request: ${types[0]},
      response: ${types[1]},
      requestStream: ${requestStream},
      responseStream: ${responseStream},
    },
`;
  });
  return `export const ${ident} = {
  typeName: "${fullName}",
  methods: {
${lines.join("")}  },
};
`;
}
