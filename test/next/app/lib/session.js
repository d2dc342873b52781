import { memoryStore } from "coatcheck";
import { nextSessions } from "coatcheck/next";
import { httpStore, note } from "./http-store.js";

export const {
  auth,
  getSession,
  openSession,
  createAuthSession,
  destroySession,
  requireUser,
  withSession,
  handlers,
  sessions,
} = nextSessions({
  store: httpStore,
  keep: ["cart"],
  reauthenticatePath: "/confirm",
  async user(id) {
    await note("user");
    if (id === "gone") return null;
    if (id === "broken") throw new Error("no database");
    if (id === "moved") {
      const { redirect } = await import("next/navigation");
      redirect("/static");
    }
    return { id, name: `user ${id}` };
  },
  extend: {
    greeting: async (session) => {
      await note("greeting");
      return `hello ${session.userId}`;
    },
  },
});

// A second configuration in the same application, on the memory of the process.
export const memory = nextSessions({
  store: memoryStore(),
  cookie: { name: "memory" },
  basePath: "/api/memory",
});

// A third one, whose token may come in the header, with a snapshot beside its cookie.
export const secrets = ["0123456789abcdef0123456789abcdef"];
export const carried = nextSessions({
  store: httpStore,
  cookie: { name: "carried" },
  basePath: "/api/carried",
  bearer: true,
  secrets,
  snapshot: { maxStale: "30s" },
});
