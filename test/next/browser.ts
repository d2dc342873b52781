/** A browser as far as sessions are concerned: it keeps cookies and posts forms. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  async get(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = new Headers(init.headers);
    if (!headers.has("cookie") && this.cookies.size > 0) headers.set("cookie", this.cookieHeader());
    const response = await fetch(this.#origin + path, { redirect: "manual", ...init, headers });
    const answer = new Answer(response, await response.text());
    for (const line of answer.setCookies) this.#keep(line);
    return answer;
  }

  post(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = new Headers(init.headers);
    if (!headers.has("origin")) headers.set("origin", this.#origin);
    return this.get(path, { method: "POST", ...init, headers });
  }

  /** Posts the form of a Server Action as a browser without JavaScript does. */
  async submit(path: string, action: string, shown?: Answer): Promise<Answer> {
    const page = shown ?? (await this.get(path));
    const body = new FormData();
    body.set(`$ACTION_ID_${page.actionId(action)}`, "");
    return this.post(path, { body, headers: { accept: "text/html" } });
  }

  /** Calls a Server Action as Next's client does. */
  async call(path: string, action: string, shown?: Answer): Promise<Answer> {
    const page = shown ?? (await this.get(path));
    const headers = {
      "next-action": page.actionId(action),
      accept: "text/x-component",
      "content-type": "text/plain;charset=UTF-8",
    };
    return this.post(path, { body: "[]", headers });
  }

  cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  #keep(line: string): void {
    const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
    const [name = "", value = ""] = pair.split(/=(.*)/s);
    if (attributes.some((attribute) => /^max-age=0$/i.test(attribute))) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** What came back. */
export class Answer {
  readonly response: Response;
  readonly text: string;

  constructor(response: Response, text: string) {
    this.response = response;
    this.text = text;
  }

  get status(): number {
    return this.response.status;
  }
  get setCookies(): string[] {
    return this.response.headers.getSetCookie();
  }
  /** The lines for the session cookie. */
  get sessionCookies(): string[] {
    return this.setCookies.filter((line) => line.startsWith("__Host-session="));
  }
  header(name: string): string | null {
    return this.response.headers.get(name);
  }
  /** What the page shows of its state. */
  // biome-ignore lint/suspicious/noExplicitAny: each page shows something else
  get state(): any {
    const shown = /<pre id="state">(.*?)<\/pre>/s.exec(this.text)?.[1];
    if (shown === undefined) throw new Error(`no state in the answer (${this.status}): ${this.text.slice(0, 500)}`);
    return JSON.parse(shown.replaceAll("&quot;", '"').replaceAll("&#x27;", "'").replaceAll("&amp;", "&"));
  }
  // biome-ignore lint/suspicious/noExplicitAny: each route answers something else
  get json(): any {
    return JSON.parse(this.text);
  }
  actionId(name: string): string {
    const form = new RegExp(`<form[^>]*data-action="${name}".*?</form>`, "s").exec(this.text)?.[0] ?? "";
    const id = /name="\$ACTION_ID_([0-9a-f]+)"/.exec(form)?.[1];
    if (!id) throw new Error(`no form for ${name} in ${this.text.slice(0, 300)}`);
    return id;
  }
}
