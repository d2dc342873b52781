import type { AppProps } from "next/app";
import Head from "next/head";
import { ActingBanner } from "@/components/acting-banner";
import { Footer } from "@/components/footer";
import { Mark } from "@/components/icons";
import "@/app/globals.css";

export default function ClassicApp({ Component, pageProps }: AppProps) {
  return (
    <>
      <Head>
        <title>Your cart · Vesper</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
      </Head>
      {pageProps.acting ? <ActingBanner {...pageProps.acting} /> : null}
      <header className="bar">
        <a href="/" className="brand">
          <Mark />
          Vesper
        </a>
        <nav aria-label="Main">
          <a href="/cart">Back to the App Router</a>
        </nav>
      </header>
      <main id="content">
        <Component {...pageProps} />
      </main>
      <Footer />
    </>
  );
}
