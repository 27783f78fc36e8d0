export { type ConfigFile, parseConfig, readConfigFile } from "./config-file.js";
export { configOfFile } from "./config-of-file.js";
