import type { SessionInfo, TokenGrant } from "coatcheck";
import type { Metadata } from "next";
import Link from "next/link";
import { Ago } from "@/components/ago";
import { Page } from "@/components/page";
import { SubmitButton } from "@/components/submit-button";
import { formatDistance } from "@/lib/dates";
import { deviceName } from "@/lib/device";
import { onlyWithOwnSignIn } from "@/lib/entrance";
import { openSession, requireUser } from "@/lib/session";
import { lantern } from "@/lib/settings";
import { disconnect } from "../connections/actions";
import { endSession, endTokens } from "./actions";

export const metadata: Metadata = { title: "What acts for you" };

export default async function AccessPage() {
  onlyWithOwnSignIn();
  await requireUser({ returnTo: "/account/access" });
  const session = await openSession();
  const [sessions, grants, accounts] = await Promise.all([
    session.list(),
    session.listTokens(),
    session.connection.list(),
  ]);
  const programs = new Set(grants.map(({ sessionId }) => sessionId));
  const browsers = sessions.filter(({ id }) => !programs.has(id));
  return (
    <Page
      title="What acts for you"
      lead="Browsers, programs and accounts that act in your name. What you end here is out at once."
      narrow
    >
      <div className="stack">
        <section className="panel">
          <h2>Browsers</h2>
          <ul className="browsers">
            {browsers.map((info) => (
              <Browser key={info.id} info={info} />
            ))}
          </ul>
        </section>
        <section className="panel">
          <h2>Programs with keys of their own</h2>
          {grants.length === 0 ? (
            <p className="muted">None.</p>
          ) : (
            <ul className="browsers">
              {grants.map((grant) => (
                <Program
                  key={grant.id}
                  grant={grant}
                  device={sessions.find(({ id }) => id === grant.sessionId)?.device}
                />
              ))}
            </ul>
          )}
          <p>
            <Link href="/account/command-line">Sign a command line in</Link>
          </p>
        </section>
        {lantern ? (
          <section className="panel">
            <h2>Accounts elsewhere</h2>
            {accounts.length === 0 ? (
              <p className="muted">None.</p>
            ) : (
              <ul className="browsers">
                {accounts.map(({ provider, linkedAt, state }) => (
                  <li key={provider}>
                    <span>
                      Lantern Library
                      {state === "active" ? (
                        <span className="muted">
                          connected <Ago at={linkedAt} />
                        </span>
                      ) : (
                        <span className="muted">gives us nothing any more; connect it again</span>
                      )}
                    </span>
                    <form action={disconnect}>
                      <input type="hidden" name="from" value="/account/access" />
                      <SubmitButton className="link" pending="Disconnecting…" aria-label="Disconnect Lantern Library">
                        Disconnect
                      </SubmitButton>
                    </form>
                  </li>
                ))}
              </ul>
            )}
            <p>
              <Link href="/account/connections">Connected accounts</Link>
            </p>
          </section>
        ) : null}
      </div>
    </Page>
  );
}

function Browser({ info: { id, device, lastSeenAt, isCurrent } }: { info: SessionInfo }) {
  const name = deviceName(device);
  return (
    <li>
      <span>
        {name}
        <span className="muted">
          seen <Ago at={lastSeenAt} />
        </span>
      </span>
      {isCurrent ? (
        <span className="tag">This device</span>
      ) : (
        <form action={endSession}>
          <input type="hidden" name="id" value={id} />
          <SubmitButton
            className="link"
            pending="Signing out…"
            aria-label={`Sign out ${name}, seen ${formatDistance(lastSeenAt)}`}
          >
            Sign out
          </SubmitButton>
        </form>
      )}
    </li>
  );
}

function Renewal({ at }: { at: number | null }) {
  if (at === null) return "keys not renewed yet";
  return (
    <>
      keys renewed <Ago at={at} />
    </>
  );
}

const deeds: Readonly<Record<string, string>> = {
  "learning:read": "sees your courses",
  "learning:write": "completes lessons",
};

function Program({ grant, device }: { grant: TokenGrant; device: unknown }) {
  const { id, scope, createdAt, lastUsedAt } = grant;
  const name = deviceName(device);
  const may = scope.map((one) => deeds[one] ?? one).join(" and ");
  return (
    <li>
      <span>
        {name}
        <span className="muted">{may}</span>
        <span className="muted">
          since <Ago at={createdAt} /> · <Renewal at={lastUsedAt} />
        </span>
      </span>
      <form action={endTokens}>
        <input type="hidden" name="id" value={id} />
        <SubmitButton
          className="link"
          pending="Ending…"
          aria-label={`Take the keys of ${name} back, made ${formatDistance(createdAt)}`}
        >
          Take back
        </SubmitButton>
      </form>
    </li>
  );
}
