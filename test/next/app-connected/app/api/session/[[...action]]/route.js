import { handlers } from "../../../../lib/connected-session.js";

export const { GET, POST } = handlers;
