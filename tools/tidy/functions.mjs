/** Finds the functions of a file and what they are called. */

/**
 * @typedef {object} FoundFunction
 * @property {string} name - "StartTimer.run" for a method; the callee's name for a callback.
 * @property {object} node - The node that holds parameters and body.
 * @property {number} start - Where the whole begins, with its name.
 * @property {number} end
 * @property {boolean} isCallback - Whether somebody else decides on its parameters.
 */

/**
 * Returns the functions that have a body, outer ones before inner ones.
 *
 * @param {import("./source-file.mjs").SourceFile} file
 * @returns {FoundFunction[]}
 */
export function findFunctions(file) {
  const found = [];
  const names = new Map();
  const classes = [];
  const add = (node) => {
    if (node.body === null) return;
    const { name, owner = node, isCallback = false } = names.get(node) ?? {};
    const { start } = owner;
    found.push({
      name: name ?? node.id?.name ?? "function",
      node,
      start,
      end: node.end,
      isCallback,
    });
  };
  file.visit({
    ClassBody: (node) => void classes.push(node),
    "ClassBody:exit": () => void classes.pop(),
    ...nameGivers(names),
    FunctionDeclaration: add,
    FunctionExpression: add,
    ArrowFunctionExpression: add,
  });
  return found;
}

/** Visits what gives a name to the function in it. */
function nameGivers(names) {
  const give = (value, name) => {
    if (value) names.set(value, name);
  };
  let className = "class";
  const member = (owner) => {
    const name = `${className}.${keyName(owner.key)}`;
    give(owner.value, { name, owner });
  };
  const setClass = (node) => {
    className = node.id?.name ?? "class";
  };
  return {
    ClassDeclaration: setClass,
    ClassExpression: setClass,
    MethodDefinition: member,
    PropertyDefinition: member,
    Property: (owner) => give(owner.value, { name: keyName(owner.key), owner }),
    VariableDeclarator: (owner) => give(owner.init, { name: owner.id.name, owner }),
    CallExpression: (call) => nameCallbacks(call, give),
    NewExpression: (call) => nameCallbacks(call, give),
  };
}

function nameCallbacks(call, give) {
  const { callee } = call;
  const name = callee.type === "MemberExpression" ? keyName(callee.property) : callee.name;
  for (const argument of call.arguments) {
    give(argument, { name: `${name ?? "call"}()`, isCallback: true });
  }
}

function keyName(key) {
  if (key.type === "PrivateIdentifier") return `#${key.name}`;
  return key.name ?? String(key.value ?? "computed");
}
