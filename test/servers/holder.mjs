// A process that starts a server of its own, says where, and waits to be killed.
const { startServer } = await import(new URL(`./${process.argv[2]}.mjs`, import.meta.url).href);
const { port, folder } = await startServer();
process.stdout.write(`${JSON.stringify({ port, folder })}\n`);
setInterval(() => undefined, 60_000);
