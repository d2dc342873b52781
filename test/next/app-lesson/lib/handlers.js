import { handlers } from "./lesson-session.js";

export const { GET, POST } = handlers;
