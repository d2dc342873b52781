import { spawn } from "node:child_process";

// Reads until our end of the pipe is closed, by us or by the end of our process, even by kill -9.
const script = `
trap "" INT TERM HUP
cat > /dev/null
kill -STOP "$1"
for child in $(ps -A -o pid=,ppid= | awk -v parent="$1" '$2 == parent { print $1 }'); do kill -9 "$child"; done
kill -9 "$1"
rm -rf "$2"
`;

/** Ends a server and removes its folder when the process that started it is gone. */
export class Watchdog {
  #child;

  constructor(pid, folder) {
    const stdio = ["pipe", "ignore", "ignore"];
    this.#child = spawn("sh", ["-c", script, "watchdog", String(pid), folder], { stdio, detached: true });
    this.#child.unref();
    this.#child.stdin.unref?.();
  }

  /** Not needed any more: the server has ended. */
  dismiss() {
    this.#child.kill("SIGKILL");
  }
}
