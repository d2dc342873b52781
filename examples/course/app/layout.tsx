import { isSessionError } from "coatcheck";
import type { Metadata, Viewport } from "next";
import { ActingBanner } from "@/components/acting-banner";
import { ExpiryDialog } from "@/components/expiry-dialog";
import { Footer } from "@/components/footer";
import { Header } from "@/components/header";
import { Mark } from "@/components/icons";
import { Outage } from "@/components/outage";
import { SessionWatch } from "@/components/session-watch";
import { ShoppingFrom } from "@/components/shopping-from";
import { getSession } from "@/lib/session";
import { SessionProvider } from "@/lib/session-hooks";
import { expiryWarning } from "@/lib/settings";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Vesper · evening courses", template: "%s · Vesper" },
  description: "Small, well-made courses for the hours after work.",
};

export const viewport: Viewport = {
  colorScheme: "light dark",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#fbf7f0" },
    { media: "(prefers-color-scheme: dark)", color: "#15121f" },
  ],
};

export default async function Layout({ children }: LayoutProps<"/">) {
  const session = await getSession().catch(whenOutage);
  return (
    <html lang="en">
      <body>
        <a className="skip" href="#content">
          Skip to content
        </a>
        {session ? <Shop session={session}>{children}</Shop> : <Closed />}
        <Footer>{session ? <ShoppingFrom /> : null}</Footer>
      </body>
    </html>
  );
}

type ShopProps = { session: Awaited<ReturnType<typeof getSession>>; children: React.ReactNode };

async function Shop({ session, children }: ShopProps) {
  const { userId, user, actor } = session;
  return (
    <SessionProvider session={await session.toClient()}>
      {actor && user ? <ActingBanner name={user.name} until={actor.expiresAt} /> : null}
      <Header />
      <SessionWatch renderedFor={userId} />
      <main id="content">{children}</main>
      <ExpiryDialog warnBefore={expiryWarning} />
    </SessionProvider>
  );
}

/** A session that cannot be read is not a visitor without one: say so instead of showing an empty cart. */
function whenOutage(error: unknown): null {
  if (isSessionError(error)) return null;
  throw error;
}

function Closed() {
  return (
    <>
      <header className="bar">
        <a href="/" className="brand">
          <Mark />
          Vesper
        </a>
      </header>
      <main id="content">
        <Outage />
      </main>
    </>
  );
}
