import type { SessionInfo } from "coatcheck";
import type { Metadata } from "next";
import { Ago } from "@/components/ago";
import { Page } from "@/components/page";
import { SubmitButton } from "@/components/submit-button";
import { requireAdmin } from "@/lib/admin";
import { deviceAddress, deviceName } from "@/lib/device";
import { sessions } from "@/lib/session";
import { allUsers, type User } from "@/lib/users";
import { ActForm } from "./act-form";
import { revokeSession } from "./actions";
import { AuditList } from "./audit-list";

export const metadata: Metadata = { title: "Administration" };

export default async function AdminPage() {
  const { id } = await requireAdmin();
  const users = allUsers();
  return (
    <Page title="Administration" lead="Who is signed in, and what has happened.">
      <div className="stack">
        <ul className="people">
          {users.map((user) => (
            <Person key={user.id} user={user} ownId={id} />
          ))}
        </ul>
        <AuditList users={users} />
      </div>
    </Page>
  );
}

async function Person({ user, ownId }: { user: User; ownId: string | null }) {
  const living = await sessions.list(user.id);
  return (
    <li className="panel">
      <div className="person">
        <h2>{user.name}</h2>
        {user.role === "admin" ? <span className="tag">Administrator</span> : null}
        <p className="muted small">{user.email}</p>
      </div>
      {living.length === 0 ? <p className="muted small">Not signed in anywhere.</p> : null}
      <ul className="browsers">
        {living.map((session) => (
          <Session key={session.id} session={session} user={user} isOwn={session.id === ownId} />
        ))}
      </ul>
      {user.role === "customer" ? <ActForm userId={user.id} name={user.name} /> : null}
    </li>
  );
}

function Session({ session, user, isOwn }: { session: SessionInfo; user: User; isOwn: boolean }) {
  const { id, device, lastSeenAt } = session;
  const address = deviceAddress(device);
  return (
    <li>
      <span>
        {deviceName(device)}
        <span className="muted">
          {address ? `${address} · ` : ""}seen <Ago at={lastSeenAt} /> · <code title={id}>{id.slice(0, 8)}</code>
        </span>
      </span>
      {isOwn ? (
        <span className="tag">This device</span>
      ) : (
        <form action={revokeSession}>
          <input type="hidden" name="id" value={id} />
          <input type="hidden" name="userId" value={user.id} />
          <SubmitButton
            className="link"
            pending="Ending…"
            aria-label={`End it: session ${id.slice(0, 8)} of ${user.name}`}
          >
            End it
          </SubmitButton>
        </form>
      )}
    </li>
  );
}
