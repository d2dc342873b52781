import { type Country, countries } from "@/lib/countries";

type Props = { name: string | undefined; billing: Readonly<Record<string, string>> };

/** Whom an invoice is made out to. */
export function Address({ name, billing }: Props) {
  const lines = [name, ...addressLines(billing)].filter(Boolean);
  return (
    <address>
      {lines.map((line) => (
        <span key={line}>{line}</span>
      ))}
    </address>
  );
}

export function addressLines({ company, street, postcode, city, country }: Readonly<Record<string, string>>) {
  return [company, street, `${postcode ?? ""} ${city ?? ""}`.trim(), countries[country as Country]];
}
