import { isSessionError } from "coatcheck";
import Link from "next/link";
import { getSession } from "@/lib/session";
import { CartIcon, Mark } from "./icons";
import { OrganisationMenu } from "./organisation-menu";
import { Who } from "./who";

/** Asks for the session itself: however many components do, one request reads it once. */
export async function Header() {
  const session = await getSession();
  const { seats } = await session.basket.catch(whenOutage);
  return (
    <header className="bar">
      <Link href="/" className="brand">
        <Mark />
        Vesper
      </Link>
      <nav aria-label="Main">
        <Link href="/cart" className="cart-link">
          <CartIcon />
          Cart
          {seats > 0 ? <Badge seats={seats} /> : null}
        </Link>
        <Who />
        <OrganisationMenu />
      </nav>
    </header>
  );
}

/** The shop stays open while its carts are out of reach, without a word about what is in them; the cart itself says so. */
function whenOutage(error: unknown): { readonly seats: number } {
  if (isSessionError(error)) return { seats: 0 };
  throw error;
}

function Badge({ seats }: { seats: number }) {
  return (
    <span className="badge">
      {seats}
      <span className="visually-hidden">{seats === 1 ? " seat" : " seats"}</span>
    </span>
  );
}
