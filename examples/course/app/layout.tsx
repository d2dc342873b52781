import { isSessionError } from "coatcheck";
import type { Metadata, Viewport } from "next";
import { Footer } from "@/components/footer";
import { Header } from "@/components/header";
import { Mark } from "@/components/icons";
import { Outage } from "@/components/outage";
import { getSession } from "@/lib/session";
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
  const isReachable = await getSession().then(() => true, whenOutage);
  return (
    <html lang="en">
      <body>
        <a className="skip" href="#content">
          Skip to content
        </a>
        {isReachable ? <Header /> : <BareHeader />}
        <main id="content">{isReachable ? children : <Outage />}</main>
        <Footer />
      </body>
    </html>
  );
}

/** A session that cannot be read is not a visitor without one: say so instead of showing an empty cart. */
function whenOutage(error: unknown): false {
  if (isSessionError(error)) return false;
  throw error;
}

function BareHeader() {
  return (
    <header className="bar">
      <a href="/" className="brand">
        <Mark />
        Vesper
      </a>
    </header>
  );
}
