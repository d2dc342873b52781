import { handlers } from "../../../../lib/session.js";

export const { GET, POST } = handlers;
