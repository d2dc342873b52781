import type { GetServerSideProps } from "next";
import type { PricedCart } from "@/lib/cart";
import { getCSRFToken } from "@/lib/classic-session";
import { formatPrice } from "@/lib/money";
import { getSession } from "@/lib/session";

interface Props {
  readonly basket: PricedCart;
  readonly token: string | null;
  /** For the banner: as whom somebody acts, and until when. */
  readonly acting: { readonly name: string; readonly until: number } | null;
}

/** The same cart as `/cart`, read the way of the Pages Router. */
export const getServerSideProps: GetServerSideProps<Props> = async (context) => {
  const session = await getSession(context);
  const basket = await session.basket;
  // A token is kept in the session: without a cart there is no form, and no reason to start one.
  const token = basket.lines.length > 0 ? await getCSRFToken(context, "cart") : null;
  const { actor, user } = session;
  const acting = actor && user ? { name: user.name, until: actor.expiresAt } : null;
  return { props: { basket, token, acting } };
};

export default function ClassicCart({ basket, token }: Props) {
  if (basket.lines.length === 0) {
    return (
      <div className="page narrow">
        <header className="page-head">
          <h1>Your cart is empty</h1>
          <p className="lead">
            This page belongs to the Pages Router. It shows the same session as the rest of the shop.
          </p>
        </header>
        <a className="button" href="/">
          See all courses
        </a>
      </div>
    );
  }
  return (
    <div className="page narrow">
      <header className="page-head">
        <h1>Your cart, the classic way</h1>
        <p className="lead">
          Read by getServerSideProps and changed by an API route: the same session as in the App Router.
        </p>
      </header>
      <ul className="lines">
        {basket.lines.map((line) => (
          <li key={line.slug} className="classic-line">
            <div>
              <strong>{line.title}</strong>
              <p className="muted">
                {line.seats === 1 ? "1 seat" : `${line.seats} seats`} · {formatPrice(line.price.calculatedPrice)}
              </p>
            </div>
            <form method="post" action="/api/cart" className="stepper" aria-label={`Seats for ${line.title}`}>
              <input type="hidden" name="token" value={token ?? ""} />
              <input type="hidden" name="slug" value={line.slug} />
              <button className="step" type="submit" name="by" value="-1" aria-label={`One seat less of ${line.title}`}>
                −
              </button>
              <output>{line.seats}</output>
              <button className="step" type="submit" name="by" value="1" aria-label={`One seat more of ${line.title}`}>
                +
              </button>
            </form>
          </li>
        ))}
      </ul>
      <p className="classic-total">Total {formatPrice(basket.total)}</p>
    </div>
  );
}
