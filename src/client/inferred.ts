import type { PublicView } from "../core/session.ts";
import type { InferView } from "../http/create-sessions.ts";

/** What the server shows of a session, by the type of its manager; the default view where no type is given. */
export type ViewOf<Sessions> = unknown extends Sessions ? PublicView : InferView<Sessions>;
