import { type AuditEntry, latestEntries } from "@/lib/audit";
import { formatInstant } from "@/lib/dates";
import type { User } from "@/lib/users";

/** The latest events, as `onEvent` wrote them down: no token and no data is ever in one. */
export function AuditList({ users }: { users: readonly User[] }) {
  const names = new Map(users.map(({ id, name }) => [id, name]));
  return (
    <div className="audit">
      <h2 id="audit">What has happened</h2>
      {/* Wide on a telephone: it scrolls by itself, also by keyboard. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse must reach it to scroll it */}
      <section className="scroll" aria-labelledby="audit" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Whose session</th>
              <th scope="col">Done by</th>
              <th scope="col">When</th>
              <th scope="col">Session</th>
            </tr>
          </thead>
          <tbody>
            {latestEntries().map((entry) => (
              <Row key={entry.number} entry={entry} names={names} />
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

function Row({ entry, names }: { entry: AuditEntry; names: ReadonlyMap<string, string> }) {
  const { at, what, sessionId, userId, actorId, detail } = entry;
  return (
    <tr>
      <td>
        {what.replaceAll("-", " ")}
        {detail ? <span className="muted"> ({detail})</span> : null}
      </td>
      <td>{nameOf(names, userId)}</td>
      <td>{nameOf(names, actorId)}</td>
      <td>
        <time dateTime={new Date(at).toISOString()}>{formatInstant(at)}</time>
      </td>
      <td>{sessionId ? <code title={sessionId}>{sessionId.slice(0, 8)}</code> : ""}</td>
    </tr>
  );
}

// A user who is gone is still known by the public id.
function nameOf(names: ReadonlyMap<string, string>, id: string | null): string {
  return id === null ? "" : (names.get(id) ?? id.slice(0, 8));
}
