/** What one writer told before it was killed. */
export class Story {
  /** Every secret that the library was given, in base64url. */
  secrets = [];
  /** How many increments of the shared count were acknowledged. */
  counted = 0;
  stopped = false;
  #sessions = new Map();

  hear({ secret, counted, stopped, doing, done, id, token, count }) {
    if (secret) this.secrets.push(secret);
    if (counted) this.counted += counted;
    if (stopped) this.stopped = true;
    if (doing) this.#sessions.get(id).inFlight = doing;
    if (done) this.#acknowledge(done, id, { token, count });
  }

  /** Every session whose making was acknowledged: its last acknowledged state, and the change that was under way. */
  get sessions() {
    return [...this.#sessions.values()];
  }

  #acknowledge(done, id, { token, count }) {
    if (done === "create") this.#sessions.set(id, { id, count: 0, isAlive: true, isSignedIn: false });
    const session = this.#sessions.get(id);
    session.inFlight = null;
    if (token) session.token = token;
    if (count !== undefined) session.count = count;
    if (done === "signIn") session.isSignedIn = true;
    if (done === "destroy") session.isAlive = false;
  }
}
