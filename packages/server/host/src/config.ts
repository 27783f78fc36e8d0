export { type ConfigFile, parseConfig, readConfigFile } from "./config-file.js";
export { configOfFile, type ReadConfig } from "./config-of-file.js";
