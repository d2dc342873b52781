import { Expected } from "./expected.mjs";

const slots = ["slot0", "slot1", "slot2", "slot3"];
/** After so many increments a visitor signs out and begins anew: a counter names each of them. */
const mostIncrements = 48;
const mostDead = 16;
const longestStory = 12;

/**
 * A visitor with a cookie jar of its own, who knows what was acknowledged and holds every answer against it. A change of
 * identity that was not answered leaves the visitor in doubt until the next one is acknowledged.
 */
export class Visitor {
  id = null;
  user = null;
  /** Tokens that must open nothing any more, and sessions that have ended. */
  dead = [];
  ended = [];
  inDoubt = false;
  stats = { answered: 0, refused: 0, stranded: 0, slowest: 0 };
  #application;
  #findings;
  #chance;
  #patience;
  #tag;
  #cookie = null;
  #expected = new Expected();
  #unanswered = new Map();
  #numbers = 0;
  #isTagged = false;
  #past = [];

  constructor({ application, findings, chance, patience, tag }) {
    this.#application = application;
    this.#findings = findings;
    this.#chance = chance;
    this.#patience = patience;
    this.#tag = tag;
  }

  get token() {
    return this.#cookie?.slice("session=".length) ?? null;
  }

  /** One page, with all of its requests. Tells whether everything was answered. */
  async turn() {
    if (!this.#cookie) return this.#begin();
    if (this.inDoubt) return this.#signIn();
    if (!this.#isTagged) return this.#begin();
    if (this.#expected.attempts >= mostIncrements) return this.#signOut();
    const chance = this.#chance.next();
    if (chance < 0.12) return this.#signIn();
    if (chance < 0.2) return this.#rotate();
    if (chance < 0.24) return this.#signOut();
    if (chance < 0.28) return this.#presentDead(this.#chance.pick([...this.dead, "session"]));
    return this.#work();
  }

  /** Looks at the session once more, and at the tokens that are dead. */
  async look() {
    for (const token of this.dead) await this.#presentDead(token);
    if (!this.#cookie || this.inDoubt) return true;
    return this.#read();
  }

  async #work() {
    const tasks = [this.#read(), this.#count()];
    for (const slot of slots) if (this.#chance.oneIn(3)) tasks.push(this.#set(slot));
    if (this.#chance.oneIn(2)) tasks.push(this.#read(), this.#count());
    return allOf(tasks);
  }

  async #begin() {
    const { body, cookie } = await this.#ask("POST /begin", { tag: this.#tag });
    if (!body) return false;
    this.#check(cookie || this.#cookie, "a session began without a cookie");
    if (cookie) this.#cookie = cookie;
    if (this.id !== body.id) this.#startAnew(body.id, body.userId);
    this.#isTagged = true;
    this.#check(body.data.tag === this.#tag, "the first write is not there");
    return true;
  }

  async #read() {
    const before = this.#expected.snapshot();
    const { body } = await this.#ask("GET /");
    if (body) this.#judge(body, before);
    return Boolean(body);
  }

  async #count() {
    const op = `${this.#tag}.${this.#numbers++}`;
    this.#expected.count(op);
    const before = this.#expected.snapshot();
    const { body } = await this.#ask("POST /count", { op });
    if (!body) return false;
    this.#expected.counted(op);
    this.#judge(body, { ...before, acknowledged: before.acknowledged.add(op) });
    return true;
  }

  async #set(slot) {
    const value = this.#numbers++;
    const unanswered = this.#unanswered.get(slot) ?? [];
    this.#expected.set(slot, value);
    const before = this.#expected.snapshot();
    const { body } = await this.#ask("POST /set", { slot, value });
    if (!body) {
      this.#unanswered.set(slot, [...unanswered, value]);
      return false;
    }
    this.#expected.wasSet(slot, value, unanswered);
    this.#judge(body, before);
    return true;
  }

  // Meanwhile other requests of the same page are under way with the old token.
  async #rotate() {
    return allOf([this.#rotateOnly(), this.#read(), this.#count()]);
  }

  async #rotateOnly() {
    const before = this.#expected.snapshot();
    const { body, cookie } = await this.#ask("POST /rotate");
    if (!body) return this.#doubt();
    this.#check(cookie, "a rotation was acknowledged without a token");
    if (cookie) this.#cookie = cookie;
    this.#judge(body, before);
    return true;
  }

  async #signIn() {
    const before = this.#expected.snapshot();
    const user = `user of ${this.#tag}`;
    const { token } = this;
    const { body, cookie } = await this.#ask("POST /sign-in", { user });
    if (!body) return this.#doubt();
    this.#check(body.userId === user, "a sign-in was acknowledged for somebody else, or nobody");
    this.#check(cookie, "a sign-in was acknowledged without a token");
    this.#bury(token);
    this.#cookie = cookie;
    const isSame = body.id === this.id;
    this.#check(isSame || this.inDoubt, "a sign-in began another session");
    this.inDoubt = false;
    this.user = user;
    if (isSame) this.#judge(body, before);
    else this.#strand(body);
    return isSame || this.#begin();
  }

  async #signOut() {
    const { token, id } = this;
    const { body, cleared } = await this.#ask("POST /sign-out");
    if (!body) return this.#doubt();
    this.#check(cleared, "a sign-out was acknowledged and left the cookie");
    this.#bury(token);
    this.ended.push(id);
    this.#cookie = null;
    this.#startAnew(null, null);
    return true;
  }

  async #presentDead(token) {
    const { status, body } = await this.#send("GET /", {}, `session=${token}`);
    if (status !== 200) return false;
    this.#check(JSON.parse(body).id === null, "a token opens a session that was ended or signed in anew");
    return true;
  }

  #judge({ id, userId, data }, before) {
    if (this.inDoubt && id === null) return;
    this.#check(id !== null, "a visitor with a session is answered as a stranger");
    if (id === null) return;
    const whose = data.tag === this.#tag ? "an earlier session of the visitor" : "somebody else's session";
    this.#check(id === this.id, `an answer shows ${whose}`);
    if (id !== this.id) return;
    this.#check(userId === this.user || this.inDoubt, `signed in as ${this.user}, answered as ${userId}`);
    const isOurs = data.tag === this.#tag || (data.tag === undefined && !this.#isTagged);
    this.#check(isOurs, "an answer shows somebody else's data");
    const problem = this.#expected.problemOf(data, before);
    this.#check(problem === null, problem);
  }

  #strand(body) {
    this.stats.stranded += 1;
    this.#startAnew(body.id, body.userId);
  }

  #startAnew(id, user) {
    this.id = id;
    this.user = user;
    this.#isTagged = false;
    this.#expected = new Expected();
    this.#unanswered = new Map();
  }

  #doubt() {
    this.inDoubt = true;
    return false;
  }

  #bury(token) {
    if (token && !this.inDoubt) this.dead = [...this.dead, token].slice(-mostDead);
  }

  /** Sends a request and reads the answer: a body, or none where it was refused. */
  async #ask(deed, query) {
    const answer = await this.#send(deed, query, this.#cookie);
    const { status, headers, body } = answer;
    if (status !== 200) return {};
    const line = cookieOf(headers);
    const cleared = line !== null && isCleared(line);
    this.#check(!cleared || deed === "POST /sign-out", "a cookie was cleared");
    return { body: JSON.parse(body), cookie: line && !cleared ? line.split(";")[0] : null, cleared };
  }

  async #send(deed, query, cookie) {
    const wasInDoubt = this.inDoubt;
    const answer = await this.#application.ask(deed, { query, cookie, patience: this.#patience });
    const { status, headers, error, ms } = answer;
    this.#past = [...this.#past, `${deed.split(" ")[1]} ${status}`].slice(-longestStory);
    this.stats.slowest = Math.max(this.stats.slowest, ms);
    this.stats[status === 200 ? "answered" : "refused"] += 1;
    if (status === 200) return answer;
    // That the application has ended is told once, and not by every visitor.
    this.#check(status !== 0 || this.#application.end !== null, () => `a request got no answer: ${error}`);
    if (status === 0) return answer;
    this.#check(cookieOf(headers) === null, `an answer with ${status} sets a cookie`);
    // Of two requests of one page, the other one may have put this one in doubt.
    const isExpected = status === 503 || (status === 409 && (wasInDoubt || this.inDoubt));
    this.#check(isExpected, `${deed} was answered with ${status}`);
    if (status === 503) this.#check(headers["retry-after"], "a 503 without Retry-After");
    return answer;
  }

  #check(holds, what) {
    const story = () => `${typeof what === "function" ? what() : what} (${this.#tag}: ${this.#past.join(", ")})`;
    this.#findings.check(holds, story);
  }
}

const allOf = async (tasks) => (await Promise.all(tasks)).every(Boolean);

function cookieOf(headers) {
  return headers["set-cookie"]?.find((line) => line.startsWith("session=")) ?? null;
}

function isCleared(line) {
  return line.startsWith("session=;") || /max-age=0/i.test(line);
}
