import { authjsHandlers } from "../../../../lib/auth.js";

export const { GET, POST } = authjsHandlers;
