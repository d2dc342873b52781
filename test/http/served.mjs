import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const serverFile = fileURLToPath(new URL("./server.mjs", import.meta.url));

/** Starts the server in a process of its own; a careless one as the negative control. */
export async function startServer(dist, careless = false) {
  const child = fork(serverFile, careless ? [dist, "careless"] : [dist], {
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  });
  let printed = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    printed += text;
  });
  const [{ port }] = await once(child, "message");
  return {
    port,
    async ask(job) {
      child.send({ job });
      const [{ result }] = await once(child, "message");
      return result;
    },
    /** Whether it still runs, and what it has printed in complaint. */
    isRunning: () => child.exitCode === null && child.signalCode === null,
    printed: () => printed,
    stop: () => child.disconnect(),
  };
}
