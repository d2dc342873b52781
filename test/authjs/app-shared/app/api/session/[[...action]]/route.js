export { GET, POST } from "../../../../lib/session-handlers.js";
