import { formatWithOptions } from "node:util";
import { look, lookAlong } from "./findings.ts";

const methods = ["log", "info", "debug", "warn", "error", "trace"] as const;

/** Looks at everything that this process prints. */
export function watchPrinting(): void {
  for (const method of methods) {
    const print = console[method];
    console[method] = (...values) => {
      look(`console.${method}`, formatWithOptions({ depth: 12 }, ...values));
      print.apply(console, values);
    };
  }
  watchStream(process.stdout, "the standard output");
  watchStream(process.stderr, "the standard error");
}

function watchStream(stream: NodeJS.WriteStream, place: string): void {
  const write = stream.write.bind(stream) as (...values: unknown[]) => boolean;
  const lookAt = lookAlong(place);
  stream.write = (...values: unknown[]) => {
    lookAt(values[0]);
    return write(...values);
  };
}
