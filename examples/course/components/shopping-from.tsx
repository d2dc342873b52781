import { shopFrom } from "@/app/actions";
import { countries } from "@/lib/countries";
import { getSession } from "@/lib/session";
import { countryHeader } from "@/lib/settings";
import { SubmitButton } from "./submit-button";

/** Lets the visitor say where they are, where no proxy knows it. */
export async function ShoppingFrom() {
  if (countryHeader) return null;
  const { commerce } = await getSession();
  return (
    <form action={shopFrom} className="shopping-from">
      <label htmlFor="shopping-from">Shopping from</label>
      {/* Keyed by its value: React resets forms after an action, and forgets the default of a select. */}
      <select id="shopping-from" name="country" key={commerce.country} defaultValue={commerce.country ?? ""}>
        {Object.entries(countries).map(([code, name]) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
      <SubmitButton className="link" pending="One moment…">
        Change
      </SubmitButton>
    </form>
  );
}
