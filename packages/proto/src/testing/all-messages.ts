import { readdirSync } from "node:fs";
import type { MessageType } from "../wire/index.js";

export type AnyMessageType = MessageType<object, object>;

const dist = new URL("../", import.meta.url);

/** Imports every generated module and returns its messages. */
export async function allMessages(): Promise<readonly AnyMessageType[]> {
  const folders = ["temporal", "google", "grpc", "perdure"];
  const files = folders.flatMap((folder) =>
    readdirSync(new URL(folder, dist), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".js"))
      .map((file) => new URL(`${folder}/${file}`, dist)),
  );
  const modules = await Promise.all(files.map((file) => import(file.href) as Promise<object>));
  return modules.flatMap((module) => Object.values(module)).filter(isMessageType);
}

function isMessageType(value: unknown): value is AnyMessageType {
  return typeof value === "object" && value !== null && "encode" in value && "decode" in value;
}
