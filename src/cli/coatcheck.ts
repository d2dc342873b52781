#!/usr/bin/env node
// The command "coatcheck": `npx coatcheck secret`.
import { runCommand } from "./commands.ts";
import { endProcess } from "./output.ts";

// An application's module that is loaded may hold a database open: what is asked for is done, and the process ends.
await endProcess(await runCommand(process.argv.slice(2)));
