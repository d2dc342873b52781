import { Chance } from "../races/chance.mjs";
import { Findings } from "../races/findings.mjs";
import { hostileCookie, isPlain, requestWith } from "./hostile.mjs";
import { sendAll } from "./pipeline.mjs";
import { startServer } from "./served.mjs";

const atOnce = 50;

/**
 * A1, A2, T7: any bytes in a Cookie header get a defined answer, and none is taken for a session.
 *
 * @param {{ dist: string, figure: number, seed: number, careless?: boolean }} order
 */
export async function fuzzCookies({ dist, figure, seed, careless }) {
  return withServer({ dist, careless }, async (server, findings) => {
    const chance = new Chance(seed);
    const { token } = await server.ask("create");
    let read = 0;
    while (findings.reached < figure) {
      const count = Math.min(atOnce, figure - findings.reached);
      const cookies = Array.from({ length: count }, () => hostileCookie(chance, token));
      read += await send(server, cookies, findings);
    }
    findings.check(read > figure / 2, () => `only ${read} headers came past Node's own parser`);
    await stillOpens(server, token, findings);
  });
}

/**
 * T7, C7: every one-bit flip of valid tokens is refused.
 *
 * @param {{ dist: string, figure: number }} order
 */
export async function flipBits({ dist, figure }) {
  return withServer({ dist }, async (server, findings) => {
    while (findings.reached < figure) {
      const { token } = await server.ask("create");
      await send(server, flipsOf(token), findings);
      await stillOpens(server, token, findings);
    }
  });
}

async function withServer({ dist, careless }, attack) {
  const findings = new Findings();
  const server = await startServer(dist, careless);
  await attack(server, findings);
  findings.check(server.isRunning(), "the server has ended");
  findings.check(server.printed() === "", () => `the server complained: ${server.printed().slice(0, 500)}`);
  server.stop();
  return findings;
}

async function send(server, cookies, findings) {
  const responses = await sendAll(server.port, cookies.map(requestWith));
  for (const [index, { status, head, body }] of responses.entries()) {
    const told = () => `${status} ${body} for ${JSON.stringify(cookies[index].toString("latin1").slice(0, 300))}`;
    // A 400 is Node's own: the header was no header.
    findings.check(status === 200 || (status === 400 && !cookies[index].every(isPlain)), told);
    if (status === 200) findings.check(body === '{"id":null,"userId":null}', told);
    findings.check(!/^set-cookie:/im.test(head), () => `a cookie was set: ${told()}`);
  }
  findings.reached += responses.length;
  return responses.filter(({ status }) => status === 200).length;
}

async function stillOpens(server, token, findings) {
  const [{ body }] = await sendAll(server.port, [requestWith(Buffer.from(`__Host-session=${token}`))]);
  findings.check(body.includes('"userId":"victim"'), "the valid token does not open its session any more");
}

function flipsOf(token) {
  const bytes = Buffer.from(token);
  return Array.from({ length: bytes.length * 8 }, (_, bit) => {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3] ^= 1 << (bit & 7);
    return Buffer.concat([Buffer.from("__Host-session="), flipped]);
  });
}
