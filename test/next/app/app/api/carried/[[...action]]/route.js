import { carried } from "../../../../lib/session.js";

export const { GET, POST } = carried.handlers;
