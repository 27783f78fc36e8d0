import { proxyActivities } from "@temporalio/workflow";

interface Activities {
  greet(name: string): Promise<string>;
}

const { greet } = proxyActivities<Activities>({ startToCloseTimeout: "10 seconds" });

export async function hello(name: string): Promise<string> {
  return greet(name);
}
