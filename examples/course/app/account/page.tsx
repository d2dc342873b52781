import type { Metadata } from "next";
import Link from "next/link";
import { Ago } from "@/components/ago";
import { ContinueLearning } from "@/components/continue-learning";
import { MyCourses } from "@/components/my-courses";
import { OrderTag } from "@/components/order-tag";
import { Page } from "@/components/page";
import { SubmitButton } from "@/components/submit-button";
import { formatPrice } from "@/lib/money";
import { type Order, ordersOf } from "@/lib/orders";
import { openSession, requireUser, type UserSession } from "@/lib/session";
import { isAuthjsDemo, lantern } from "@/lib/settings";
import { signOut } from "./actions";

export const metadata: Metadata = { title: "Your account" };

export default async function AccountPage() {
  const session = await requireUser({ returnTo: "/account" });
  return (
    <Page title={session.user.name} lead={session.user.email}>
      <ContinueLearning />
      <div className="split even">
        <div className="stack">
          <MyCourses />
          <Orders orders={await ordersOf(session)} />
        </div>
        <div className="stack">
          <section className="panel">
            <h2>This session</h2>
            <Facts session={session} />
            <form action={signOut}>
              <SubmitButton className="button quiet wide" pending="Signing out…">
                Sign out
              </SubmitButton>
            </form>
          </section>
          {isAuthjsDemo ? <SignedInElsewhere /> : <Security />}
        </div>
      </div>
    </Page>
  );
}

function Facts({ session }: { session: UserSession }) {
  const { actor, authenticatedAt, lastSeenAt, idleExpiresAt, expiresAt } = session;
  // Beside Auth.js there is a session only once there is something to keep, and nobody says when the password was given.
  if (!lastSeenAt || !idleExpiresAt || !expiresAt) {
    return <p className="muted">It begins with the first thing that it has to keep.</p>;
  }
  return (
    <dl className="facts-list">
      {actor || !authenticatedAt ? null : <Fact label="Signed in" at={authenticatedAt} />}
      <Fact label="Last seen" at={lastSeenAt} />
      <Fact label="Ends if unused" at={idleExpiresAt} />
      <Fact label="Ends in any case" at={expiresAt} />
    </dl>
  );
}

function SignedInElsewhere() {
  return (
    <section className="panel">
      <h2>Security</h2>
      <p className="muted">
        You are signed in by Auth.js. Signing out here ends that as well, and signing out there ends this session.
      </p>
    </section>
  );
}

function Fact({ label, at }: { label: string; at: number }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <Ago at={at} />
      </dd>
    </div>
  );
}

function Orders({ orders }: { orders: readonly Order[] }) {
  return (
    <section>
      <h2>Your orders</h2>
      {orders.length === 0 ? (
        <p className="blank">
          No orders yet. <Link href="/">Find a course for this evening</Link>
        </p>
      ) : (
        <ul className="orders">
          {orders.map((order) => (
            <li key={order.number}>
              <span>
                <Link href={`/orders/${order.number}`}>Order {order.number}</Link>{" "}
                {order.status === "paid" ? null : <OrderTag status={order.status} />}
              </span>
              <span className="muted">{order.lines.map((line) => line.title).join(", ")}</span>
              <strong>{formatPrice(order.total)}</strong>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

async function Security() {
  const session = await openSession();
  const { length } = await session.list();
  return (
    <section className="panel">
      <h2>Security</h2>
      <ul className="rows">
        <li>
          <Link href="/account/devices">Your devices</Link>
          <span className="muted">{length === 1 ? "only this one" : `signed in on ${length}`}</span>
        </li>
        <li>
          <Link href="/account/access">What acts for you</Link>
        </li>
        {lantern ? (
          <li>
            <Link href="/account/connections">Connected accounts</Link>
          </li>
        ) : null}
        <li>
          <Link href="/account/password">Change your password</Link>
        </li>
      </ul>
    </section>
  );
}
