import { SessionStoreError } from "../../errors.ts";
import { pause } from "../../runtime.ts";
import type { SchemaPlan } from "../sql/plan.ts";
import { type MysqlClient, type MysqlConnection, poolOf, realOf } from "./client.ts";
import { isRolledBack, storeError, unavailable } from "./errors.ts";
import { isSchemaBehind, type MigrationSettings, migrate } from "./migration.ts";
import type { MysqlSettings } from "./options.ts";
import { createDeadline, createSession, type Deadline, type Session } from "./session.ts";

/** The answer of a step that another writer has overtaken: it wants to be taken again. */
export const overtaken = Symbol("overtaken");

/** The way to a database. */
export interface Link {
  /**
   * Takes a step on a connection of the pool, and takes it again where the server has rolled it back for the sake of
   * another transaction, or where it was overtaken; `tries` counts those before. `task` says in an error what could not be done.
   */
  take<T>(task: string, step: Step<T>): Promise<T>;
}

type Step<T> = (session: Session, tries: number) => Promise<T | typeof overtaken>;

const mostTries = 500;
const longestPauseMs = 8;
const migrationMs = 60_000;

/** What a link is asked to do with a client. */
export type LinkSettings = MigrationSettings & Pick<MysqlSettings, "runtime" | "timeLimitMs">;

/** Makes the way to a database whose tables are looked after at the first step. A failure is forgotten: the next step tries again. */
export function createLink(client: MysqlClient, settings: LinkSettings, plan: SchemaPlan): Link {
  const { name, runtime, timeLimitMs } = settings;
  const lend = createLender(client, settings);
  let readiness: Promise<void> | null = null;
  let isReady = false;

  // A step of the schema may take longer than a call; who calls meanwhile waits as long as ever. To look is no such step, or
  // a server that does not answer would keep everybody waiting for that long.
  async function makeReady(): Promise<void> {
    const within = (ms: number) => createDeadline(runtime, name, ms);
    try {
      const isBehind = await lend(within(timeLimitMs), (session) => isSchemaBehind(session, settings, plan));
      if (isBehind) await lend(within(migrationMs), (session) => migrate(session, settings, plan));
      isReady = true;
    } finally {
      readiness = null;
    }
  }

  function beReady(deadline: Deadline): Promise<void> {
    readiness ??= makeReady();
    return deadline.wait(readiness);
  }

  async function attempt<T>(deadline: Deadline, step: Step<T>, tries: number): Promise<T | typeof overtaken> {
    try {
      return await lend(deadline, (session) => step(session, tries));
    } catch (error) {
      if (isRolledBack(error) && !deadline.hasPassed()) return overtaken;
      throw error;
    }
  }

  async function insist<T>(deadline: Deadline, step: Step<T>): Promise<T> {
    for (let tries = 0; tries < mostTries && !deadline.hasPassed(); tries++) {
      if (tries > 0) await pause(runtime, Math.min(tries, longestPauseMs) * runtime.jitter());
      const result = await attempt(deadline, step, tries);
      if (result !== overtaken) return result as T;
    }
    throw new SessionStoreError("STORE_CONFLICT", `The store "${name}" was overtaken by other writers each time.`, {
      hint: "Many writers change one session at once. Try again.",
    });
  }

  return {
    async take(task, step) {
      try {
        const deadline = createDeadline(runtime, name, timeLimitMs);
        if (!isReady) await beReady(deadline);
        return await insist(deadline, step);
      } catch (error) {
        throw storeError(name, task, error);
      }
    },
  };
}

type Lend = <T>(deadline: Deadline, work: (session: Session) => Promise<T>) => Promise<T>;

// A statement that was not answered leaves its connection waiting for it, so that it must not go back to the pool.
function createLender(client: MysqlClient, settings: LinkSettings): Lend {
  const pool = poolOf(client);
  const known = new WeakSet<object>();

  async function borrow(deadline: Deadline): Promise<MysqlConnection> {
    const coming = Promise.resolve(pool.getConnection());
    let isLate = true;
    try {
      const connection = await deadline.wait(coming);
      isLate = false;
      return connection;
    } finally {
      if (isLate) coming.then(giveBack, ignore);
    }
  }

  async function meet(connection: MysqlConnection, session: Session): Promise<void> {
    const real = realOf(connection);
    if (known.has(real)) return;
    // Without a listener, losing an idle connection ends the process. Another store on the pool may have set it already.
    if (!real.listeners?.("error").includes(ignore)) real.on?.("error", ignore);
    await requireAutocommit(session, settings.name);
    known.add(real);
  }

  return async (deadline, work) => {
    const connection = await borrow(deadline);
    const session = createSession(connection, settings, deadline);
    try {
      await meet(connection, session);
      return await work(session);
    } catch (error) {
      if (!session.isSound()) discard(connection);
      throw error;
    } finally {
      if (session.isSound()) giveBack(connection);
    }
  };
}

async function requireAutocommit(session: Session, name: string): Promise<void> {
  const [row] = await session.run("SELECT CONCAT(@@autocommit + 0)");
  if (String(row?.[0]) === "1") return;
  throw unavailable(
    name,
    "needs connections with autocommit: without it a change is not kept, and a read sees the past",
    "Give it a pool of its own, whose connections are left at autocommit = 1.",
  );
}

// mysql2 takes a destroyed connection out of its pool, but waits for the server to close it, which one that does not answer
// never does.
function discard(connection: MysqlConnection): void {
  connection.destroy();
  realOf(connection).stream?.destroy?.();
}

function giveBack(connection: MysqlConnection): void {
  connection.release?.();
}

function ignore(): void {}
