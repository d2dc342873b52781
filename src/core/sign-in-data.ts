import type { SessionRecord } from "../store/record.ts";
import type { OnDiscard } from "./data-view.ts";
import { Draft, noTexts } from "./draft.ts";
import type { Engine } from "./engine.ts";
import { isSameUser, type KeepRule, keepOnly } from "./keep.ts";
import { keepingOf } from "./policy.ts";
import type { SignInData } from "./sign-in.ts";

/**
 * The data that a sign-in leaves: all of it for the same user, what `keep` says of an anonymous visitor's, else nothing; then
 * the change that comes with it. Without a record, that change alone.
 */
export function draftFor(engine: Engine, record: SessionRecord | null, request: SignInData): Draft {
  const draft = new Draft(record?.data ?? noTexts);
  if (record !== null && !isSameUser(record, request.userId)) keepFor(engine, record, draft, request.keep);
  if (request.operation) draft.apply(request.operation);
  return draft;
}

function keepFor(engine: Engine, record: SessionRecord, draft: Draft, keep: KeepRule): void {
  const onDiscard: OnDiscard = (key, reason) =>
    engine.emit({ type: "data-discarded", sessionId: record.id, key, reason });
  draft.apply(() => {
    if (record.userId === null) keepOnly(draft, keepingOf(engine.policy, keep), onDiscard);
    else draft.clear();
  });
}
