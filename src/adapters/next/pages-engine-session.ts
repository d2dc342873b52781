import type { DataShape } from "../../core/data-shape.ts";
import type { DataOperation, Draft } from "../../core/draft.ts";
import type { Manager } from "../../core/manager.ts";
import { encodeAll, pluckOne, writeAll } from "../../core/operations.ts";
import type { SessionTypes } from "../../core/session.ts";
import type { Transport } from "../../core/transport.ts";
import type { Visit } from "../../core/visit.ts";
import { addMark, checkForm, falseIf, isTokenText, markOf, newCSRFToken, takeMark } from "./pages-csrf.ts";
import { checkData, checkName, copyOf, isReserved, patchOf, tokensKey } from "./pages-data.ts";
import type { PageSession, SessionData } from "./pages-session.ts";

/** What is needed of a manager, whatever the types of its sessions. */
export type AnyManager = Pick<Manager<SessionTypes>, "policy" | "visit">;

/** One request's session on the engine, with every guarantee that it gives. */
export class EngineSession implements PageSession {
  readonly #manager: AnyManager;
  readonly #shape: DataShape;
  readonly #transport: Transport;
  #visit: Visit;

  constructor(manager: AnyManager, transport: Transport, visit: Visit) {
    this.#manager = manager;
    this.#shape = manager.policy.shape;
    this.#transport = transport;
    this.#visit = visit;
  }

  async id(begin: boolean): Promise<string | null> {
    const visit = await this.#loaded();
    if (begin) await visit.write(beginEmpty);
    return visit.record?.id ?? null;
  }

  async data(): Promise<SessionData> {
    const visit = await this.#loaded();
    return copyOf(visit.data);
  }

  async set(change: unknown): Promise<void> {
    const operation = typeof change === "function" ? this.#merging(change) : this.#writing(change);
    const visit = await this.#loaded();
    await visit.write(operation);
  }

  async replace(data: unknown): Promise<void> {
    const operation = this.#writing(data);
    const visit = await this.#loaded();
    await visit.renew(operation);
  }

  async pluck(given: unknown): Promise<unknown> {
    const name = checkName(given);
    if (isReserved(name)) return null;
    const visit = await this.#loaded();
    return (await visit.write(pluckOne(this.#shape, name, visit.noteDiscard()), false)) ?? null;
  }

  async destroy(): Promise<void> {
    const visit = this.#visit;
    await visit.end();
    // What this request does from now on is done without a session; what it had begun before fails with the old one.
    if (visit === this.#visit) this.#visit = this.#manager.visit({ ...this.#transport, presented: [] });
  }

  async issueCSRFToken(given: unknown): Promise<string> {
    const form = checkForm(given);
    const token = newCSRFToken(this.#manager.policy.runtime);
    const mark = await markOf(token, form);
    const visit = await this.#loaded();
    await visit.write((draft) => draft.write(tokensKey, JSON.stringify(addMark(readMarks(draft), mark))));
    return token;
  }

  async takeCSRFToken(token: unknown, given: unknown): Promise<boolean> {
    const form = checkForm(given);
    if (!isTokenText(token)) return false;
    const mark = await markOf(token, form);
    const visit = await this.#loaded();
    const taken = visit.write((draft) => takeFrom(draft, mark), false);
    // A session that is gone took its tokens with it.
    return falseIf(taken, "CROSS_SITE_REQUEST", "SESSION_REPLACED", "SESSION_DESTROYED");
  }

  async #loaded(): Promise<Visit> {
    const visit = this.#visit;
    await visit.load();
    await visit.loadUser();
    return visit;
  }

  #writing(data: unknown): DataOperation<void> {
    return writeAll(encodeAll(this.#shape, checkData(data)));
  }

  /** Merges what a function of the data gives. All that it may have read is expected to be so still at the write. */
  #merging(change: unknown): DataOperation<void> {
    return (draft) => {
      const texts = encodeAll(
        this.#shape,
        patchOf(change, () => this.#read(draft)),
      );
      for (const key of texts.keys()) draft.read(key);
      writeAll(texts)(draft);
    };
  }

  #read(draft: Draft): SessionData {
    const data: SessionData = {};
    for (const key of this.#shape.keys ?? Object.keys(draft.texts())) {
      if (!isReserved(key) && !this.#shape.isForeign(key)) data[key] = this.#shape.decode(key, draft.read(key)).value;
    }
    return copyOf(data);
  }
}

/** A session that is begun without data holds its empty list of tokens. */
const beginEmpty: DataOperation<void> = (draft) => {
  if (Object.keys(draft.texts()).length === 0) draft.write(tokensKey, JSON.stringify(""));
};

function takeFrom(draft: Draft, mark: string): boolean {
  // Looked up first: a token that is not there is no reason to insist on what is.
  if (takeMark(marksOf(draft.peek(tokensKey)), mark) === null) return false;
  const left = takeMark(readMarks(draft), mark);
  if (left === null) return false;
  draft.write(tokensKey, JSON.stringify(left));
  return true;
}

function readMarks(draft: Draft): unknown {
  return marksOf(draft.read(tokensKey));
}

function marksOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '""');
  } catch {
    return "";
  }
}
