export { type DpopReplaysOptions, dpopReplays } from "./dpop-replays.ts";
