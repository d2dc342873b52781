export function Footer({ children }: { children?: React.ReactNode }) {
  return (
    <footer className="foot">
      <p>
        Vesper is a demonstration of <strong>Coatcheck</strong>. No course is held and no payment is taken.
      </p>
      {children}
      <nav aria-label="More of Vesper">
        {/* Plain links: they leave the App Router. */}
        <a href="/letter">The evening letter</a>
        <a href="/classic-cart">The cart in the Pages Router</a>
        <a href="/classic-learning">Your learning in the Pages Router</a>
        <a href="/api/session">Your session as JSON</a>
      </nav>
    </footer>
  );
}
